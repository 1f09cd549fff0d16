import type { Refusal } from '../shared/refusals.ts';
import { isInvalid, isRowError } from './errors.ts';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  CATEGORIES,
  DEFAULT_GENERATION,
  type Generation,
  type GenerationChoice,
} from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';
import type { StoreInfo } from '../../../domain/ports/store/market-store.ts';
import { giveToOwner } from '../../process/ownership.ts';
import { emptyDatabase, recognise, type Shape } from '../shared/generation.ts';
import { OWN_PREFIX } from '../shared/own-tables.ts';
import { schemaSql } from './schema.ts';

/** How long a statement waits for other programs that hold the database. */
export const BUSY_MS = 2_000;

/**
 * Marks the databases made here ("TDLS"), so that `user_version` counts our migrations only there: Trade Dangerous
 * has used `user_version` itself in some versions.
 */
const APPLICATION_ID = 0x54_44_4c_53;

/** What turned each version of our own databases into the next; never applied to those Trade Dangerous made. */
const MIGRATIONS: readonly ((db: DatabaseSync, generation: Generation) => void)[] = [
  (db, generation) => {
    db.exec(schemaSql(generation));
    seedCategories(db);
  },
];

/**
 * The page cache holds the inner pages of the indexes, which every station touches anew; a checkpoint every 32 MiB
 * instead of 4 writes a page once that was changed by many batches. Together they halve the time of fresh writes.
 */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA foreign_keys = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA cache_size = -32768;
  PRAGMA wal_autocheckpoint = 8000;`;

/** An open, recognised database. */
export interface Database {
  readonly db: DatabaseSync;
  readonly info: StoreInfo;
  /** Whether the path still leads to the file that is open: else writes would go nowhere. */
  isInPlace(): boolean;
}

/**
 * Opens a database and makes the tables if it has none. A database that is not Trade Dangerous, or not of the asked
 * generation, is left as it was.
 *
 * @param looksOnly makes and changes nothing
 * @throws StoreError `refused`, `empty` when it only looks, or what node:sqlite throws
 */
export function openDatabase(file: string, choice: GenerationChoice, looksOnly = false): Database {
  const isNew = identify(file) === undefined;
  if (looksOnly && isNew) throw emptyDatabase(file, 'does not exist');
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  // SQLite gives its side files to the same user.
  if (isNew) giveToOwner(file);
  try {
    const found = recognise(readShape(db), choice, file);
    if (looksOnly) {
      if (found === null) throw emptyDatabase(file);
      db.exec('PRAGMA query_only = ON');
      return opened(db, file, found, false);
    }
    // Only works before the first table, and before the journal mode writes the first page.
    if (found === null) db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    db.exec(PRAGMAS);
    const created = found === null && create(db, choice === 'auto' ? DEFAULT_GENERATION : choice);
    // Another program may have made the tables between the two looks.
    const generation = found ?? recognise(readShape(db), choice, file) ?? DEFAULT_GENERATION;
    migrate(db, generation, file);
    return opened(db, file, generation, created);
  } catch (error) {
    db.close();
    throw error;
  }
}

function opened(db: DatabaseSync, file: string, generation: Generation, created: boolean): Database {
  const description = `${file} (SQLite ${String(single(db, 'SELECT sqlite_version() AS value'))})`;
  const identity = identify(file);
  return {
    db,
    info: { backend: 'sqlite', generation, created, description },
    isInPlace: () => identity !== undefined && identify(file) === identity,
  };
}

/** Runs something in one write transaction: all of it or nothing. */
export function transact<T>(db: DatabaseSync, run: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = run();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** @returns why the database refused `what`, which is rolled back then; null when it took it */
export function inSavepoint(db: DatabaseSync, what: string, write: () => void): Refusal | null {
  db.exec('SAVEPOINT record');
  try {
    write();
    return null;
  } catch (error) {
    if (!isRowError(error)) throw error;
    db.exec('ROLLBACK TO record');
    return { text: `${what}: ${error.message}`, isInvalid: isInvalid(error) };
  } finally {
    if (db.isTransaction) db.exec('RELEASE record');
  }
}

/** Inserts the canonical categories into an empty table. */
export function seedCategories(db: DatabaseSync): void {
  if (single(db, 'SELECT EXISTS (SELECT 1 FROM Category) AS value') === 1) return;
  const insert = db.prepare('INSERT INTO Category (category_id, name) VALUES (?, ?)');
  for (const [i, name] of CATEGORIES.entries()) insert.run(i + 1, name);
}

function create(db: DatabaseSync, generation: Generation): boolean {
  return transact(db, () => {
    if (readShape(db).tables.size > 0) return false;
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    applyMigrations(db, generation, 0);
    return true;
  });
}

function migrate(db: DatabaseSync, generation: Generation, file: string): void {
  if (single(db, 'SELECT application_id AS value FROM pragma_application_id') !== APPLICATION_ID) return;
  const version = Number(single(db, 'SELECT user_version AS value FROM pragma_user_version'));
  if (version > MIGRATIONS.length) {
    throw new StoreError(
      'refused',
      `${file} was made by a newer version of this program (schema ${version})`,
      {
        advice: 'update this program, or name an empty database; nothing was changed',
      },
    );
  }
  if (version < MIGRATIONS.length) transact(db, () => applyMigrations(db, generation, version));
}

function applyMigrations(db: DatabaseSync, generation: Generation, from: number): void {
  for (const migration of MIGRATIONS.slice(from)) migration(db, generation);
  db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
}

export function readShape(db: DatabaseSync): Shape {
  const names = (sql: string) =>
    new Set(
      db
        .prepare(sql)
        .all()
        .map((row) => String(row.name)),
    );
  return {
    tables: names(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
         AND name NOT LIKE '${OWN_PREFIX.replace('_', '!_')}%' ESCAPE '!'`,
    ),
    itemColumns: names(`SELECT name FROM pragma_table_info('Item')`),
  };
}

function single(db: DatabaseSync, sql: string): unknown {
  return db.prepare(sql).get()?.value;
}

function identify(file: string): string | undefined {
  const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}
