import type { WriteOutcome } from '../../../domain/market/outcome.ts';
import { AppError, StoreError, type StoreErrorCode } from '../../../domain/errors.ts';
import type { Refusal } from '../shared/refusals.ts';
import { BINLOG_FORMAT_ADVICE } from './session.ts';

/**
 * What an error means for the stations of a transaction:
 *
 * - `deadlock`: another writer was in the way for a moment: the same again
 * - `lockWait`: another writer holds rows for longer: find out whose, and put only those off
 * - `invalid`: the station can never be written
 * - `failed`: the database refused a row for a reason that may pass
 */
export type RowFault = 'deadlock' | 'lockWait' | 'invalid' | 'failed';

type Fault =
  | { readonly row: RowFault }
  | { readonly store: StoreErrorCode; readonly what: string; readonly advice: string; readonly keeps?: true };

const AWAY = {
  store: 'unavailable',
  what: 'does not answer',
  advice: 'start the server, or correct host, port or socket in TD_DB_CONFIG; it is tried again',
} as const;
const UNREACHED = { ...AWAY, what: 'could not be reached' } as const;
const CROWDED = {
  ...AWAY,
  what: 'has no connection free',
  advice: 'raise max_connections, or end what holds the connections; it is tried again',
} as const;
const DENIED = {
  ...AWAY,
  what: 'does not let this user in',
  advice:
    'correct user or password in TD_DB_CONFIG, or the account on the server (one that requires TLS needs ssl = true); it is tried again',
} as const;
const NO_DATABASE = {
  ...AWAY,
  what: 'has no such database',
  advice: 'CREATE DATABASE it, or correct name in TD_DB_CONFIG; it is tried again',
} as const;
const FORBIDDEN = {
  ...AWAY,
  what: 'does not allow this user what is needed',
  advice:
    'GRANT SELECT, INSERT, UPDATE, DELETE on the database to the user, CREATE for the tables of this program (or set own_tables to false), and INDEX, REFERENCES to have all tables made; it is tried again',
} as const;
const CHANGED = {
  ...AWAY,
  what: 'has lost a table, a column or a key meanwhile',
  advice: 'make it again, or restore a backup; the database is looked at anew, it is tried again',
} as const;
const READ_ONLY = {
  store: 'readOnly',
  what: 'is read-only',
  advice: 'SET GLOBAL read_only = 0, or name the primary server; it is tried again',
  keeps: true,
} as const;
const FULL = {
  store: 'full',
  what: 'has no room left',
  advice: "free space on the server's disk; it is tried again",
  keeps: true,
} as const;
const NO_MEMORY = {
  ...AWAY,
  what: 'has not enough memory',
  advice: 'give the server more memory, or raise the buffer it names; it is tried again',
  keeps: true,
} as const;
const NOT_LOGGED = {
  ...AWAY,
  what: 'cannot write its binary log',
  advice: BINLOG_FORMAT_ADVICE,
} as const;
const LOG_CACHE = {
  ...AWAY,
  what: 'has too small a cache for its binary log',
  advice:
    'SET GLOBAL max_binlog_cache_size and max_binlog_stmt_cache_size to 1 GiB or more; it is tried again',
  keeps: true,
} as const;
const ENGINE = {
  ...AWAY,
  what: 'has trouble with its files',
  advice: "look into the server's error log and at its disk; it is tried again",
  keeps: true,
} as const;
const STRANGE_COLUMN = {
  ...AWAY,
  what: 'wants a value for a column Trade Dangerous does not have',
  advice: 'give the column a default (ALTER TABLE ... ALTER ... SET DEFAULT) or drop it; it is tried again',
  keeps: true,
} as const;
const PUZZLED = {
  ...AWAY,
  what: 'answered with an error',
  advice: 'the message is the server’s own; it is tried again',
  keeps: true,
} as const;
const TLS_WANTED = {
  ...AWAY,
  what: 'lets nobody in without TLS',
  advice: 'set ssl = true in TD_DB_CONFIG, and ssl_ca to what signed its certificate; it is tried again',
} as const;
const TLS = {
  ...AWAY,
  what: 'could not be reached over TLS',
  advice:
    "check ssl, ssl_ca, ssl_cert, ssl_key in TD_DB_CONFIG and the server's certificate; it is tried again",
} as const;

/** The one classification of the server's errors (https://mariadb.com/kb/en/mariadb-error-codes/). */
const BY_NUMBER: Readonly<Record<number, Fault>> = {
  1213: { row: 'deadlock' },
  1020: { row: 'deadlock' }, // record has changed since last read
  1317: { row: 'deadlock' }, // an operator killed the statement
  1205: { row: 'lockWait' },
  1969: { row: 'lockWait' }, // max_statement_time
  1062: { row: 'deadlock' }, // another writer inserted it first: read again
  1264: { row: 'invalid' }, // out of range
  1366: { row: 'invalid' }, // not a value of the column
  1406: { row: 'invalid' }, // too long
  4025: { row: 'invalid' }, // CHECK
  1048: { row: 'invalid' }, // NULL
  1452: { row: 'failed' }, // the item or system went away
  1644: { row: 'failed' }, // a trigger said no

  1290: READ_ONLY,
  1792: READ_ONLY,
  1836: READ_ONLY,
  1036: READ_ONLY, // a table, by innodb_read_only or innodb_force_recovery
  1021: FULL,
  1026: FULL,
  1114: FULL,
  1030: ENGINE,
  1180: ENGINE, // at COMMIT
  1037: NO_MEMORY,
  1038: NO_MEMORY,
  1041: NO_MEMORY,
  1197: LOG_CACHE,
  1705: LOG_CACHE,
  1598: NOT_LOGGED,
  1665: NOT_LOGGED,
  1364: STRANGE_COLUMN,

  1040: CROWDED,
  1135: CROWDED,
  1203: CROWDED,
  1226: CROWDED,
  1045: DENIED,
  1130: DENIED,
  1129: DENIED,
  1698: DENIED,
  1862: DENIED,
  1820: DENIED, // the password has expired
  4151: DENIED, // the account is locked
  3159: TLS_WANTED,
  1044: FORBIDDEN,
  1142: FORBIDDEN,
  1143: FORBIDDEN,
  1227: FORBIDDEN,
  1370: FORBIDDEN,
  1046: NO_DATABASE,
  1049: NO_DATABASE,
  1054: CHANGED,
  1146: CHANGED,
  1176: CHANGED,
  1053: AWAY,
  1077: AWAY,
  1927: AWAY,
  4031: AWAY,
  1047: AWAY, // a cluster node that is not in step
  1153: PUZZLED, // a packet too large: the limit was lowered meanwhile
  1158: AWAY,
  1159: AWAY,
  1160: AWAY,
  1161: AWAY,
  2006: AWAY,
  2013: AWAY,
};

