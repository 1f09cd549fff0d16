import { createMariadbQueries } from '../../src/infra/store/mariadb/queries/queries.ts';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { sqlOn, type MariadbServer } from '../support/mariadb-server.ts';
import type { TestDatabase } from './store-world.ts';

/** A database of its own on a server. */
export async function createMariadbDatabase(server: MariadbServer): Promise<TestDatabase> {
  const database = await server.createDatabase();
  const stores: { close(): Promise<void> }[] = [];
  let connection: ReturnType<MariadbServer['connect']> | undefined;
  const sql = async (statement: string) => sqlOn(await (connection ??= server.connect(database)), statement);

  return {
    target: { mariadb: { connection: server.connection(database) } },
    store(generation = 'auto', options = {}) {
      const store = createMariadbStore({
        connection: server.connection(database),
        generation,
        ...options,
        lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
      });
      stores.push(store);
      return store;
    },
    queries() {
      const queries = createMariadbQueries(server.connection(database));
      stores.push(queries);
      return queries;
    },
    sql,
    async refuseRowsOf(marketId) {
      await sql(
        `CREATE TRIGGER refuse BEFORE INSERT ON StationItem FOR EACH ROW
         IF NEW.station_id = ${marketId} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused by the test'; END IF`,
      );
    },
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
      (await connection)?.destroy();
      await server.dropDatabase(database);
    },
  };
}
