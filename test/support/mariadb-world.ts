import type { Connection } from 'mysql2/promise';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { createMariadbStore, type MariadbStoreOptions } from '../../src/infra/store/mariadb/store.ts';
import type { MariadbServer } from './mariadb-server.ts';

/** Twenty commodities. */
export const ITEMS: readonly Commodity[] = Array.from({ length: 20 }, (_, i) => ({
  id: 128_049_150 + i,
  symbol: `Thing${i}`,
  category: 'Metals',
  name: `Thing ${i}`,
  rare: false,
}));

/** 2026-03-01T12:00:00Z. */
export const NOON_S = 1_772_366_400;

export const LOCK = { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 } as const;

export function storeOn(server: MariadbServer, database: string, options: Partial<MariadbStoreOptions> = {}) {
  return createMariadbStore({
    connection: server.connection(database),
    generation: 'auto',
    lock: LOCK,
    statementTimeoutMs: 1_000,
    ...options,
  });
}

/** Tables, items, one system and `count` stations with the ids 1 ... count. */
export async function populate(server: MariadbServer, database: string, count: number): Promise<void> {
  const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
  await store.useCatalogue(ITEMS);
  await store.close();
  await server.sql(
    `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0)`,
    database,
  );
  const stations = Array.from({ length: count }, (_, i) => `(${i + 1}, 'Station', 1)`);
  await server.sql(`INSERT INTO Station (station_id, name, system_id) VALUES ${stations.join()}`, database);
}

/** A store on a {@link populate}d database of its own, and another connection to it. */
export async function withWorld(
  server: MariadbServer,
  stations: number,
  run: (store: Store, database: string, other: Connection) => Promise<void>,
): Promise<void> {
  const database = await server.createDatabase();
  await populate(server, database, stations);
  const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
  await store.useCatalogue(ITEMS);
  const other = await server.connect(database);
  try {
    await run(store, database, other);
  } finally {
    other.destroy();
    await store.close();
    await server.dropDatabase(database);
  }
}

/** How many LOAD DATA statements the server has seen. */
export async function countLoads(server: MariadbServer): Promise<number> {
  const [row] = await server.sql("SHOW GLOBAL STATUS LIKE 'Com_load'");
  return Number(row?.Value);
}

/** Every item, all numbers `mark`, so that a market of two observations shows. */
export function market(marketId: number, observedAtS: number, mark = observedAtS - NOON_S + 1): Snapshot {
  const rows = new Int32Array(ITEMS.length * ROW_WIDTH);
  for (const [i, { id }] of ITEMS.entries())
    rows.set([id, mark, mark, 1, mark, mark, 1, mark], i * ROW_WIDTH);
  return { marketId, systemName: 'Sol', stationName: 'Station', observedAtS, receivedAtMs: 0, rows };
}

/** Per station that has rows: how many, the mark and the time, each `lowest-highest` where they differ. */
export async function readMarkets(server: MariadbServer, database: string): Promise<Map<number, string>> {
  const rows = await server.sql(
    `SELECT station_id, CONCAT_WS(' ', COUNT(*),
       IF(MIN(demand_price) = MAX(supply_units), MIN(demand_price), CONCAT(MIN(demand_price), '-', MAX(supply_units))),
       IF(MIN(modified) = MAX(modified), TIMESTAMPDIFF(SECOND, FROM_UNIXTIME(${NOON_S}), MIN(modified)), 'mixed'),
       MIN(from_live)) AS market
     FROM StationItem GROUP BY station_id`,
    database,
  );
  return new Map(rows.map((row) => [Number(row.station_id), row.market!]));
}

/** What {@link readMarkets} shows of a {@link market}. */
export function shown({ observedAtS, rows }: Snapshot): string {
  return `${ITEMS.length} ${rows[1]} ${observedAtS - NOON_S} 1`;
}
