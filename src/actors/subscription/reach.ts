import { StoreError } from '../../domain/errors.ts';
import type { LogPosition } from '../../domain/ports/publishing/push.ts';
import type { Queries } from '../../domain/ports/store/queries.ts';
import type { Time } from '../../domain/ports/time.ts';

/** Between two looks for what must be there any moment. */
export const SOON_MS = 100;
/** How long a replica that lags is waited for. */
export const PATIENCE_MS = 15_000;

/**
 * Waits until what can be read has come to a position that was told elsewhere.
 * @returns false: it never will, for it is none of this log's
 * @throws StoreError where the replica does not follow
 */
export async function reach(
  { logId, seq }: LogPosition,
  deps: { readonly queries: Pick<Queries, 'changesSince' | 'replicaLag'>; readonly time: Time },
  isClosed: () => boolean,
): Promise<boolean> {
  const { queries, time } = deps;
  const sinceMs = time.now();
  for (;;) {
    // Asked first: whatever was told before it can be read then.
    const lag = await queries.replicaLag();
    const isComplete = lag === null || (lag.lagS !== null && time.now() - lag.lagS * 1_000 >= sinceMs);
    const page = await queries.changesSince(0, 1);
    if (page?.logId !== logId) return false;
    if (page.lastSeq >= seq || isComplete) return page.lastSeq >= seq;
    if (time.now() - sinceMs > PATIENCE_MS || isClosed())
      throw new StoreError('unavailable', 'the replica does not follow');
    await rest(time);
  }
}

export async function rest(time: Time): Promise<void> {
  await new Promise<void>((resolve) => void time.setTimeout(resolve, SOON_MS));
}

/** A position that is known to have been written, and how long it is looked for. */
export type Awaited = LogPosition & { readonly untilMs: number };

export function isAwaited(awaited: Awaited | null, here: LogPosition | null, nowMs: number): boolean {
  return (
    awaited !== null && awaited.logId === here?.logId && awaited.seq > here.seq && awaited.untilMs > nowMs
  );
}