/** By the driver's and the system's codes: the server itself said nothing. */
const BY_CODE: Readonly<Record<string, Fault>> = {
  /** {@link RowsChangedError} */
  ROWS_CHANGED: { row: 'deadlock' },
  HANDSHAKE_NO_SSL_SUPPORT: TLS,
  HANDSHAKE_SSL_ERROR: TLS,
};

/** Rows of a station went away between reading and writing them, by a writer that takes no locks. */
export class RowsChangedError extends Error {
  readonly code = 'ROWS_CHANGED';
}

interface DriverError extends Error {
  readonly errno?: number;
  /** None for numbers that MariaDB has and MySQL has not. */
  readonly code?: string;
  /** Of what the server itself said. */
  readonly sqlState?: string;
}

/** Of the server, the driver or the system; node's own complaints about wrong arguments are bugs. */
function isDriverError(error: unknown): error is DriverError {
  if (!(error instanceof Error) || error instanceof AppError) return false;
  if ('sqlState' in error || ('fatal' in error && error.fatal === true)) return true;
  return 'code' in error && typeof error.code === 'string' && !/^ERR_(?!TLS|SSL)/.test(error.code);
}

/** "No space left on device", wherever it comes from. */
const NO_SPACE = /\b(?:error|errcode):? 28\b/i;

/** @returns undefined for a number nobody knows */
function faultOf({ errno = 0, code = '', sqlState, message }: DriverError): Fault | undefined {
  if (sqlState !== undefined && NO_SPACE.test(message)) return FULL;
  const known = BY_NUMBER[errno] ?? BY_CODE[code];
  if (known !== undefined || sqlState !== undefined) return known;
  // Certificates are verified by node:tls, whose codes are many.
  if (/CERT|SIGNATURE|TLS|SSL/.test(code)) return TLS;
  return /^(ECONN|EPIPE|ETIMEDOUT|ENOENT|PROTOCOL_)/.test(code) ? AWAY : UNREACHED;
}

/** What the error means for one station; undefined: it concerns the whole store, or is a bug. */
export function rowFault(error: unknown): RowFault | undefined {
  const fault = isDriverError(error) ? faultOf(error) : undefined;
  return fault !== undefined && 'row' in fault ? fault.row : undefined;
}

/** The server gave a number nobody knows: it concerns the store, unless other rows are taken where this one is not. */
export function isPuzzling(error: unknown): boolean {
  return isDriverError(error) && faultOf(error) === undefined;
}

/** The server, or whoever set up the connection, does not allow LOAD DATA LOCAL. */
export function isLoadRefused(error: unknown): boolean {
  return isDriverError(error) && (error.errno === 1148 || error.errno === 4166);
}

/** A server that keeps as many statements as it may, or a connection that another has taken the place of behind a proxy. */
export function isNotPrepared(error: unknown): boolean {
  return isDriverError(error) && (error.errno === 1461 || error.errno === 1243);
}

/** The outcome of a station that could not be written for this error. */
export function rowOutcome(fault: RowFault, error: unknown): WriteOutcome {
  const status = fault === 'deadlock' || fault === 'lockWait' ? 'contended' : fault;
  return { status, reason: error instanceof Error ? error.message : String(error) };
}

export function refusalOf(what: string, error: unknown): Refusal {
  const reason = error instanceof Error ? error.message : String(error);
  return { text: `${what}: ${reason}`, isInvalid: rowFault(error) === 'invalid' };
}

/** The connection is of no more use. */
export function isConnectionLost(error: unknown): boolean {
  if (!isDriverError(error)) return false;
  const fault = faultOf(error);
  return fault !== undefined && 'store' in fault && fault.keeps === undefined;
}

/** An error of server or driver -> what the port promises; anything else is a bug or a StoreError already and stays. */
export function toStoreError(error: unknown, server: string): unknown {
  if (!isDriverError(error)) return error;
  const fault = faultOf(error) ?? PUZZLED;
  if ('row' in fault) {
    return new StoreError('busy', `${server} is held up by another program: ${error.message}`, {
      advice: 'it is tried again; if it lasts, look for a program that keeps a transaction open',
      cause: error,
    });
  }
  // How a server that is gone shows itself changes from call to call; it is one trouble, told in one line.
  const details = fault === AWAY ? '' : `: ${error.message}`;
  return new StoreError(fault.store, `${server} ${fault.what}${details}`, {
    advice: fault.advice,
    cause: error,
  });
}
