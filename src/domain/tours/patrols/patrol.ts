import type { StationFilter } from '../../galaxy/stations/station-filter.ts';
import type { Strategy } from '../plan.ts';
import type { Commander, TourStop } from '../travel-problem.ts';

/** Markets of a region at most; where it has grown beyond, the oldest are looked at. */
export const MAX_PATROL_MARKETS = 500;

export interface PatrolCommander extends Commander {
  /** Since when he is on the patrol. */
  readonly sinceS: number;
}

/** "Keep this region at most so old." Times are epoch seconds. */
export interface PatrolOrder {
  readonly name: string;
  /** For people: `within 60 ly of Diso`. */
  readonly about: string;
  readonly filter: StationFilter;
  readonly neverSeen: 'included' | 'excluded';
  readonly maxAgeS: number;
  /** It ends as soon as nothing is too old; else it stands. */
  readonly isOnce: boolean;
  /** Who may be sent; nobody: it only tells. */
  readonly commanders: readonly PatrolCommander[];
  /** Also markets that another tour has. */
  readonly share: boolean;
  readonly strategy: Strategy;
  readonly seed: number;
  readonly timeLimitMs: number;
  readonly madeAtS: number;
  /** Name of the token it was asked for with; null: of the command line. */
  readonly madeBy: string | null;
}

export type PatrolState = 'idle' | 'planning' | 'kept' | 'short' | 'done';

/** A market of the region. */
export interface PatrolMarket extends TourStop {
  readonly name: string;
  readonly systemName: string;
  /** Null: nobody has seen it yet. */
  readonly seenAtS: number | null;
}

/** What a look at the region told. */
export interface PatrolLook {
  readonly atS: number;
  /** Markets of the region. */
  readonly markets: number;
  /** Too old, those that nobody has seen included. */
  readonly overdue: number;
  readonly neverSeen: number;
  /** The oldest observation; null: there is none. */
  readonly oldestAtS: number | null;
  /** On the lists of the patrol's tour. */
  readonly listed: number;
  /** Of those: by the plan they are read after they are too old. */
  readonly late: number;
  /** To be looked at now, and on nobody's list. */
  readonly unlisted: number;
  /** Commanders that the region takes where nobody else looks; null: not reckoned. */
  readonly needed: number | null;
  /** Who can fly for it: of its commanders, those who fly no other tour. */
  readonly able: number;
  /** What was told holds until then: the next market becomes too old, or must be looked at. */
  readonly validUntilS: number;
}

/**
 * Ages, as parts of the greatest one. A tour begins when a market has two thirds, takes with it all that have one, and is
 * to be through within one: so what it leaves behind has two thirds at its end at most, and the next one reads it in time.
 */
const THIRDS = { takenFrom: 1 / 3, beginFrom: 2 / 3, tour: 1 / 3 };
/** Where it is done once, only what is too old is looked at. */
const ONCE = { takenFrom: 1, beginFrom: 1, tour: 1 };

function partsOf({ isOnce }: PatrolOrder) {
  return isOnce ? ONCE : THIRDS;
}

/** How long a tour of the patrol may take, seconds. */
export function tourBudgetS(order: PatrolOrder): number {
  return partsOf(order).tour * order.maxAgeS;
}

function ageS({ seenAtS }: PatrolMarket, nowS: number): number {
  return seenAtS === null ? Infinity : nowS - seenAtS;
}

function mustBegin(order: PatrolOrder, market: PatrolMarket, nowS: number): boolean {
  return ageS(market, nowS) >= partsOf(order).beginFrom * order.maxAgeS;
}

/** What a tour that begins now takes with it; nothing, where none need begin. @param taken markets that are left to others */
export function tourMarkets(
  order: PatrolOrder,
  markets: readonly PatrolMarket[],
  taken: ReadonlySet<number>,
  nowS: number,
): readonly PatrolMarket[] {
  const free = markets.filter(({ marketId }) => !taken.has(marketId));
  if (!free.some((market) => mustBegin(order, market, nowS))) return [];
  return free.filter((market) => ageS(market, nowS) >= partsOf(order).takenFrom * order.maxAgeS);
}

/**
 * How many commanders fly one way over the whole region, divided among them: each turns at the end of his part.
 * @param legs seconds of each leg of the way
 * @param marketS reading the market where somebody is already
 */
export function commandersNeeded(legs: readonly number[], marketS: number, budgetS: number): number {
  let commanders = 0;
  let left = 0;
  for (const leg of legs) {
    if (commanders > 0 && leg <= left) {
      left -= leg;
      continue;
    }
    commanders += 1;
    left = budgetS - marketS;
  }
  return commanders;
}

export interface LookFacts {
  readonly markets: readonly PatrolMarket[];
  /** Of the region: more than are in `markets` where there are too many. */
  readonly total: number;
  /** By market of the patrol's tour: when it is read by the plan. */
  readonly readAtS: ReadonlyMap<number, number>;
  /** On anybody's list. */
  readonly listed: ReadonlySet<number>;
  readonly needed: number | null;
  readonly able: number;
}

/** What is told of a region whose markets and tour are these. */
export function lookOf(order: PatrolOrder, facts: LookFacts, nowS: number): PatrolLook {
  const { markets, total, readAtS, listed, needed, able } = facts;
  const isOld = (market: PatrolMarket) => ageS(market, nowS) >= order.maxAgeS;
  const seen = markets.flatMap(({ seenAtS }) => (seenAtS === null ? [] : [seenAtS]));
  const { beginFrom } = partsOf(order);
  let validUntilS = Infinity;
  for (const { marketId, seenAtS } of markets) {
    if (seenAtS === null) continue;
    for (const part of listed.has(marketId) ? [1] : [beginFrom, 1]) {
      const atS = Math.ceil(seenAtS + part * order.maxAgeS);
      if (atS > nowS) validUntilS = Math.min(validUntilS, atS);
    }
  }
  return {
    atS: nowS,
    markets: total,
    overdue: markets.filter(isOld).length,
    neverSeen: markets.length - seen.length,
    oldestAtS: seen.length === 0 ? null : Math.min(...seen),
    listed: readAtS.size,
    late: markets.filter(
      (market) =>
        !isOld(market) && (readAtS.get(market.marketId) ?? 0) > (market.seenAtS ?? 0) + order.maxAgeS,
    ).length,
    unlisted: markets.filter((market) => mustBegin(order, market, nowS) && !listed.has(market.marketId))
      .length,
    ...{ needed, able },
    validUntilS: Math.min(validUntilS, nowS + order.maxAgeS),
  };
}

/** Whether the promise is not kept, or will not be as things are. */
export function isShort({ overdue, late, unlisted }: PatrolLook): boolean {
  return overdue + late + unlisted > 0;
}

/** Whether a patrol that is done once is through. */
export function isThrough(order: PatrolOrder, { overdue }: PatrolLook): boolean {
  return order.isOnce && overdue === 0;
}

/** The order asks for the same, whoever made it when. */
export function isSameOrder(a: PatrolOrder, b: PatrolOrder): boolean {
  return JSON.stringify(bare(a)) === JSON.stringify(bare(b));
}

function bare({ commanders, ...order }: PatrolOrder) {
  const crew = commanders.map((each) => ({ ...each, sinceS: 0 }));
  const { name, about, filter, neverSeen, maxAgeS, isOnce, share, strategy, seed, timeLimitMs } = order;
  return { name, about, filter, neverSeen, maxAgeS, isOnce, share, strategy, seed, timeLimitMs, crew };
}
