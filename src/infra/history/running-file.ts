import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AppError } from '../../domain/errors.ts';
import type { HistoryDay } from '../../domain/ports/publishing/history.ts';
import { giveToOwner } from '../process/ownership.ts';

/** "TDLH". */
const APPLICATION_ID = 0x54444c48;
const SCHEMA_VERSION = 1;
const BUSY_MS = 5_000;

/**
 * `market`: what is known of each market, to compare with. `change`, `hour`: of days that have no files yet; rows are
 * deflated, as those of a snapshot. `day`: all that are kept.
 */
const SCHEMA = `
  CREATE TABLE cursor (
    one INTEGER PRIMARY KEY CHECK (one = 1), log_id TEXT NOT NULL, seq INTEGER NOT NULL, day INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE market (market_id INTEGER PRIMARY KEY, observed_s INTEGER NOT NULL, rows BLOB NOT NULL) STRICT;
  CREATE TABLE change (
    day INTEGER NOT NULL, market_id INTEGER NOT NULL, seq INTEGER NOT NULL, observed_s INTEGER NOT NULL,
    source TEXT NOT NULL, is_first INTEGER NOT NULL, rows BLOB NOT NULL, PRIMARY KEY (day, market_id, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hour (
    day INTEGER NOT NULL, item_id INTEGER NOT NULL, hour_s INTEGER NOT NULL,
    supply_n INTEGER NOT NULL, supply_min INTEGER, supply_max INTEGER, supply_sum INTEGER NOT NULL,
    demand_n INTEGER NOT NULL, demand_min INTEGER, demand_max INTEGER, demand_sum INTEGER NOT NULL,
    PRIMARY KEY (day, item_id, hour_s)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE day (
    day INTEGER PRIMARY KEY, gap TEXT, is_closed INTEGER NOT NULL DEFAULT 0, changes INTEGER NOT NULL DEFAULT 0,
    unseen INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, hours INTEGER NOT NULL DEFAULT 0,
    first_s INTEGER, last_s INTEGER
  ) STRICT;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Observations that were recorded before their entries of the change log. Not in files of earlier versions. */
const AHEAD = `
  CREATE TABLE IF NOT EXISTS ahead (
    market_id INTEGER NOT NULL, observed_s INTEGER NOT NULL, PRIMARY KEY (market_id, observed_s)
  ) STRICT, WITHOUT ROWID;
`;

/**
 * Opens what a history is continued from, made if there is none. A commit survives the end of the process; after a
 * loss of power the file may be some commits back, which the change log has still.
 * @throws AppError `history`: it is another file
 */
export function openRunningFile(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const isNew = !existsSync(file);
  const db = new DatabaseSync(file, { timeout: BUSY_MS });
  if (isNew) giveToOwner(file);
  try {
    if (!isEmpty(db)) checkOurs(db, file);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    if (isEmpty(db)) db.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
    db.exec(AHEAD);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** To read from, in one transaction. @returns null: nothing has been recorded yet */
export function readRunningFile(file: string): DatabaseSync | null {
  if (!existsSync(file)) return null;
  const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  if (isEmpty(db)) {
    db.close();
    return null;
  }
  checkOurs(db, file);
  db.exec('BEGIN');
  return db;
}

/** A day as the table has it. `firstS`, `lastS`: of its observations. */
export interface DayRow extends HistoryDay {
  /** Rows of the file of hours, once it is closed. */
  readonly hours: number;
  readonly firstS: number | null;
  readonly lastS: number | null;
}

export function readDays(db: DatabaseSync): DayRow[] {
  const rows = db.prepare('SELECT * FROM day ORDER BY day').all() as unknown as {
    readonly day: number;
    readonly gap: string | null;
    readonly is_closed: number;
    readonly changes: number;
    readonly unseen: number;
    readonly bytes: number;
    readonly hours: number;
    readonly first_s: number | null;
    readonly last_s: number | null;
  }[];
  return rows.map((row) => ({
    ...{ day: row.day, gap: row.gap, isClosed: row.is_closed === 1 },
    ...{ changes: row.changes, unseen: row.unseen, bytes: row.bytes, hours: row.hours },
    ...{ firstS: row.first_s, lastS: row.last_s },
  }));
}

function isEmpty(db: DatabaseSync): boolean {
  return db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
}

function checkOurs(db: DatabaseSync, file: string): void {
  const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  if (pragma('application_id') === APPLICATION_ID && pragma('user_version') === SCHEMA_VERSION) return;
  throw new AppError('history', `${file} is no history of this version`, {
    advice: 'move it away: a new one is begun',
  });
}
