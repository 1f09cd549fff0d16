import { AppError } from '../errors.ts';
import type { MarketStore } from '../ports/store/market-store.ts';
import { formatTimestamp } from '../timestamp.ts';

/** A purge that would take more of all rows is no purge. */
const MAX_SHARE = 0.9;

/**
 * Why a purge should not happen unless somebody asks for it twice: with a clock that is far ahead, or after a long time
 * without observations, everything is old.
 *
 * @returns null: nothing speaks against it
 */
export async function whyNotPurge(
  store: Pick<MarketStore, 'stats' | 'purge'>,
  olderThanS: number,
  signal?: AbortSignal,
): Promise<string | null> {
  const { totalRows, newestAtS } = await store.stats();
  signal?.throwIfAborted();
  if (newestAtS === null) return null;
  if (newestAtS < olderThanS) {
    return (
      `all ${totalRows} rows were observed before ${formatTimestamp(olderThanS)} UTC, ` +
      `the newest of them at ${formatTimestamp(newestAtS)} UTC`
    );
  }
  const oldRows = await store.purge({ olderThanS, dryRun: true, ...(signal && { signal }) });
  return oldRows > totalRows * MAX_SHARE
    ? `${oldRows} of ${totalRows} rows were observed before ${formatTimestamp(olderThanS)} UTC`
    : null;
}

/** What who asked for the purge is told. */
export function purgeRefused(objection: string): AppError {
  return new AppError('refused', `nothing was purged: ${objection}`, {
    advice: 'check the clock of this computer; if it is right, purge with --force',
  });
}
