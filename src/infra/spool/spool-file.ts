import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import { giveToOwner } from '../process/ownership.ts';

/** Tells a spool from every other SQLite file: "TDLS". */
const APPLICATION_ID = 0x54444c53;
const SCHEMA_VERSION = 1;
const BUSY_TIMEOUT_MS = 5_000;
/** `PRAGMA auto_vacuum`. */
const INCREMENTAL = 2;
/** Of 4 KiB: they are soon needed again. */
const MAX_FREE_PAGES = 2_048;
const MAX_IDLE_WAL_BYTES = 16 * 1024 * 1024;

/** `rows`: the bytes of the Int32Array. An entry has either `rows` or the `message` they will be staged from. */
const SCHEMA = `
  CREATE TABLE entry (
    market_id INTEGER PRIMARY KEY,
    observed_at_s INTEGER NOT NULL,
    received_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'parked')),
    system_name TEXT NOT NULL,
    system_key TEXT NOT NULL,
    station_name TEXT NOT NULL,
    rows BLOB,
    message TEXT,
    CHECK ((rows IS NULL) <> (message IS NULL))
  ) STRICT;
  CREATE INDEX parked_by_age ON entry (observed_at_s) WHERE state = 'parked';
  CREATE INDEX parked_by_system ON entry (system_key) WHERE state = 'parked';
  CREATE TABLE clear (market_id INTEGER PRIMARY KEY, cleared_at_s INTEGER NOT NULL) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** The file is not a spool of this version; it can only be moved out of the way. */
class ForeignFile extends Error {}

/**
 * Opens the spool, made if there is none. What a transaction committed survives power loss.
 * @throws errors that {@link isBroken} and {@link explain} understand
 */
export function openSpoolFile(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const isNew = !existsSync(file);
  const db = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
  // SQLite gives its side files to the same user.
  if (isNew) giveToOwner(file);
  try {
    // First a look: a file that is somebody else's stays as it is.
    if (!isEmpty(db)) checkOurs(db);
    allowShrinking(db);
    db.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${MAX_IDLE_WAL_BYTES}`,
    );
    transaction(db, () => {
      if (isEmpty(db)) db.exec(SCHEMA);
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** A spool may have held a backlog of a gigabyte once: it is not to keep the disk for ever. */
function allowShrinking(db: DatabaseSync): void {
  if (pragma(db, 'auto_vacuum') === INCREMENTAL) return;
  db.exec(`PRAGMA auto_vacuum = ${INCREMENTAL}`);
  if (isEmpty(db)) return;
  try {
    // Of a file made before this was asked for.
    db.exec('VACUUM');
  } catch {
    // No room to write it anew: it stays as it is.
  }
}

/** Gives pages that are not needed any more back to the disk. */
export function giveBackPages(db: DatabaseSync): void {
  const free = pragma(db, 'freelist_count') as number;
  if (free > MAX_FREE_PAGES) db.exec(`PRAGMA incremental_vacuum(${free - MAX_FREE_PAGES / 2})`);
}

function checkOurs(db: DatabaseSync): void {
  if (pragma(db, 'application_id') !== APPLICATION_ID) throw new ForeignFile('it is not a spool');
  if (pragma(db, 'user_version') !== SCHEMA_VERSION) throw new ForeignFile('another version made it');
  const check = pragma(db, 'quick_check(1)');
  if (check !== 'ok') throw new ForeignFile(`it is damaged: ${String(check)}`);
}

/** All or nothing. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has already rolled back by itself when the disk is full.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** Whether the file itself is unusable, and no retry would help. */
export function isBroken(error: unknown): boolean {
  const code = primaryCode(error);
  return error instanceof ForeignFile || code === SQLITE.corrupt || code === SQLITE.notADatabase;
}

/** Renames the file and its journals. @returns the new name */
export function moveAside(file: string): string {
  const movedTo = `${file}.broken.${new Date().toISOString().replaceAll(/[-:.]/g, '')}`;
  for (const suffix of ['', '-wal', '-shm']) {
    try {
      renameSync(file + suffix, movedTo + suffix);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return movedTo;
}

const SQLITE = { busy: 5, readOnly: 8, io: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/** SQLite's primary result codes and the system's error names, and what the operator can do about them. */
const TROUBLES: readonly { codes: readonly unknown[]; code: ErrorCode; says: string; advice: string }[] = [
  {
    codes: [SQLITE.busy],
    code: 'spoolBusy',
    says: 'another program holds',
    advice: 'stop the other listener or the tool that has it open; it is tried again',
  },
  {
    codes: [SQLITE.full, 'ENOSPC', 'EDQUOT'],
    code: 'spoolFull',
    says: 'no space left for',
    advice: 'free some space on its disk; it is tried again',
  },
  {
    codes: [SQLITE.readOnly, SQLITE.cannotOpen, 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST'],
    code: 'spoolUnwritable',
    says: 'no permission to write',
    advice: 'make the file and its directory writable for this user, or put the data directory elsewhere',
  },
  {
    codes: [SQLITE.io, 'EIO'],
    code: 'spoolFailed',
    says: 'the disk failed for',
    advice: 'check whether it is full or faulty; it is tried again',
  },
];

/** An AppError where the operator can do something; bugs stay what they are. */
export function explain(file: string, error: unknown): unknown {
  const code = primaryCode(error) ?? (error as NodeJS.ErrnoException).code;
  const trouble = TROUBLES.find(({ codes }) => codes.includes(code));
  return trouble === undefined
    ? error
    : new AppError(trouble.code, `${trouble.says} the spool ${file}`, {
        advice: trouble.advice,
        cause: error,
      });
}

function primaryCode(error: unknown): number | undefined {
  const errcode = (error as { errcode?: unknown }).errcode;
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

function isEmpty(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}

function pragma(db: DatabaseSync, name: string): unknown {
  return Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
