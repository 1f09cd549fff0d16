import type { Position } from '../../domain/galaxy/galaxy.ts';
import type { TravelTimes } from '../../domain/galaxy/travel-time.ts';
import type { Queries, StationRecord } from '../../domain/ports/store/queries.ts';
import type { ScoutTours } from '../../domain/ports/commanders/scout-tours.ts';
import type { TourPlanner } from '../../domain/ports/commanders/tour-planner.ts';
import {
  commandersNeeded,
  lookOf,
  MAX_PATROL_MARKETS,
  tourBudgetS,
  tourMarkets,
  type PatrolCommander,
  type PatrolLook,
  type PatrolMarket,
  type PatrolOrder,
} from '../../domain/tours/patrols/patrol.ts';
import { stopAt } from '../../domain/tours/scout.ts';
import {
  crew,
  ENDED,
  holder,
  lastReadBy,
  openMarkets,
  tourOfPatrol,
  type ScoutTour,
  type TourMarket,
} from '../../domain/tours/scout-tour.ts';
import { isSameName } from '../../domain/tours/travel-problem.ts';

export interface LookDeps {
  readonly queries: Pick<Queries, 'freshness'>;
  readonly tours: ScoutTours;
  readonly planner: Pick<TourPlanner, 'plan'>;
  readonly travelTimes: TravelTimes;
  /** Epoch seconds. */
  readonly nowS: () => number;
}

/** Of the way over a whole region. */
const WAY = { jumpRangeLy: 20, timeLimitMs: 1_000 };

/** Looks at the region of one patrol, and sends its commanders where they are needed. */
export class Lookout {
  readonly #deps: LookDeps;
  /** What a region takes is reckoned when its markets change. */
  #reckoned: { readonly key: string; readonly needed: number } | null = null;

  constructor(deps: LookDeps) {
    this.#deps = deps;
  }

  async look(order: PatrolOrder, signal: AbortSignal): Promise<PatrolLook> {
    const { queries, tours, nowS } = this.#deps;
    if (!tours.isLoaded) throw new Error('tours of earlier lives are not known yet');
    const { entries, total } = await queries.freshness(
      { ...order.filter, neverSeen: order.neverSeen, sort: 'oldest' },
      { limit: MAX_PATROL_MARKETS, after: null },
    );
    const markets = entries.map(({ station }) => marketOf(station));
    const needed = await this.#needed(order, markets, signal);
    signal.throwIfAborted();
    await this.#send(order, markets, signal);
    const round = tourOfPatrol(tours.list(), order.name);
    const able = ableOf(tours, order).length;
    const listed = listedMarkets(tours);
    const facts = { markets, total, readAtS: readingsOf(round, nowS()), listed, needed, able };
    return lookOf(order, facts, nowS());
  }

  /** Begins the patrol's next tour where it is time for it; the crew of one that is flown becomes what is ordered. */
  async #send(order: PatrolOrder, markets: readonly PatrolMarket[], signal: AbortSignal): Promise<void> {
    const { tours, nowS } = this.#deps;
    const round = tourOfPatrol(tours.list(), order.name);
    if (round !== undefined && !isOver(order, round, nowS())) {
      await this.#changeCrew(order, round);
      return;
    }
    const own = new Set(round === undefined ? [] : openMarkets(round).map(({ marketId }) => marketId));
    const next = this.#nextTour(order, markets, own);
    if (next.length === 0) return;
    if (round !== undefined) {
      // A tour that should be through by now: its commanders go on from where they are.
      await tours.withdraw(round.id);
      signal.throwIfAborted();
    }
    const commanders = ableOf(tours, order).map((each) => ({ ...each, ...whereIs(tours, each) }));
    // Nothing is awaited in between: no two tours take one market.
    const taken = this.#nextTour(order, markets, new Set());
    if (commanders.length === 0 || taken.length === 0) return;
    const { strategy, seed, timeLimitMs, madeBy, name } = order;
    await tours.offer({
      ...{ madeBy, strategy, seed, timeLimitMs, returns: false, patrol: name, commanders },
      markets: taken.map(asTourMarket),
    });
  }

  /** @param own markets of the tour that would end */
  #nextTour(order: PatrolOrder, markets: readonly PatrolMarket[], own: ReadonlySet<number>) {
    const { tours, nowS } = this.#deps;
    const taken = order.share ? new Set<number>() : new Set(tours.busyMarkets()).difference(own);
    return tourMarkets(order, markets, taken, nowS());
  }

  async #changeCrew(order: PatrolOrder, round: ScoutTour): Promise<void> {
    const { tours } = this.#deps;
    const leave = crew(round).flatMap(({ name }) =>
      order.commanders.some((each) => isSameName(each.name, name)) ? [] : [name],
    );
    // Who has left it by himself since he is on the patrol stays away from this tour.
    const join = ableOf(tours, order).filter(({ name, sinceS }) => {
      const had = round.commanders.filter((each) => isSameName(each.name, name));
      return had.every(({ leftAtS }) => leftAtS !== null && leftAtS < sinceS);
    });
    if (join.length + leave.length === 0) return;
    if (join.length === 0 && leave.length === crew(round).length) await tours.withdraw(round.id);
    else await tours.reconfigure(round.id, { join, leave });
  }

  async #needed(
    order: PatrolOrder,
    markets: readonly PatrolMarket[],
    signal: AbortSignal,
  ): Promise<number | null> {
    const { planner, travelTimes: times } = this.#deps;
    const ranges = order.commanders.map(({ jumpRangeLy }) => jumpRangeLy);
    const jumpRangeLy = ranges.length === 0 ? WAY.jumpRangeLy : Math.min(...ranges);
    const budgetS = tourBudgetS(order);
    const ids = markets.map(({ marketId }) => marketId).sort((a, b) => a - b);
    const key = JSON.stringify([jumpRangeLy, budgetS, ids]);
    if (this.#reckoned?.key === key) return this.#reckoned.needed;
    const [first] = markets;
    if (first === undefined) return 0;
    const from = { name: '', start: first.position, startMarketId: first.marketId, jumpRangeLy };
    const { seed } = order;
    try {
      const { tours } = await planner.plan(
        { stops: markets, commanders: [from], strategy: 'vrp', returns: false, times, seed },
        { timeLimitMs: WAY.timeLimitMs, signal },
      );
      const legs = tours.flatMap(({ stops }) => stops.map(({ seconds }) => seconds));
      this.#reckoned = { key, needed: commandersNeeded(legs, times.marketS, budgetS) };
      return this.#reckoned.needed;
    } catch {
      // The planner has too much to do: the next look asks again.
      return null;
    }
  }
}

