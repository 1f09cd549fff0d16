import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import type { MarketRow, TestStation } from './galaxy.ts';
import type { MariadbServer } from './mariadb-server.ts';
import { testCatalogue } from './messages.ts';

/** Makes a Trade Dangerous database that knows these systems (ids count from 1), stations, and the test catalogue. */
export async function makeMariadbGalaxy(
  server: MariadbServer,
  database: string,
  systems: readonly string[],
  stations: readonly TestStation[] = [],
): Promise<void> {
  const store = createMariadbStore({
    connection: server.connection(database),
    generation: 'v12',
    lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
  });
  await store.useCatalogue(testCatalogue().commodities);
  await store.close();
  const systemRows = systems.map((name, i) => `(${i + 1}, '${name}', 0, 0, 0)`);
  await server.sql(
    `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES ${systemRows.join()}`,
    database,
  );
  const ids = new Map(systems.map((name, i) => [name, i + 1]));
  const stationRows = stations.map(
    ({ id, name, system }) => `(${id}, '${name}', ${ids.get(system)}, 'Y', '2000-01-01')`,
  );
  if (stationRows.length > 0) {
    await server.sql(
      `INSERT INTO Station (station_id, name, system_id, market, modified) VALUES ${stationRows.join()}`,
      database,
    );
  }
}

/** The file `TD_DB_CONFIG` names, as an operator writes it. @returns its path */
export function writeDbConfig(
  cwd: string,
  server: MariadbServer,
  database: string,
  password = server.connection(database).password,
): string {
  mkdirSync(cwd, { recursive: true });
  const { user } = server.connection(database);
  const file = join(cwd, 'db_config.ini');
  const lines = [
    '[database]',
    'backend = mariadb  ; shared with Trade Dangerous',
    '[mariadb]',
    `socket = ${server.socketPath}`,
    `user = ${user}`,
    `password = ${password}`,
    `name = ${database}`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

/** StationItem, whole, in its own order. */
export async function mariadbRows(server: MariadbServer, database: string): Promise<MarketRow[]> {
  const rows = await server.sql(
    `SELECT station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units, supply_level,
       DATE_FORMAT(modified, '%Y-%m-%d %H:%i:%S') AS modified, from_live
     FROM StationItem ORDER BY station_id, item_id`,
    database,
  );
  return rows.map(
    (row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [column, column === 'modified' ? value : Number(value)]),
      ) as unknown as MarketRow,
  );
}
