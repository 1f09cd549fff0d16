import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark } from '../harness/types.ts';
import { copyRows, prepareCopy } from '../limits/sqlite-import.ts';
import { compareImports, DUMP_TABLES } from './imports.ts';

export const benchmark: Benchmark = {
  about:
    'A galaxy dump imported into SQLite: fresh beside a bare loop that inserts the same rows; unchanged and with 5 % of ' +
    'the markets changed beside `gzip -dc | wc -l`.',
  size: 1_000,
  unit: 'MB of text',
  rounds: 3,
  async run(options) {
    const dir = tempDir();
    const file = join(dir, 'TradeDangerous.db');
    const imported = join(dir, 'imported.db');
    const copy = join(dir, 'copy.db');
    let store: Store | undefined;
    const renew = async () => {
      await store?.close();
      removeDatabase(file);
      store = createSqliteStore({ file, generation: 'v12' });
      await store.open();
      return store;
    };
    const query = (sql: string) => {
      const db = new DatabaseSync(file);
      const row = db.prepare(sql).get();
      db.close();
      return row;
    };
    let db: DatabaseSync | undefined;
    try {
      return await compareImports(
        {
          others: [],
          renew,
          countRows: () =>
            Promise.resolve(
              DUMP_TABLES.reduce((n, table) => n + Number(query(`SELECT COUNT(*) AS n FROM ${table}`)?.n), 0),
            ),
          limit: () => {
            query(`VACUUM INTO '${imported}'`);
            return Promise.resolve({
              name: 'a bare loop of INSERT',
              prepare: () => {
                db?.close();
                removeDatabase(copy);
                db = prepareCopy(imported, copy);
              },
              run: () => copyRows(imported, db!),
            });
          },
        },
        dir,
        options,
      );
    } finally {
      db?.close();
      await store?.close();
    }
  },
};

function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}
