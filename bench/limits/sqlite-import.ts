import { DatabaseSync } from 'node:sqlite';
import { openDatabase, transact } from '../../src/infra/store/sqlite/database.ts';
import { DUMP_TABLES, SMALL_TABLES } from '../benchmarks/imports.ts';

/** Rows of a transaction. */
const TRANSACTION = 10_000;
/** Ids of systems are above 2^53. */
const WITH_SYSTEM_IDS = new Set(['System', 'Station']);

/** A new database with the small tables of another one, the way the store makes it. */
export function prepareCopy(from: string, to: string): DatabaseSync {
  const { db } = openDatabase(to, 'v12');
  db.exec(`ATTACH '${from}' AS source`);
  for (const table of SMALL_TABLES) db.exec(`INSERT OR IGNORE INTO ${table} SELECT * FROM source.${table}`);
  db.exec('DETACH source');
  return db;
}

/** Inserts the rows of a dump in a bare loop; they are read from another database as it goes. */
export function copyRows(from: string, db: DatabaseSync): void {
  const source = new DatabaseSync(from, { readOnly: true });
  for (const table of DUMP_TABLES) {
    const select = source.prepare(`SELECT * FROM ${table}`);
    select.setReturnArrays(true);
    select.setReadBigInts(WITH_SYSTEM_IDS.has(table));
    const marks = select
      .columns()
      .map(() => '?')
      .join();
    const insert = db.prepare(`INSERT INTO ${table} VALUES (${marks})`);
    const rows = select.iterate() as unknown as Iterator<(number | string)[]>;
    let row = rows.next();
    while (row.done !== true) {
      transact(db, () => {
        for (let i = 0; i < TRANSACTION && row.done !== true; i++, row = rows.next())
          insert.run(...row.value);
      });
    }
  }
  source.close();
}
