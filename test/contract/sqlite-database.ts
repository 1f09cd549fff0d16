import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteQueries } from '../../src/infra/store/sqlite/queries/queries.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { SqlRow, TestDatabase } from './store-world.ts';

/** An SQLite database in a file of its own. */
export function createSqliteDatabase(file = join(tempDir(), 'TradeDangerous.db')): Promise<TestDatabase> {
  const stores: { close(): Promise<void> }[] = [];

  const sql = (statement: string): SqlRow[] => {
    using db = new DatabaseSync(file, { timeout: 5_000, enableForeignKeyConstraints: false });
    const prepared = db.prepare(statement);
    prepared.setReadBigInts(true);
    return prepared
      .all()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)]),
        ),
      );
  };

  return Promise.resolve({
    target: { sqlite: { file } },
    store(generation = 'auto', options = {}) {
      const store = createSqliteStore({ file, generation, ...options });
      stores.push(store);
      return store;
    },
    queries() {
      const queries = createSqliteQueries(file);
      stores.push(queries);
      return queries;
    },
    sql: async (statement) => Promise.resolve(sql(statement)),
    async refuseRowsOf(marketId) {
      sql(
        `CREATE TRIGGER refuse BEFORE INSERT ON StationItem WHEN NEW.station_id = ${marketId}
         BEGIN SELECT raise(ABORT, 'refused by the test'); END`,
      );
      return Promise.resolve();
    },
    async dispose() {
      await Promise.all(stores.map((store) => store.close()));
    },
  });
}
