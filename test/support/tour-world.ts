import { ScoutTourPool } from '../../src/actors/scout-tour/pool.ts';
import { StoreError } from '../../src/domain/errors.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { Aggregate, AggregateStore } from '../../src/domain/ports/store/aggregate-store.ts';
import type { MarketRecord } from '../../src/domain/ports/store/queries.ts';
import type { TourOrder } from '../../src/domain/ports/scout-tours.ts';
import type { Time } from '../../src/domain/ports/time.ts';
import { planTours } from '../../src/domain/tours/plan.ts';
import type { ScoutTour } from '../../src/domain/tours/scout-tour.ts';
import { silentLog } from './http.ts';
import { scoutTour, tourCommander, tourMarket } from './scout-tour.ts';
import { VirtualTime } from './virtual-time.ts';

/** What several daemons share: kept tours, and when markets were seen. */
export class TourWorld {
  readonly kept = new Map<string, Aggregate>();
  readonly seenAtS = new Map<number, number>();
  readonly time = new VirtualTime();
  readonly warnings: string[] = [];
  isAway = false;
  #ids = 0;

  readonly store: AggregateStore = {
    aggregates: () => this.#answer(() => [...this.kept.values()]),
    putAggregate: (aggregate) =>
      this.#answer(() => {
        const before = this.kept.get(aggregate.id)?.version ?? 0;
        if (aggregate.version !== before + 1) return false;
        this.kept.set(aggregate.id, aggregate);
        return true;
      }),
    removeAggregate: (_, id) => this.#answer(() => void this.kept.delete(id)),
  };

  /** A life of a daemon. */
  pool(time: Time = this.time): ScoutTourPool {
    return new ScoutTourPool({
      ...{ store: this.store, travelTimes: TRAVEL_TIMES, time },
      random: () => (++this.#ids % 1000) / 1000,
      planner: { plan: (request) => Promise.resolve(planTours(request, () => 1)) },
      queries: {
        markets: (ids) =>
          Promise.resolve(
            ids.map((id) => ({ station: { id }, atS: this.seenAtS.get(id) ?? null }) as MarketRecord),
          ),
      },
      log: { ...silentLog, warn: (_, text) => void this.warnings.push(text) },
    });
  }

  get nowS(): number {
    return Math.floor(this.time.now() / 1000);
  }

  stored(id: string): ScoutTour {
    return JSON.parse(this.kept.get(id)!.json) as ScoutTour;
  }

  #answer<T>(work: () => T): Promise<T> {
    return this.isAway ? Promise.reject(new StoreError('unavailable', 'away')) : Promise.resolve(work());
  }
}

/** An order for these markets. */
export function tourOrder(marketIds: readonly number[], ...names: readonly string[]): TourOrder {
  const { madeBy, strategy, returns, seed, timeLimitMs } = scoutTour(0);
  return {
    ...{ madeBy, strategy, returns, seed, timeLimitMs },
    commanders: names.map(tourCommander),
    markets: marketIds.map(tourMarket),
  };
}
