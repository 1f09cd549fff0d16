import type { TravelTimes } from '../galaxy/travel-time.ts';
import type { Plan, PlanRequest, Strategy } from './plan.ts';
import { intervalOf, type Interval } from './pace/pace.ts';
import { isSameName, type Commander, type TourStop } from './travel-problem.ts';

/** A time a commander had a market on his list. */
interface Assignment {
  readonly commander: string;
  readonly sinceS: number;
  /** Null: he has it still. */
  readonly untilS: number | null;
  /** Somebody opened the market; it was dealt out anew; the tour was called off. Null: he has it still. */
  readonly why: 'observed' | 'replanned' | 'withdrawn' | null;
}

export interface TourMarket extends TourStop {
  readonly name: string;
  readonly systemName: string;
  /** The observation that closed it, whoever made it; null: nobody has been there yet. */
  readonly doneAtS: number | null;
  /** Oldest first; at most the last one is without an end. */
  readonly assignments: readonly Assignment[];
  /** Since the stop before it on the list was closed; undefined: that says nothing. */
  readonly interval?: Interval;
}

export interface TourCommander extends Commander {
  readonly joinedAtS: number;
  /** Null: he flies. */
  readonly leftAtS: number | null;
}

export type TourState = 'planning' | 'offered' | 'underway' | 'finished' | 'failed' | 'withdrawn';

/** Markets that commanders look at, until each has been observed. Times are epoch seconds. */
export interface ScoutTour {
  readonly id: string;
  readonly state: TourState;
  readonly madeAtS: number;
  /** Name of the token it was asked for with. */
  readonly madeBy: string | null;
  /** The patrol it is flown for; undefined: somebody asked for it. */
  readonly patrol?: string;
  readonly strategy: Strategy;
  readonly returns: boolean;
  readonly seed: number;
  readonly timeLimitMs: number;
  readonly commanders: readonly TourCommander[];
  readonly markets: readonly TourMarket[];
  /** Of the markets that were open then; null: there has been none yet. */
  readonly plan: (Plan & { readonly atS: number }) | null;
  readonly endedAtS: number | null;
  /** Why it failed. */
  readonly failure: string | null;
}

export const ENDED: ReadonlySet<TourState> = new Set(['finished', 'failed', 'withdrawn']);

export function openMarkets({ markets }: ScoutTour): TourMarket[] {
  return markets.filter(({ doneAtS }) => doneAtS === null);
}

/** The tour that is flown for a patrol. */
export function tourOfPatrol(tours: readonly ScoutTour[], name: string): ScoutTour | undefined {
  return tours.find(({ patrol, state }) => patrol === name && !ENDED.has(state));
}

/** Those who have not left. */
export function crew({ commanders }: ScoutTour): TourCommander[] {
  return commanders.filter(({ leftAtS }) => leftAtS === null);
}

/** Whether an observation closes a market of this tour: it is open, and nobody could have made it before the tour. */
export function isClosedBy(tour: ScoutTour, marketId: number, observedAtS: number): boolean {
  return (
    observedAtS >= tour.madeAtS &&
    tour.markets.some((market) => market.marketId === marketId && market.doneAtS === null)
  );
}

/** The tour with a market closed; as it was where the observation closes none. */
export function observed(tour: ScoutTour, marketId: number, observedAtS: number): ScoutTour {
  if (!isClosedBy(tour, marketId, observedAtS)) return tour;
  const markets = tour.markets.map((market) =>
    market.marketId === marketId
      ? {
          ...release(market, observedAtS, 'observed'),
          doneAtS: observedAtS,
          ...intervalBefore(tour, market, observedAtS),
        }
      : market,
  );
  return { ...tour, markets };
}

/** What it took from the stop before, where that was closed before this one. */
function intervalBefore(
  tour: ScoutTour,
  market: TourMarket,
  observedAtS: number,
): Pick<TourMarket, 'interval'> {
  const name = holder(market);
  const list = tour.plan?.tours.find(({ commander }) => commander === name);
  const at = list?.stops.findIndex(({ marketId }) => marketId === market.marketId) ?? -1;
  const [stop, before] = [list?.stops[at], list?.stops[at - 1]];
  const from = tour.markets.find(({ marketId }) => marketId === before?.marketId);
  if (list === undefined || stop === undefined || from === undefined || from.doneAtS === null) return {};
  const interval = intervalOf(stop.seconds, list.pace, observedAtS - from.doneAtS);
  return interval === null ? {} : { interval };
}

