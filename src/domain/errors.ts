/** What the program ends with. */
export const EXIT = {
  /** Done, or stopped as asked. */
  ok: 0,
  /** Trying again may help. */
  failure: 1,
  /** Wrong usage or set-up: somebody has to change something first. */
  setup: 2,
} as const;

/** Every code an {@link AppError} may have, with what the program ends with because of it. */
const EXIT_CODES = {
  // The command line, the settings, the credentials, the paths.
  usage: EXIT.setup,
  'config.broken': EXIT.setup,
  'config.unreadable': EXIT.setup,
  'config.notWritable': EXIT.setup,
  'config.locked': EXIT.setup,
  'config.httpListen': EXIT.setup,
  'config.relayBind': EXIT.setup,
  'config.cluster': EXIT.setup,
  'dbConfig.invalid': EXIT.setup,
  'dbConfig.unreadable': EXIT.setup,
  'paths.notWritable': EXIT.setup,
  'paths.noHome': EXIT.setup,
  feedUrl: EXIT.setup,
  // One daemon a data directory.
  'instance.held': EXIT.failure,
  'instance.notWritable': EXIT.failure,
  // The database: see {@link StoreErrorCode}.
  unavailable: EXIT.failure,
  busy: EXIT.failure,
  readOnly: EXIT.failure,
  full: EXIT.failure,
  refused: EXIT.setup,
  empty: EXIT.failure,
  // The feed and its threads.
  feed: EXIT.failure,
  feedFile: EXIT.failure,
  archive: EXIT.failure,
  decoder: EXIT.failure,
  sample: EXIT.failure,
  thread: EXIT.failure,
  // The spool.
  spoolBusy: EXIT.failure,
  spoolFull: EXIT.failure,
  spoolUnwritable: EXIT.failure,
  spoolFailed: EXIT.failure,
  lost: EXIT.failure,
  // Spansh, EDCD, the clock.
  spansh: EXIT.failure,
  dump: EXIT.failure,
  dumpUnreadable: EXIT.failure,
  import: EXIT.failure,
  edcd: EXIT.failure,
  clock: EXIT.failure,
  // Tours of scouts.
  plan: EXIT.failure,
  // Journals of the game.
  journal: EXIT.failure,
  // The history of prices.
  history: EXIT.failure,
  // A broker that is told of what is written.
  broker: EXIT.failure,
  // Published files.
  publish: EXIT.failure,
  publishFull: EXIT.failure,
  publishDenied: EXIT.failure,
  publishPath: EXIT.failure,
  // The tidying of the database.
  'maintenance.denied': EXIT.failure,
  'maintenance.failed': EXIT.failure,
  'maintenance.noTool': EXIT.failure,
  'maintenance.optionFile': EXIT.failure,
  // Several daemons on a database.
  leadership: EXIT.failure,
  mirror: EXIT.failure,
  // A daemon that is asked over its socket.
  control: EXIT.failure,
  // Somebody stopped it.
  aborted: EXIT.failure,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(EXIT_CODES, code);
}

/**
 * An error an operator can act on: `message` says what is wrong, `advice` what to do. Everything else that is
 * thrown is a bug. The cause is for the debug log, never for users.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly advice: string | undefined;

  constructor(code: ErrorCode, message: string, options: { advice?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.advice = options.advice;
  }
}

/**
 * What a store throws when it could not even answer for single stations.
 *
 * - `unavailable`: no connection, shutting down, restarting, wrong password, missing database: retry with backoff
 * - `busy`: another program holds the whole database: retry with backoff
 * - `readOnly`, `full`: retry with backoff; an operator has to act
 * - `refused`: not a Trade Dangerous database, wrong generation, server too old: never works without a change of set-up
 * - `empty`: there are no tables, and none are to be made
 * - `aborted`: the caller's signal
 */
export type StoreErrorCode = Extract<
  ErrorCode,
  'unavailable' | 'busy' | 'readOnly' | 'full' | 'refused' | 'empty' | 'aborted'
>;

export class StoreError extends AppError {
  declare readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options: { advice?: string; cause?: unknown } = {}) {
    super(code, message, options);
    this.name = 'StoreError';
  }

  /** Whether trying again later can help without anybody changing the set-up. */
  get retryable(): boolean {
    return this.code !== 'refused';
  }
}

/** One line for a log or a terminal: the message, and what to do about it. */
export function describeError(error: unknown): string {
  if (error instanceof AppError && error.advice !== undefined) return `${error.message} (${error.advice})`;
  return error instanceof Error ? error.message : String(error);
}

/** The same from a program that ends: what it promises of a daemon, "it is tried again", is left out. */
export function describeLast(error: unknown): string {
  return describeError(error).replace(
    / \(it is tried again\)|; it is tried again\b|\bit is tried again; /g,
    '',
  );
}

/** What the program ends with after such an error; a bug is a failure. */
export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? EXIT_CODES[error.code] : EXIT.failure;
}
