import { setTimeout as sleep } from 'node:timers/promises';
import type { Link } from './connection.ts';
import { rowFault } from './errors.ts';

/** How the advisory locks of stations are waited for (`TDL_LISTENER_LOCK_*`). */
export interface LockTuning {
  /** What one attempt after the first waits at most, all busy stations together. */
  readonly timeoutMs: number;
  /** Attempts in all before a station is put off. */
  readonly maxRetries: number;
  /** Wait after the first attempt; doubles with each further one. */
  readonly backoffStartMs: number;
}

/** The lock of a station, by which Trade Dangerous' own writers and we stay out of each other's way. */
function lockName(marketId: number): string {
  return `'td.station.${marketId}'`;
}

/**
 * Takes the locks that are free within `waitMs` (shared by all of them). They belong to the connection: COMMIT keeps
 * them, and they end with it.
 *
 * @returns for each station whether we hold its lock
 */
export async function takeLocks(
  link: Link,
  marketIds: readonly number[],
  waitMs: number,
): Promise<boolean[]> {
  const seconds = waitMs / 1000 / marketIds.length;
  const locks = marketIds.map((id) => `GET_LOCK(${lockName(id)}, ${seconds})`);
  try {
    const [held = []] = await link.rows(`SELECT ${locks.join()}`);
    return held.map((got) => Number(got) === 1);
  } catch (error) {
    if (rowFault(error) === undefined) throw error;
    // Two writers waited for each other: the server refused one of them, with what it already held.
    await releaseLocks(link);
    return marketIds.map(() => false);
  }
}

export async function releaseLocks(link: Link): Promise<void> {
  await link.rows('SELECT RELEASE_ALL_LOCKS()');
}

/** The wait after an attempt, doubling. */
export async function backOff({ backoffStartMs }: LockTuning, attempt: number): Promise<void> {
  await sleep(backoffStartMs * 2 ** (attempt - 1));
}
