import { fromPromise } from 'xstate';
import { AppError, describeError } from '../../domain/errors.ts';
import type { Decoder, Feed } from '../../domain/ports/market/feed.ts';
import type { MarketStore } from '../../domain/ports/store/market-store.ts';
import type { Spool } from '../../domain/ports/market/spool.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { SpoolKeeper } from '../station-coalescer/spool-keeper.ts';
import type { StationPool } from '../station-coalescer/pool.ts';

export interface LifecycleDeps {
  readonly feed: Feed;
  readonly store: MarketStore;
  readonly spool: Spool;
  readonly decoder: Decoder;
  readonly keeper: SpoolKeeper;
  readonly pool: StationPool;
  readonly time: Time;
  /** Of every child, after its end. */
  readonly dispose: readonly (() => Promise<void>)[];
  readonly reportSpool: (counts: { pending: number; parked: number }) => void;
}

/** The supervisor's own steps: before the children start, and after they have ended. */
export function lifecycleLogics(deps: LifecycleDeps) {
  const { feed, store, spool, decoder, keeper, pool, time } = deps;
  return {
    prepare: fromPromise<undefined>(async ({ signal }) => {
      deps.reportSpool(await keeper.open(Math.floor(time.now() / 1000), signal));
      return undefined;
    }),
    spoolRest: fromPromise<undefined>(async () => {
      // A listener that did not close it in time, or crashed, has left it open.
      feed.close();
      const held = pool.liveCount;
      try {
        await pool.spoolRest();
      } catch (error) {
        throw new AppError(
          'lost',
          `${held} snapshots could not be kept and are lost: ${describeError(error)}`,
        );
      }
      return undefined;
    }),
    release: fromPromise<undefined>(async () => {
      const disposals = await Promise.allSettled(deps.dispose.map((dispose) => dispose()));
      const ends = await Promise.allSettled([decoder.close(), store.close(), spool.close()]);
      const failed = [...disposals, ...ends].find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return undefined;
    }),
  };
}
