import { StoreError, type StoreErrorCode } from '../../../domain/errors.ts';

/** What node:sqlite throws when SQLite itself answered with an error. `errcode` is SQLite's extended result code. */
interface SqliteError extends Error {
  readonly errcode: number;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}

interface Verdict {
  readonly code: StoreErrorCode;
  readonly what: string;
  readonly advice: string;
}

const BUSY: Verdict = {
  code: 'busy',
  what: 'is held by another program',
  advice: 'it is tried again; if it lasts, look for a program that keeps a transaction open',
};

const BROKEN: Verdict = {
  code: 'unavailable',
  what: 'could not be read or written',
  advice: 'check the disk and that nobody removes the file; it is tried again',
};

/** By SQLite's primary result code (https://www.sqlite.org/rescode.html). */
const VERDICTS: Readonly<Record<number, Verdict>> = {
  5: BUSY,
  6: BUSY,
  15: BUSY,
  8: {
    code: 'readOnly',
    what: 'cannot be written',
    advice: 'give this user write permission on the file and on its directory',
  },
  11: {
    code: 'refused',
    what: 'is damaged',
    advice: 'restore a backup, or move the file away: Trade Dangerous or this program makes a new one',
  },
  13: { code: 'full', what: 'cannot grow: the disk is full', advice: 'free space on the disk' },
  14: {
    code: 'unavailable',
    what: 'cannot be opened',
    advice: 'check that its directory exists and may be written by this user',
  },
  26: {
    code: 'refused',
    what: 'is not an SQLite database',
    advice: 'name another file; nothing was changed',
  },
};

/** An error of SQLite -> what the port promises; anything else is a bug or a StoreError already and stays. */
export function toStoreError(error: unknown, file: string): unknown {
  if (!isSqliteError(error)) return error;
  const { code, what, advice } = VERDICTS[error.errcode & 0xff] ?? BROKEN;
  return new StoreError(code, `${file} ${what}: ${error.message}`, { advice, cause: error });
}

/** The database refused single rows (a constraint, a trigger, a type): other stations are not touched by it. */
export function isRowError(error: unknown): error is Error {
  return isSqliteError(error) && [18, 19, 20].includes(error.errcode & 0xff);
}

/** Refused for what it is: a CHECK, a type, a size; not for what is there or what a trigger says. */
export function isInvalid(error: Error): boolean {
  return isSqliteError(error) && [18, 20, 275, 3091].includes(error.errcode);
}

/** Neither waiting nor an operator's hand alone mends it: the file has to be opened anew, and recognised again. */
export function isConnectionLost(error: unknown): boolean {
  return isSqliteError(error) && !['busy', 'full'].includes((VERDICTS[error.errcode & 0xff] ?? BROKEN).code);
}
