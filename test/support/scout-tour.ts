import type { Plan } from '../../src/domain/tours/plan.ts';
import type { ScoutTour, TourCommander, TourMarket } from '../../src/domain/tours/scout-tour.ts';

export const TOUR_MADE_S = 1_000;

export function tourCommander(name: string): TourCommander {
  return {
    ...{ name, start: { x: 0, y: 0, z: 0 }, startMarketId: null, jumpRangeLy: 20 },
    ...{ joinedAtS: TOUR_MADE_S, leftAtS: null },
  };
}

export function tourMarket(marketId: number): TourMarket {
  return {
    ...{
      marketId,
      position: { x: marketId, y: 0, z: 0 },
      name: `Port ${marketId}`,
      systemName: `Star ${marketId}`,
    },
    ...{ lsFromStar: 100, isPlanetary: false, isCarrier: false, doneAtS: null, assignments: [] },
  };
}

/** A tour over so many markets, numbered from 1, that has not been planned. */
export function scoutTour(markets: number, names: readonly string[] = ['Jameson']): ScoutTour {
  return {
    ...{ id: 'tour1', state: 'planning', madeAtS: TOUR_MADE_S, madeBy: 'planner' },
    ...{ strategy: 'vrp', returns: false, seed: 42, timeLimitMs: 100 },
    commanders: names.map(tourCommander),
    markets: Array.from({ length: markets }, (_, i) => tourMarket(i + 1)),
    ...{ plan: null, endedAtS: null, failure: null },
  };
}

/** A plan that deals markets out as written. */
export function planOf(lists: Readonly<Record<string, readonly number[]>>): Plan {
  const tours = Object.entries(lists).map(([commander, ids]) => ({
    commander,
    pace: 1,
    stops: ids.map((marketId) => ({ marketId, distanceLy: 1, jumps: 1, seconds: 300, isGuess: false })),
    seconds: 300 * ids.length,
  }));
  return { tours, seconds: Math.max(...tours.map(({ seconds }) => seconds)), spread: 0 };
}
