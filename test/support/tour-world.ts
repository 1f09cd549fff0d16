import { PatrolPool } from '../../src/actors/patrol/pool.ts';
import { ScoutTourPool } from '../../src/actors/scout-tour/pool.ts';
import { StoreError } from '../../src/domain/errors.ts';
import { distanceLy } from '../../src/domain/galaxy/galaxy.ts';
import type { StationFilter } from '../../src/domain/galaxy/stations/station-filter.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { Aggregate, AggregateStore } from '../../src/domain/ports/store/aggregate-store.ts';
import {
  STATION_SERVICES,
  type MarketRecord,
  type Queries,
  type StationRecord,
} from '../../src/domain/ports/store/queries.ts';
import type { TourPlanner } from '../../src/domain/ports/commanders/tour-planner.ts';
import type { TourOrder } from '../../src/domain/ports/commanders/scout-tours.ts';
import type { Time } from '../../src/domain/ports/time.ts';
import { planTours } from '../../src/domain/tours/plan.ts';
import type { PatrolOrder } from '../../src/domain/tours/patrols/patrol.ts';
import type { ScoutTour } from '../../src/domain/tours/scout-tour.ts';
import { silentLog } from './http.ts';
import { scoutTour, tourCommander, tourMarket } from './scout-tour.ts';
import { VirtualTime } from './virtual-time.ts';

export const planner: Pick<TourPlanner, 'plan'> = {
  plan: (request) => Promise.resolve(planTours(request, () => 1)),
};

/** A market of the world, as the questions answer it. @param atS 0: nobody has seen it */
function station(id: number, atS: number): StationRecord {
  const { position, name, systemName, lsFromStar, isPlanetary } = tourMarket(id);
  const system = { id: BigInt(id), name: systemName, ...position, updatedAtS: null };
  return {
    ...{
      id,
      name,
      system,
      type: null,
      journalType: null,
      group: null,
      lsFromStar,
      maxPad: null,
      isPlanetary,
    },
    services: Object.fromEntries(
      STATION_SERVICES.map((service) => [service, null]),
    ) as StationRecord['services'],
    ...{ updatedAtS: null, priceRatio: null, marketAtS: atS === 0 ? null : atS },
  };
}

type RegionPage = Awaited<ReturnType<Queries['freshness']>>;

function isNear(id: number, near: StationFilter['near']): boolean {
  return near === undefined || distanceLy(tourMarket(id).position, near) <= near.withinLy;
}

/** What several daemons share: kept tours, and when markets were seen. */
export class TourWorld {
  /** Tours by id, others by kind and id. */
  readonly kept = new Map<string, Aggregate>();
  readonly seenAtS = new Map<number, number>();
  readonly time = new VirtualTime();
  readonly warnings: string[] = [];
  /** What else the operator hears of patrols. */
  readonly told: string[] = [];
  /** What patrols ask of the galaxy, and how they have a region planned. */
  readonly regionsAsked: Parameters<Queries['freshness']>[] = [];
  readonly regionsPlanned: Parameters<TourPlanner['plan']>[] = [];
  planRegion: TourPlanner['plan'] = planner.plan;
  isAway = false;
  #ids = 0;

  readonly store: AggregateStore = {
    aggregates: (kind) => this.#answer(() => [...this.kept.values()].filter((each) => each.kind === kind)),
    putAggregate: (aggregate) =>
      this.#answer(() => {
        const key = keyOf(aggregate.kind, aggregate.id);
        const before = this.kept.get(key)?.version ?? 0;
        if (aggregate.version !== before + 1) return false;
        this.kept.set(key, aggregate);
        return true;
      }),
    removeAggregate: (kind, id) => this.#answer(() => void this.kept.delete(keyOf(kind, id))),
  };

  /** Patrols of the same life: their region is all markets that were ever seen, or are named. */
  patrols(tours: ScoutTourPool, time: Time = this.time): PatrolPool {
    return new PatrolPool({
      ...{ store: this.store, travelTimes: TRAVEL_TIMES, time, tours },
      planner: {
        plan: (...request) => {
          this.regionsPlanned.push(request);
          return this.planRegion(...request);
        },
      },
      random: () => 0.5,
      queries: {
        freshness: (...question) => {
          this.regionsAsked.push(question);
          return this.#answer(() => this.#region(question[0].near));
        },
      },
      log: {
        ...silentLog,
        info: (_, text) => void this.told.push(text),
        warn: (_, text) => void this.warnings.push(text),
      },
    });
  }

  readonly #found = new Map<number, RegionPage['entries'][number]>();
  readonly #regions = new Map<string, readonly number[]>();

  #region(near: StationFilter['near']): RegionPage {
    const key = JSON.stringify([near, this.seenAtS.size]);
    const ids = this.#regions.get(key) ?? [...this.seenAtS.keys()].filter((id) => isNear(id, near));
    this.#regions.set(key, ids);
    const entries = ids.map((id) => {
      const atS = this.seenAtS.get(id) ?? 0;
      const known = this.#found.get(id);
      if (known !== undefined && (known.station.marketAtS ?? 0) === atS) return known;
      const entry = { station: station(id, atS), distanceLy: null, moreInSystem: 0 };
      this.#found.set(id, entry);
      return entry;
    });
    return { entries, total: entries.length, next: null };
  }

  /** A life of a daemon. */
  pool(time: Time = this.time): ScoutTourPool {
    return new ScoutTourPool({
      ...{ store: this.store, travelTimes: TRAVEL_TIMES, time },
      random: () => (++this.#ids % 1000) / 1000,
      planner,
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

function keyOf(kind: string, id: string): string {
  return kind === 'tour' ? id : `${kind} ${id}`;
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

/** An order to keep the whole world at most so old. */
export function patrolOrder(name: string, maxAgeS: number, ...names: readonly string[]): PatrolOrder {
  const { strategy, seed, timeLimitMs } = scoutTour(0);
  return {
    ...{ name, maxAgeS, strategy, seed, timeLimitMs, about: 'everywhere', filter: {}, neverSeen: 'included' },
    ...{ isOnce: false, share: false, madeAtS: 0, madeBy: null },
    commanders: names.map((each) => ({ ...commanderOf(each), sinceS: 0 })),
  };
}

function commanderOf(name: string) {
  const { start, startMarketId, jumpRangeLy } = tourCommander(name);
  return { name, start, startMarketId, jumpRangeLy };
}
