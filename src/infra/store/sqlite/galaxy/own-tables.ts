import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../../../domain/errors.ts';
import { OLD_TABLES, OWN_VERSION_TABLE, ownMigrations, type OwnTablesUse } from '../../shared/own-tables.ts';
import { transact } from '../database.ts';

const migrations = () => ownMigrations('WITHOUT ROWID');

/**
 * Brings the tables of our own up to date, where there are any.
 *
 * @param wanted `make`: also where there are none; `look`: changes nothing
 * @returns the version that was found; 0: there were none
 * @throws StoreError `refused` when a newer version of this program made them
 */
export function openOwnTables(db: DatabaseSync, wanted: OwnTablesUse): number {
  const all = migrations();
  const found = ownVersion(db);
  if (found > all.length) {
    throw new StoreError(
      'refused',
      `the tdl_ tables were made by a newer version of this program (${found})`,
      {
        advice: 'update this program, or set own_tables to false; nothing was changed',
      },
    );
  }
  if (found === all.length || wanted === 'look' || (found === 0 && wanted !== 'make')) return found;
  transact(db, () => {
    // Another process may have been quicker.
    for (const statement of all.slice(ownVersion(db)).flat()) db.exec(statement);
    for (const old of OLD_TABLES) db.exec(`DROP TABLE IF EXISTS ${old}`);
    db.exec(`CREATE TABLE IF NOT EXISTS ${OWN_VERSION_TABLE} (version INTEGER NOT NULL);
      DELETE FROM ${OWN_VERSION_TABLE}; INSERT INTO ${OWN_VERSION_TABLE} VALUES (${all.length})`);
  });
  return found;
}

/** @returns 0: there are no tables of our own */
export function ownVersion(db: DatabaseSync): number {
  return hasTable(db, OWN_VERSION_TABLE)
    ? Number(db.prepare(`SELECT version FROM ${OWN_VERSION_TABLE}`).get()?.version)
    : 0;
}

/** Whether a table of ours is there. */
export function hasTable(db: DatabaseSync, table: string): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(table) !== undefined;
}
