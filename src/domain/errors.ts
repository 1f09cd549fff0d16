/**
 * An error an operator can act on: `message` says what is wrong, `advice` what to do. Everything else that is
 * thrown is a bug. The cause is for the debug log, never for users.
 */
export class AppError extends Error {
  readonly code: string;
  readonly advice: string | undefined;

  constructor(code: string, message: string, options: { advice?: string; cause?: unknown } = {}) {
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
 * - `aborted`: the caller's signal
 */
export type StoreErrorCode = 'unavailable' | 'busy' | 'readOnly' | 'full' | 'refused' | 'aborted';

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
