import { isoTime } from '../timestamp.ts';
import { errorOf } from './pace/pace.ts';
import { holder, intervalsOf, openMarkets, type ScoutTour, type TourMarket } from './scout-tour.ts';

/** A market as it is told. Times are ISO 8601. */
function marketOf({ marketId, name, systemName, lsFromStar }: TourMarket) {
  return { marketId, name, systemName, lsFromStar };
}

/** A tour for programs and people: who has what before him, what is done, who had what until when. */
export function describeTour(tour: ScoutTour) {
  const { id, state, madeBy, strategy, returns, plan, failure, markets, commanders } = tour;
  const open = openMarkets(tour);
  const place = new Map(
    plan?.tours.flatMap(({ stops }) => stops.map((stop, at) => [stop.marketId, { ...stop, at }] as const)),
  );
  return {
    ...{ id, state, madeAt: isoTime(tour.madeAtS), madeBy, strategy, returns, failure },
    plannedAt: isoTime(plan?.atS ?? null),
    endedAt: isoTime(tour.endedAtS),
    markets: markets.length,
    open: open.length,
    commanders: commanders.map(({ name, jumpRangeLy, joinedAtS, leftAtS }) => {
      const own = open
        // One who left and came again is there twice.
        .filter((market) => leftAtS === null && holder(market) === name)
        .sort((a, b) => (place.get(a.marketId)?.at ?? 0) - (place.get(b.marketId)?.at ?? 0));
      const legs = own.map((market) => place.get(market.marketId));
      const systems = own.map(({ systemName }) => systemName);
      return {
        ...{ name, jumpRangeLy, joinedAt: isoTime(joinedAtS), leftAt: isoTime(leftAtS) },
        /** Times of the model were planned times this, by what he took on his tours so far. */
        pace: plan?.tours.find(({ commander }) => commander === name)?.pace ?? 1,
        /** How far the plans of this tour were off so far; null: nothing has been measured. */
        error: errorOf(intervalsOf(tour, name)),
        /** By the plan, of what is still before him. */
        seconds: Math.round(legs.reduce((sum, leg) => sum + (leg?.seconds ?? 0), 0)),
        systems: systems.filter((system, at) => system !== systems[at - 1]),
        stops: own.map((market, at) => ({
          ...marketOf(market),
          jumps: legs[at]?.jumps ?? null,
          seconds: legs[at] === undefined ? null : Math.round(legs[at].seconds),
        })),
      };
    }),
    done: markets
      .filter(({ doneAtS }) => doneAtS !== null)
      .sort((a, b) => (a.doneAtS ?? 0) - (b.doneAtS ?? 0))
      .map((market) => ({ ...marketOf(market), doneAt: isoTime(market.doneAtS) })),
    assignments: markets.flatMap(({ marketId, assignments }) =>
      assignments.map(({ commander, sinceS, untilS, why }) => ({
        ...{ marketId, commander, since: isoTime(sinceS), until: isoTime(untilS), why },
      })),
    ),
  };
}

export type DescribedTour = ReturnType<typeof describeTour>;
