import { AppError } from '../errors.ts';
import type { TravelTimes } from '../galaxy/travel-time.ts';
import { SeededRandom } from '../seeded-random.ts';
import { balance, spreadOf } from './strategies/balance.ts';
import { whatIsUnbalanced } from './exactly-once.ts';
import { geographic } from './strategies/geographic.ts';
import { greedy, type TourCost } from './strategies/greedy.ts';
import { kmeans } from './strategies/kmeans.ts';
import { tourSeconds } from './problem.ts';
import { TravelProblem, type Commander, type TourStop } from './travel-problem.ts';
import { costsOf } from './vrp/costs.ts';
import { improveRoute } from './vrp/improve-route.ts';
import { nearestNeighbour } from './vrp/nearest-neighbour.ts';
import { solve } from './vrp/solve.ts';

/** How stops are dealt out. */
export const STRATEGIES = ['greedy', 'kmeans', 'geographic', 'vrp'] as const;
export type Strategy = (typeof STRATEGIES)[number];

export interface PlanRequest {
  readonly stops: readonly TourStop[];
  /** At least one. */
  readonly commanders: readonly Commander[];
  readonly strategy: Strategy;
  /** Whether tours end where they started. */
  readonly returns: boolean;
  readonly times: TravelTimes;
  /** Of everything that is left to chance. */
  readonly seed: number;
}

interface PlannedStop {
  readonly marketId: number;
  /** From the stop before. */
  readonly distanceLy: number;
  readonly jumps: number;
  /** From leaving the stop before until this market is read. */
  readonly seconds: number;
  /** The time rests on a distance from the star that is unknown, or farther than anybody has measured. */
  readonly isGuess: boolean;
}

export interface PlannedTour {
  readonly commander: string;
  /** Times of the model were taken times this. */
  readonly pace: number;
  readonly stops: readonly PlannedStop[];
  readonly seconds: number;
}

export interface Plan {
  readonly tours: readonly PlannedTour[];
  /** Of the longest tour: when all markets are read. */
  readonly seconds: number;
  /** The largest distance of a tour from the mean, as a part of it. */
  readonly spread: number;
}

/** Rounds of the solver after which more bring nothing any more: so many a stop, and no more. */
const SOLVER_ROUNDS = { perStop: 2_000, most: 150_000 };

/**
 * Who flies where, in which order, so that all are through as early as can be.
 * @param progress how much of the time has gone; from 1 on the best so far is taken
 * @throws AppError `plan`: a market is missing or there twice
 */
export function planTours(request: PlanRequest, progress: () => number): Plan {
  const { stops, commanders, times, returns } = request;
  const problem = new TravelProblem(stops, commanders, times, returns);
  const tours = partition(request, problem, progress);
  const wrong = whatIsUnbalanced(tours, stops.length);
  if (wrong !== null) {
    const ids = (of: readonly number[]) => of.map((stop) => stops[stop]?.marketId).join(', ') || 'none';
    throw new AppError(
      'plan',
      `the plan has not every market once: missing ${ids(wrong.missing)}, double ${ids(wrong.double)}`,
    );
  }
  const planned = commanders.map(({ name, pace = 1 }, commander) => {
    const order = tours[commander] ?? [];
    return {
      commander: name,
      pace,
      stops: order.map((stop, at) => describe(problem, stops, commander, order[at - 1] ?? null, stop)),
      seconds: tourSeconds(problem, commander, order),
    };
  });
  const seconds = planned.map((tour) => tour.seconds);
  return { tours: planned, seconds: Math.max(0, ...seconds), spread: spreadOf(seconds) };
}

/** The stops of each commander, in their order. */
function partition(request: PlanRequest, problem: TravelProblem, progress: () => number): number[][] {
  const { strategy, stops, seed } = request;
  const { commanders } = problem;
  const random = new SeededRandom(seed);
  if (strategy === 'vrp') {
    const rounds = Math.min(SOLVER_ROUNDS.most, SOLVER_ROUNDS.perStop * stops.length);
    return solve(problem, { random, rounds, progress });
  }
  const costs = Array.from({ length: commanders }, (_, commander) => costsOf(problem, commander));
  const order = (commander: number, tour: readonly number[]) => {
    const [route = []] = nearestNeighbour(costs.slice(commander, commander + 1), tour);
    const own = costs[commander];
    if (own !== undefined) improveRoute(own, route);
    return route;
  };
  const cost: TourCost = (commander, tour) => tourSeconds(problem, commander, order(commander, tour));
  const points = stops.map(({ position }) => position);
  const dealt = {
    greedy: () => greedy(points, commanders, cost),
    kmeans: () => kmeans(points, commanders, random),
    geographic: () => geographic(points, commanders),
  }[strategy]();
  return balance(points, dealt, cost).map((tour, commander) => order(commander, tour));
}

function describe(
  problem: TravelProblem,
  stops: readonly TourStop[],
  commander: number,
  from: number | null,
  to: number,
): PlannedStop {
  const { ly, jumps } = problem.distance(commander, from, to);
  return {
    marketId: stops[to]?.marketId ?? 0,
    distanceLy: ly,
    jumps,
    seconds: from === null ? problem.firstS(commander, to) : problem.legS(commander, from, to),
    isGuess: problem.isGuess(to),
  };
}
