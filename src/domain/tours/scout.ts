import type { FreshnessFilter } from '../galaxy/search.ts';
import type { Queries, StationRecord } from '../ports/store/queries.ts';
import type { TourPlanner } from '../ports/commanders/tour-planner.ts';
import type { Plan, PlanRequest } from './plan.ts';
import type { TourStop } from './travel-problem.ts';

/** Which stale markets somebody shall look at, and who. */
export interface ScoutRequest extends Omit<PlanRequest, 'stops'> {
  readonly filter: FreshnessFilter;
  /** Only these markets, if they are stale; undefined: all that fit the filter. */
  readonly only?: readonly number[];
  /** Markets that are left to others. */
  readonly exclude: ReadonlySet<number>;
  readonly maxStops: number;
  readonly timeLimitMs: number;
}

export interface ScoutPlan extends Plan {
  /** Markets that fit the filter, whether they are in the plan or not. */
  readonly stale: number;
  /** By market id, those of the plan. */
  readonly stations: ReadonlyMap<number, StationRecord>;
}

/** Stale markets for a tour, and how many there are in all. */
export async function findStale(
  queries: Pick<Queries, 'freshness' | 'markets'>,
  { filter, only, exclude, maxStops }: Pick<ScoutRequest, 'filter' | 'only' | 'exclude' | 'maxStops'>,
): Promise<{ readonly stations: readonly StationRecord[]; readonly total: number }> {
  if (only !== undefined) {
    const named = (await queries.markets([...new Set(only).difference(exclude)])).map(
      ({ station }) => station,
    );
    const { seenBeforeS = Infinity } = filter;
    const stale = named.filter(({ marketAtS }) => marketAtS === null || marketAtS <= seenBeforeS);
    return { stations: stale.slice(0, maxStops), total: stale.length };
  }
  const { entries, total } = await queries.freshness(filter, { limit: maxStops + exclude.size, after: null });
  const wanted = entries.flatMap(({ station }) => (exclude.has(station.id) ? [] : [station]));
  return { stations: wanted.slice(0, maxStops), total };
}

/** Finds stale markets and divides them among commanders. */
export async function planScout(
  queries: Pick<Queries, 'freshness' | 'markets'>,
  planner: Pick<TourPlanner, 'plan'>,
  request: ScoutRequest,
): Promise<ScoutPlan> {
  const { stations, total } = await findStale(queries, request);
  const { commanders, strategy, returns, times, seed, timeLimitMs } = request;
  const plan = await planner.plan(
    { stops: stations.map(stopAt), commanders, strategy, returns, times, seed },
    { timeLimitMs },
  );
  return { ...plan, stale: total, stations: new Map(stations.map((each) => [each.id, each])) };
}

export function stopAt({ id, system: { x, y, z }, lsFromStar, isPlanetary, group }: StationRecord): TourStop {
  return {
    ...{ marketId: id, position: { x, y, z }, lsFromStar, isPlanetary },
    isCarrier: group === 'carrier',
  };
}
