import type { Position } from '../../src/domain/galaxy/galaxy.ts';
import { planCost, tourSeconds, type TourProblem } from '../../src/domain/tours/problem.ts';
import { solve } from '../../src/domain/tours/vrp/solve.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { leastCost, randomPoints, straightLines } from '../../test/support/tours.ts';
import { median } from '../harness/statistics.ts';
import type { Benchmark, Figures } from '../harness/types.ts';
import { longestAtLeast } from '../limits/tour-bounds.ts';

/** Per cent over the best known. */
const BUDGETS = { one: 2, several: 4 };

/** What a question gets, and what is taken for the best known, with seeds of their own. */
const LIMIT_MS = 2_000;
const LONG_MS = 10_000;

const CENTRE: Position = { x: 50, y: 50, z: 50 };

export const benchmark: Benchmark = {
  about:
    `The solver with ${LIMIT_MS / 1_000} s a plan, lengths in light years. *over %* is how much longer the longest tour is ` +
    'than the best known: the optimum where it is known (a grid in a plane that lies askew in space, and every plan ' +
    'looked at for a dozen stops, there of what the solver minimises), else the best of three runs of ' +
    `${LONG_MS / 1_000} s with other seeds. *over bound %* is beside a lower bound (Held and Karp's 1-tree over all tours together; for ` +
    'several commanders no tour meets it). Median and worst of as many seeds as there are rounds: ' +
    '1, 2, 3, and 101 to 103 for the best known; points at random have the seed 10 x stops + commanders, dozens 1,001 and on.',
  size: 200,
  unit: 'stops at most',
  rounds: 3,
  run: ({ size, rounds }) =>
    Promise.resolve([
      grid(rounds),
      ...[1, 2, 3].map((commanders) => dozen(commanders, rounds)),
      ...[1, 2, 3, 5].flatMap((commanders) =>
        [50, 100, 200].filter((stops) => stops <= size).map((stops) => random(stops, commanders, rounds)),
      ),
    ]),
};

function longest(problem: TourProblem, limitMs: number, seed: number): number {
  return Math.max(...timesOf(problem, limitMs, seed));
}

function timesOf(problem: TourProblem, limitMs: number, seed: number): number[] {
  const startMs = performance.now();
  const tours = solve(problem, {
    random: new SeededRandom(seed),
    rounds: Infinity,
    progress: () => (performance.now() - startMs) / limitMs,
  });
  return tours.map((tour, commander) => tourSeconds(problem, commander, tour));
}

const seedsOf = (rounds: number) => Array.from({ length: rounds }, (_, i) => i + 1);

function over(found: readonly number[], best: number) {
  const percents = found.map((each) => 100 * (each / best - 1));
  return { 'over %': median(percents), 'worst %': Math.max(...percents) };
}

/** A grid of 10 by 10 a light year apart: no round tour is shorter than 100. */
function grid(rounds: number): Figures {
  const points = Array.from({ length: 100 }, (_, i) => {
    const [u, v] = [i % 10, Math.floor(i / 10)];
    // Two directions at right angles, each of length 1.
    return { x: (2 * u + v) / 3, y: (-2 * u + 2 * v) / 3, z: (u + 2 * v) / 3 };
  });
  const problem = straightLines(points.slice(1), points.slice(0, 1), true);
  const found = seedsOf(rounds).map((seed) => longest(problem, LIMIT_MS, seed));
  return {
    name: 'grid of 100 in a plane, 1 commander, optimum known',
    figures: over(found, 100),
    below: { 'worst %': BUDGETS.one },
  };
}

function dozen(commanders: number, rounds: number): Figures {
  const overs = seedsOf(rounds).map((seed) => {
    const points = randomPoints(new SeededRandom(1_000 + seed), 12);
    const problem = straightLines(
      points,
      Array.from({ length: commanders }, () => CENTRE),
      false,
    );
    return planCost(timesOf(problem, LIMIT_MS, seed)) / leastCost(problem);
  });
  return {
    name: `12 stops, ${commanders} commanders, every plan looked at`,
    figures: over(overs, 1),
    below: { 'worst %': 0.001 },
  };
}

function random(stops: number, commanders: number, rounds: number): Figures {
  const points = randomPoints(new SeededRandom(stops * 10 + commanders), stops);
  const problem = straightLines(
    points,
    Array.from({ length: commanders }, () => CENTRE),
    true,
  );
  const found = seedsOf(rounds).map((seed) => longest(problem, LIMIT_MS, seed));
  const best = Math.min(...found, ...[101, 102, 103].map((seed) => longest(problem, LONG_MS, seed)));
  const bound = longestAtLeast(points, CENTRE, commanders);
  return {
    name: `${stops} stops at random in space, ${commanders} commanders`,
    figures: {
      longest: median(found),
      ...over(found, best),
      'over bound %': 100 * (median(found) / bound - 1),
    },
    below: { 'worst %': commanders === 1 ? BUDGETS.one : BUDGETS.several },
  };
}
