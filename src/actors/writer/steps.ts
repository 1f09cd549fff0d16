import { fromPromise } from 'xstate';
import type { Catalogue } from '../../domain/market/catalogue.ts';
import { describeError, StoreError } from '../../domain/errors.ts';
import type { MarketStore, StoreInfo } from '../../domain/ports/store/market-store.ts';
import type { WriteReport } from '../../machines/market/writer.machine.ts';
import type { Learner } from './learner.ts';
import { RefusalStreak } from './refusal-streak.ts';
import type { StationPool } from '../station-coalescer/pool.ts';

export interface StoreDeps {
  readonly store: MarketStore;
  readonly pool: StationPool;
  readonly learner: Learner;
  readonly catalogue: () => Catalogue | null;
  readonly reportOpened: (info: StoreInfo) => void;
  /** `TDL_TEST_FORCE_DEFER_EVERY_N`: every Nth station update is put off artificially; 0 = never. */
  readonly deferEveryN: number;
}

/** Connects, and makes the commodities known to the store. */
export function openStoreLogic(deps: StoreDeps) {
  return fromPromise<WriteReport>(async () => {
    try {
      deps.reportOpened(await deps.store.open());
      return { status: 'done', left: left(deps) };
    } catch (error) {
      return unavailable(error);
    }
  });
}

/** Writes what was learned and one batch of the pool's queue; whatever happens, every station of it gets an answer. */
export function writeBatchLogic(deps: StoreDeps) {
  let knownVersion: number | null = null;
  let updates = 0;
  const streak = new RefusalStreak();

  const isHeldBack = () => {
    updates += 1;
    return deps.deferEveryN > 0 && updates % deps.deferEveryN === 0;
  };

  return fromPromise<WriteReport>(async () => {
    const { held = [], batch = [] } = Object.groupBy(deps.pool.takeBatch(), () =>
      isHeldBack() ? 'held' : 'batch',
    );
    deps.pool.answer(
      held,
      held.map(() => ({ status: 'contended', reason: 'TDL_TEST_FORCE_DEFER_EVERY_N' })),
    );
    try {
      // First, for a market may be of a system or a station that is in there.
      await deps.learner.write();
      if (batch.length === 0) return { status: 'done', left: left(deps) };
      const catalogue = deps.catalogue();
      if (catalogue !== null && catalogue.version !== knownVersion) {
        await deps.store.useCatalogue(catalogue.commodities);
        knownVersion = catalogue.version;
      }
      const outcomes = await deps.store.writeMarkets(batch);
      const { every, some } = streak.after(batch, outcomes);
      if (every !== undefined) {
        const isRefused = (i: number) => outcomes[i]?.status === 'failed';
        deps.pool.returnBatch(batch.filter((_, i) => isRefused(i)));
        deps.pool.answer(
          batch.filter((_, i) => !isRefused(i)),
          outcomes.filter((_, i) => !isRefused(i)),
        );
        return unavailable(every);
      }
      deps.pool.answer(batch, outcomes);
      return { status: 'done', left: left(deps), ...(some !== undefined && { refusal: some }) };
    } catch (error) {
      deps.pool.returnBatch(batch);
      return unavailable(error);
    }
  });
}

/** What waits, markets or records, in the writer's terms. */
function left({ pool, learner }: StoreDeps): 'none' | 'some' | 'fullBatch' {
  return pool.left === 'none' ? learner.left : pool.left;
}

function unavailable(error: unknown): WriteReport {
  return {
    status: 'unavailable',
    error: describeError(error),
    refused: error instanceof StoreError && !error.retryable,
  };
}
