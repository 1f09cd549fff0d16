import { rmSync, statSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

const SIDE_FILES = ['-wal', '-shm'] as const;

/** What an open spool has under its names: it may be deleted or renamed meanwhile, and goes on without a word. */
export interface Place {
  /** Still in the file, and is the one that has its name. */
  isKept(): boolean;
  /**
   * Takes its side files away from a new spool of the same name, which would share its memory with them. The open one
   * keeps them.
   */
  leave(): void;
}

export function placeOf(file: string): Place {
  const own = inodeOf(file);
  const sideFiles = SIDE_FILES.map((suffix) => [file + suffix, inodeOf(file + suffix)] as const);
  return {
    isKept: () => own !== null && inodeOf(file) === own,
    leave() {
      for (const [path, inode] of sideFiles) {
        if (inode !== null && inodeOf(path) === inode) rmSync(path, { force: true });
      }
    },
  };
}

function inodeOf(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? null : `${stats.dev} ${stats.ino}`;
}

const COLUMNS = `market_id, observed_at_s, received_at_ms, state, system_name, system_key, station_name, rows, message`;

/**
 * Writes what is in a spool into another one, where the newest of each market stays.
 * @returns entries read; null: it could not be read to its end
 */
export function carryOver(from: DatabaseSync, to: DatabaseSync): number | null {
  const put = to.prepare(`
    INSERT INTO entry (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (market_id) DO UPDATE SET
      (${COLUMNS}) = (${COLUMNS.replaceAll(/\w+/g, 'excluded.$&')})
    WHERE excluded.observed_at_s >= entry.observed_at_s`);
  const noteClear = to.prepare(`
    INSERT INTO clear VALUES (?, ?)
    ON CONFLICT (market_id) DO UPDATE SET cleared_at_s = max(cleared_at_s, excluded.cleared_at_s)`);
  const source = { count: 0, failed: false };
  for (const row of rowsOf(from, `SELECT ${COLUMNS} FROM entry`, source)) {
    put.run(...row);
    source.count++;
  }
  for (const row of rowsOf(from, 'SELECT market_id, cleared_at_s FROM clear', source)) noteClear.run(...row);
  return source.failed ? null : source.count;
}

/** Errors of the one that is read end it, for nobody can mend them; those of the other are its own. */
function* rowsOf(from: DatabaseSync, sql: string, source: { failed: boolean }): Generator<SQLInputValue[]> {
  try {
    const rows = from.prepare(sql).iterate();
    for (const row of rows) yield Object.values(row);
  } catch {
    source.failed = true;
  }
}
