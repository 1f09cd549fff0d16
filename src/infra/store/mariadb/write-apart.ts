import type { Log } from '../../../domain/ports/log.ts';
import type { Link } from './connection.ts';
import { isPuzzling, rowFault, type RowFault } from './errors.ts';
import { backOff, type LockTuning } from './markets/locks.ts';
import { ROW_LOCK_WAIT_S } from './session.ts';

/** Records that are written together where that is possible. */
export interface ApartOptions<T> {
  readonly link: Pick<Link, 'run' | 'lost'>;
  readonly lock: LockTuning;
  readonly log: Log | undefined;
  /** Writes all or, throwing, none. */
  readonly write: (records: readonly T[]) => Promise<void>;
  /** Told of each record that could not be written, alone and with patience. */
  readonly giveUp: (record: T, fault: RowFault, error: unknown) => void;
}

/** Records refused with an error nobody knows, and none taken: it is not the records. */
const PUZZLES_AT_MOST = 3;

/**
 * Writes together what can be; where a row stands in the way, halves until it stands alone.
 * @throws what concerns the whole store: an error nobody knows, too, where it is all there is
 */
export async function writeApart<T>(options: ApartOptions<T>, records: readonly T[]): Promise<void> {
  const { link, lock, log, write, giveUp } = options;
  let lockWaitS: number = ROW_LOCK_WAIT_S;
  let written = 0;
  const puzzles: { readonly record: T; readonly error: unknown }[] = [];

  async function waitForRows(seconds: number): Promise<void> {
    if (seconds === lockWaitS) return;
    lockWaitS = seconds;
    await link.run(`SET SESSION innodb_lock_wait_timeout = ${seconds}`);
  }

  async function attempt(some: readonly T[], tries: number): Promise<void> {
    if (some.length === 0) return;
    try {
      await write(some);
      written += some.length;
      return;
    } catch (error) {
      const fault = rowFault(error);
      if (fault === undefined && !isPuzzling(error)) throw error;
      log?.debug({ records: some.length, tries, fault, error }, 'a transaction was rolled back');
      if (fault === 'deadlock' && tries < lock.maxRetries) {
        await backOff(lock, tries);
        return attempt(some, tries + 1);
      }
      if (some.length === 1) {
        for (const record of some) {
          if (fault === undefined) puzzle(record, error);
          else giveUp(record, fault, error);
        }
        return;
      }
      // They have waited together; looking for the one that is held up must not wait again and again.
      if (fault === 'lockWait') await waitForRows(0);
    }
    const half = Math.ceil(some.length / 2);
    await attempt(some.slice(0, half), 1);
    await attempt(some.slice(half), 1);
  }

  function puzzle(record: T, error: unknown): void {
    puzzles.push({ record, error });
    if (written === 0 && puzzles.length === PUZZLES_AT_MOST) throw error;
  }

  try {
    await attempt(records, 1);
    for (const { record, error } of puzzles) {
      if (written === 0) throw error;
      giveUp(record, 'failed', error);
    }
  } finally {
    if (!link.lost) await waitForRows(ROW_LOCK_WAIT_S);
  }
}