/** What a commander took from stop to stop. */
export function intervalsOf({ markets }: ScoutTour, name: string): Interval[] {
  return markets.flatMap(({ interval, assignments }) =>
    interval !== undefined && isSameName(assignments.at(-1)?.commander ?? '', name) ? [interval] : [],
  );
}

/** What is to be planned: the open markets, by those who are still there, each from where he was last. */
export function planRequest(tour: ScoutTour, times: TravelTimes): PlanRequest {
  const { strategy, returns, seed } = tour;
  return {
    stops: openMarkets(tour),
    commanders: crew(tour).map((commander) => ({ ...commander, ...whereIs(tour, commander) })),
    ...{ strategy, returns, times, seed },
  };
}

/** The market of his list that was closed last; null: none was. He is assumed to be who opened it. */
export function lastReadBy({ markets }: Pick<ScoutTour, 'markets'>, name: string): TourMarket | null {
  return markets.reduce<TourMarket | null>((found, market) => {
    const last = market.assignments.at(-1);
    const isHis = last?.why === 'observed' && isSameName(last.commander, name);
    return isHis && (market.doneAtS ?? 0) > (found?.doneAtS ?? 0) ? market : found;
  }, null);
}

function whereIs(
  tour: ScoutTour,
  { name, start, startMarketId }: Commander,
): Pick<Commander, 'start' | 'startMarketId'> {
  const newest = lastReadBy(tour, name);
  return newest === null
    ? { start, startMarketId }
    : { start: newest.position, startMarketId: newest.marketId };
}

/** The tour with a plan for what is open; what was closed while it was made is not dealt out any more. */
export function planned(tour: ScoutTour, plan: Plan, nowS: number): ScoutTour {
  const ownerOf = new Map(
    plan.tours.flatMap(({ commander, stops }) => stops.map(({ marketId }) => [marketId, commander] as const)),
  );
  const markets = tour.markets.map((market) => {
    const owner = ownerOf.get(market.marketId);
    if (market.doneAtS !== null || owner === undefined || holder(market) === owner) return market;
    const free = release(market, nowS, 'replanned');
    const assignment = { commander: owner, sinceS: nowS, untilS: null, why: null };
    return { ...free, assignments: [...free.assignments, assignment] };
  });
  return { ...tour, markets, plan: { ...plan, atS: nowS } };
}

/** Whose list a market is on; null: nobody's. */
export function holder({ assignments }: TourMarket): string | null {
  const last = assignments.at(-1);
  return last?.untilS === null ? last.commander : null;
}

/** Who comes and who goes. */
export interface CrewChange {
  readonly join: readonly Commander[];
  readonly leave: readonly string[];
}

/** The tour with another crew; it has to be planned anew. */
export function reconfigured(tour: ScoutTour, { join, leave }: CrewChange, nowS: number): ScoutTour {
  const leaving = new Set(leave.map((name) => name.toLowerCase()));
  const stays = tour.commanders.map((commander) =>
    commander.leftAtS === null && leaving.has(commander.name.toLowerCase())
      ? { ...commander, leftAtS: nowS }
      : commander,
  );
  const present = new Set(crew({ ...tour, commanders: stays }).map(({ name }) => name.toLowerCase()));
  const joining = join.filter(({ name }) => !present.has(name.toLowerCase()));
  const commanders = [...stays, ...joining.map((each) => ({ ...each, joinedAtS: nowS, leftAtS: null }))];
  return { ...tour, commanders };
}

export function ended(
  tour: ScoutTour,
  state: 'finished' | 'failed' | 'withdrawn',
  nowS: number,
  failure: string | null = null,
): ScoutTour {
  const markets = tour.markets.map((market) => release(market, nowS, 'withdrawn'));
  return { ...tour, state, markets, endedAtS: nowS, failure };
}

function release(market: TourMarket, untilS: number, why: NonNullable<Assignment['why']>): TourMarket {
  if (holder(market) === null) return market;
  const assignments = market.assignments.map((each) =>
    each.untilS === null ? { ...each, untilS, why } : each,
  );
  return { ...market, assignments };
}
