import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../src/domain/generation.ts';
import { openDatabase } from '../../src/infra/store/sqlite/database.ts';

export interface TestStation {
  readonly id: number;
  readonly name: string;
  readonly system: string;
}

/** Makes a Trade Dangerous database that knows these systems (ids count from 1) and stations. */
export async function makeGalaxy(
  file: string,
  systems: readonly string[],
  stations: readonly TestStation[] = [],
  generation: Generation = 'v12',
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  // As the store's thread does, whose start takes three times as long.
  openDatabase(file, generation).db.close();
  withDatabase(file, (db) => {
    const ids = new Map(systems.map((name, i) => [name, i + 1]));
    const addSystem = db.prepare(
      'INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (?, ?, 0, 0, 0)',
    );
    const addStation = db.prepare(
      "INSERT INTO Station (station_id, name, system_id, market, modified) VALUES (?, ?, ?, 'Y', '2000-01-01 00:00:00')",
    );
    db.exec('BEGIN');
    for (const [name, id] of ids) addSystem.run(id, name);
    for (const { id, name, system } of stations) addStation.run(id, name, ids.get(system) ?? null);
    db.exec('COMMIT');
  });
}

export interface MarketRow {
  readonly station_id: number;
  readonly item_id: number;
  readonly demand_price: number;
  readonly demand_units: number;
  readonly demand_level: number;
  readonly supply_price: number;
  readonly supply_units: number;
  readonly supply_level: number;
  readonly modified: string;
  readonly from_live: number;
}

/** StationItem, whole, in its own order. */
export function marketRows(file: string): MarketRow[] {
  return withDatabase(file, (db) =>
    db
      .prepare(
        `SELECT station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units,
                supply_level, strftime('%Y-%m-%d %H:%M:%S', modified) AS modified, from_live
           FROM StationItem ORDER BY station_id, item_id`,
      )
      .all()
      .map((row) => ({ ...row }) as unknown as MarketRow),
  );
}

export function withDatabase<T>(file: string, work: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA busy_timeout = 5000');
    return work(db);
  } finally {
    db.close();
  }
}

/** `listings-live.csv` (or, with `live` false, `listings.csv`) as reference §5.4 says, from the rows of a database. */
export function expectedListing(rows: readonly MarketRow[], live: boolean): string {
  const header =
    'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at';
  const lines = rows
    .filter((row) => (!live || row.from_live === 1) && (row.demand_price !== 0 || row.supply_price !== 0))
    .map((row, i) =>
      [
        i + 1,
        row.station_id,
        row.item_id,
        row.supply_units,
        row.supply_level,
        row.supply_price,
        row.demand_price,
        row.demand_units,
        row.demand_level,
        Date.parse(`${row.modified}Z`) / 1000,
      ].join(','),
    );
  return [header, ...lines, ''].join('\n');
}
