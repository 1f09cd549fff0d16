import type { FreshnessFilter } from '../galaxy/search.ts';
import type { Queries, StationRecord } from '../ports/queries.ts';
import type { TourPlanner } from '../ports/tour-planner.ts';
import type { Plan, PlanRequest } from './plan.ts';
import type { TourStop } from './travel-problem.ts';

/** Which stale markets somebody shall look at, and who. */
export interface ScoutRequest extends Omit<PlanRequest, 'stops'> {
  readonly filter: FreshnessFilter;
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

/** Finds stale markets and divides them among commanders. */
export async function planScout(
  queries: Pick<Queries, 'freshness'>,
  planner: Pick<TourPlanner, 'plan'>,
  { filter, exclude, maxStops, timeLimitMs, ...request }: ScoutRequest,
): Promise<ScoutPlan> {
  const { entries, total } = await queries.freshness(filter, { limit: maxStops + exclude.size, after: null });
  const stations = entries
    .flatMap(({ station }) => (exclude.has(station.id) ? [] : [station]))
    .slice(0, maxStops);
  const plan = await planner.plan({ ...request, stops: stations.map(stopAt) }, { timeLimitMs });
  return { ...plan, stale: total, stations: new Map(stations.map((each) => [each.id, each])) };
}

function stopAt({ id, system: { x, y, z }, lsFromStar, isPlanetary, group }: StationRecord): TourStop {
  return {
    ...{ marketId: id, position: { x, y, z }, lsFromStar, isPlanetary },
    isCarrier: group === 'carrier',
  };
}
