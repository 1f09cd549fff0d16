import { nameKey } from '../../../../domain/names.ts';
import type { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../../domain/generation.ts';
import type { NoteChange } from '../../../../domain/ports/store/changes.ts';
import { newestFactS } from '../../../../domain/galaxy/facts.ts';
import { newer } from '../../../../domain/galaxy/gathered.ts';
import type { GalaxyRecord, StationRecord, SystemRecord } from '../../../../domain/galaxy/records.ts';
import { lookupName } from '../../../../domain/generation.ts';
import { formatTimestamp, parseTimestamp } from '../../../../domain/timestamp.ts';
import { inSavepoint, transact } from '../database.ts';
import { isRowError } from '../errors.ts';
import type { Refusal } from '../../shared/refusals.ts';
import { createWaitingVendors } from './waiting-vendors.ts';
import { believedS } from '../../../../domain/market/write-rule.ts';
import { createPriceWriter } from '../markets/prices.ts';
import { createMarketMemory } from './memory.ts';
import { createStationStates, isNews } from './station-states.ts';

/** What one call did. */
export interface LearnedRecords {
  readonly systems: readonly string[];
  /** What the database refused: nothing of it was written. */
  readonly refused: readonly Refusal[];
}

/** What else writes stations tells them. */
export type OwnWriters = Pick<
  ReturnType<typeof createLearner>,
  'states' | 'vendors' | 'memory' | 'prices' | 'note'
>;

/** Writes records, a transaction a call (domain/ports/learning-store.ts). The own tables are there. */
export function createLearner(
  db: DatabaseSync,
  generation: Generation,
  notAfterS: () => number,
  note: NoteChange,
) {
  const states = createStationStates(db, generation, notAfterS);
  const vendors = createWaitingVendors(db, generation, notAfterS);
  const lookup = generation === 'v13' ? ', lookup_name' : '';
  const selectSystem = db.prepare(
    'SELECT name, pos_x AS x, pos_y AS y, pos_z AS z, modified FROM System WHERE system_id = ?',
  );
  const writeSystem = db.prepare(
    `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified ${lookup})
     VALUES (?, ?, ?, ?, ?, ?${lookup && ', ?'})
     ON CONFLICT DO UPDATE SET name = excluded.name, pos_x = excluded.pos_x, pos_y = excluded.pos_y,
       pos_z = excluded.pos_z, modified = excluded.modified ${lookup && ', lookup_name = excluded.lookup_name'}`,
  );
  const countMarket = db.prepare(
    `INSERT INTO tdl_market (station_id, software, observed_s, updates) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET updates = updates + excluded.updates,
       software = CASE WHEN (excluded.observed_s, excluded.software) > (observed_s, software)
         THEN excluded.software ELSE software END,
       observed_s = max(observed_s, excluded.observed_s)`,
  );

  /** @returns whether a name is new */
  function learnSystem(told: SystemRecord): boolean {
    const row = selectSystem.get(told.id);
    if (row !== undefined) {
      const stored = {
        name: String(row.name),
        ...{ x: Number(row.x), y: Number(row.y), z: Number(row.z) },
        observedAtS: believedS(parseTimestamp(row.modified), notAfterS()) ?? -1,
      };
      if (newer<Omit<SystemRecord, 'kind' | 'id'>>(told, stored) === stored) return false;
    }
    const { id, name, x, y, z, observedAtS } = told;
    const modified = formatTimestamp(observedAtS);
    writeSystem.run(id, name, x, y, z, modified, ...(lookup === '' ? [] : [lookupName(name)]));
    note('system', id, observedAtS, 'learned');
    return row === undefined || nameKey(String(row.name)) !== nameKey(name);
  }

  function learnStation({ id, facts }: StationRecord): void {
    const change = states.learn(id, { facts });
    if (isNews(change)) note('station', id, newestFactS(facts), 'learned');
    if (change === 'made') vendors.settle(id);
  }

  function learnAll(
    records: readonly GalaxyRecord[],
    guard: (what: string, write: () => void) => void,
  ): string[] {
    const names: string[] = [];
    const kinds = Object.groupBy(records, ({ kind }) => kind) as {
      [Kind in GalaxyRecord['kind']]?: Extract<GalaxyRecord, { kind: Kind }>[];
    };
    for (const system of kinds.system ?? []) {
      guard(`system ${system.id}`, () => {
        if (learnSystem(system)) names.push(system.name);
      });
    }
    for (const station of kinds.station ?? []) guard(`station ${station.id}`, () => learnStation(station));
    for (const vendor of kinds.vendor ?? []) {
      guard(`${vendor.wares} of ${vendor.id}`, () => vendors.learn(vendor));
    }
    for (const { id, software, observedAtS, updates } of kinds.market ?? []) {
      guard(`market ${id}`, () => void countMarket.run(id, software, observedAtS, updates));
    }
    return names;
  }

  return {
    states,
    vendors,
    memory: createMarketMemory(db),
    prices: createPriceWriter(db, generation),
    note,
    learn(records: readonly GalaxyRecord[]): LearnedRecords {
      try {
        return { systems: transact(db, () => learnAll(records, (_, write) => write())), refused: [] };
      } catch (error) {
        if (!isRowError(error)) throw error;
        // Rare, so only now every record pays for a savepoint.
        const refused: Refusal[] = [];
        const systems = transact(db, () =>
          learnAll(records, (what, write) => {
            const refusal = inSavepoint(db, what, write);
            if (refusal !== null) refused.push(refusal);
          }),
        );
        return { systems, refused };
      }
    },
  };
}
