import type { SeededRandom } from '../../seeded-random.ts';
import { planCost, type TourProblem } from '../problem.ts';
import { costsOf, routeSeconds, type Costs } from './costs.ts';
import { improveRoute } from './improve-route.ts';
import { nearestNeighbour } from './nearest-neighbour.ts';
import { recreate } from './recreate.ts';
import { Routes } from './routes.ts';
import { neighboursOf, ruin } from './ruin.ts';

export interface SolveOptions {
  readonly random: SeededRandom;
  /** Times that the routes are taken apart and put together. */
  readonly rounds: number;
  /** How much of the time has gone: from 1 on it ends with the best so far. */
  readonly progress: () => number;
}

/** Rounds between two looks at the clock. */
const LOOK_EVERY = 64;

/** How much worse a round may make it, in mean legs: at first, and in the end. */
const WARM = 0.3;
const COLD = 0.003;

/** Seconds that are rounding. */
const EPSILON_S = 1e-7;

/**
 * Tours over all stops, whose longest is as short as can be. At first what is better of cheapest insertion and nearest
 * neighbour, straightened (2-opt, or-opt); then strings of neighbouring stops are taken out and put in again where they
 * cost least, in the same route or another one, and worse tours are accepted ever more rarely (simulated annealing).
 */
export function solve(problem: TourProblem, options: SolveOptions): number[][] {
  const costs = Array.from({ length: problem.commanders }, (_, commander) => costsOf(problem, commander));
  const first = firstTours(costs, problem.stops, options.random);
  const best = problem.stops < 2 ? first : anneal(costs, first, options);
  for (const [commander, each] of costs.entries()) improveRoute(each, best[commander] ?? []);
  return best;
}

function costOf(costs: readonly Costs[], tours: readonly (readonly number[])[]): number {
  return planCost(costs.map((each, commander) => routeSeconds(each, tours[commander] ?? [])));
}

function firstTours(costs: readonly Costs[], stops: number, random: SeededRandom): number[][] {
  const all = Array.from({ length: stops }, (_, stop) => stop);
  const inserted = Routes.from(
    costs,
    costs.map(() => []),
    stops,
  );
  recreate(inserted, [...all], random);
  const candidates = [inserted.tours, nearestNeighbour(costs, all)];
  for (const tours of candidates) {
    for (const [commander, each] of costs.entries()) improveRoute(each, tours[commander] ?? []);
  }
  const [a = [], b = []] = candidates;
  return costOf(costs, a) <= costOf(costs, b) ? a : b;
}

function anneal(
  costs: readonly Costs[],
  first: readonly (readonly number[])[],
  { random, rounds, progress }: SolveOptions,
): number[][] {
  let routes = Routes.from(
    costs,
    first.map((tour) => [...tour]),
    first.reduce((sum, tour) => sum + tour.length, 0),
  );
  let best = routes;
  const neighbours = neighboursOf(costs, routes.stops);
  const meanLegS = routes.seconds.reduce((sum, each) => sum + each, 0) / routes.stops;
  let done = 0;
  for (let round = 0; done < 1; round++) {
    if (round % LOOK_EVERY === 0) done = Math.max(round / rounds, progress());
    const next = routes.copy();
    recreate(next, ruin(next, neighbours, random), random);
    const temperature = meanLegS * WARM * (COLD / WARM) ** done;
    if (next.smoothed() > routes.smoothed() - temperature * Math.log(1 - random.next())) continue;
    routes = next;
    if (planCost(next.seconds) < planCost(best.seconds) - EPSILON_S) best = next;
  }
  return best.tours;
}