/** It should be through by now, and whoever waits for the next one waits too long. */
function isOver(order: PatrolOrder, round: ScoutTour, nowS: number): boolean {
  return !order.isOnce && nowS - round.madeAtS >= tourBudgetS(order);
}

function marketOf(station: StationRecord): PatrolMarket {
  const { name, system, marketAtS } = station;
  return { ...stopAt(station), name, systemName: system.name, seenAtS: marketAtS };
}

function asTourMarket({ name, systemName, marketId, position, ...market }: PatrolMarket): TourMarket {
  const { lsFromStar, isPlanetary, isCarrier } = market;
  return {
    ...{ marketId, position, name, systemName, lsFromStar, isPlanetary, isCarrier },
    ...{ doneAtS: null, assignments: [] },
  };
}

/** Commanders who fly no other tour. */
function ableOf(tours: ScoutTours, { name: patrol, commanders }: PatrolOrder): PatrolCommander[] {
  return commanders.filter(({ name }) => {
    const flown = tours.tourOf(name);
    return flown === undefined || flown.patrol === patrol;
  });
}

/** At the market he read last, if he has since he is on the patrol. */
function whereIs(tours: Pick<ScoutTours, 'list'>, { name, sinceS, start, startMarketId }: PatrolCommander) {
  const read = tours.list().flatMap((tour) => lastReadBy(tour, name) ?? []);
  const last = read.reduce<{
    readonly atS: number;
    readonly start: Position;
    readonly startMarketId: number | null;
  }>(
    (found, { doneAtS, position, marketId }) =>
      (doneAtS ?? 0) > found.atS ? { atS: doneAtS ?? 0, start: position, startMarketId: marketId } : found,
    { atS: sinceS, start, startMarketId },
  );
  return { start: last.start, startMarketId: last.startMarketId };
}

/** Markets on anybody's list. */
function listedMarkets(tours: Pick<ScoutTours, 'list'>): Set<number> {
  const open = tours.list().filter(({ state }) => !ENDED.has(state));
  return new Set(
    open.flatMap((tour) =>
      openMarkets(tour).flatMap((market) => (holder(market) === null ? [] : [market.marketId])),
    ),
  );
}

/** When each open market is read if everybody goes on now. */
function readingsOf(round: ScoutTour | undefined, nowS: number): Map<number, number> {
  const readAtS = new Map<number, number>();
  if (round === undefined) return readAtS;
  const open = new Map(openMarkets(round).map((market) => [market.marketId, holder(market)]));
  for (const { commander, stops } of round.plan?.tours ?? []) {
    let atS = nowS;
    for (const { marketId, seconds } of stops) {
      if (open.get(marketId) !== commander) continue;
      atS += seconds;
      readAtS.set(marketId, Math.round(atS));
    }
  }
  return readAtS;
}
