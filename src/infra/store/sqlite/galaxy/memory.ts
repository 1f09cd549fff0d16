import type { DatabaseSync } from 'node:sqlite';
import type { Memory, Remembered } from '../../../../domain/market/write-rule.ts';

/** Observations that have left no rows: `tdl_memory`. */
export interface MarketMemory {
  read(stationId: number | bigint): Memory;
  remember(stationId: number | bigint, remembered: Remembered): void;
  forget(stationId: number | bigint, kinds: readonly Remembered['kind'][]): void;
}

export function createMarketMemory(db: DatabaseSync): MarketMemory {
  const select = db.prepare(
    'SELECT kind, name, system_name, observed_s FROM tdl_memory WHERE station_id = ?',
  );
  const replace = db.prepare(
    'INSERT OR REPLACE INTO tdl_memory (station_id, kind, name, system_name, observed_s) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = db.prepare('DELETE FROM tdl_memory WHERE station_id = ? AND kind = ?');
  return {
    read: (stationId) =>
      Object.fromEntries(
        select.all(stationId).map((row) => [
          String(row.kind),
          {
            kind: row.kind as Remembered['kind'],
            ...{ name: String(row.name), systemName: String(row.system_name) },
            observedAtS: Number(row.observed_s),
          },
        ]),
      ),
    remember: (stationId, { kind, name, systemName, observedAtS }) =>
      void replace.run(stationId, kind, name, systemName, observedAtS),
    forget: (stationId, kinds) => {
      for (const kind of kinds) remove.run(stationId, kind);
    },
  };
}
