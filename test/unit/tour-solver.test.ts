import fc from 'fast-check';
import { expect, test } from 'vitest';
import { whatIsUnbalanced } from '../../src/domain/tours/exactly-once.ts';
import { planCost, tourSeconds, type TourProblem } from '../../src/domain/tours/problem.ts';
import { costsOf, routeSeconds } from '../../src/domain/tours/vrp/costs.ts';
import { improveRoute } from '../../src/domain/tours/vrp/improve-route.ts';
import { nearestNeighbour } from '../../src/domain/tours/vrp/nearest-neighbour.ts';
import { solve } from '../../src/domain/tours/vrp/solve.ts';
import { SeededRandom } from '../support/random.ts';
import { leastCost, randomPoints, straightLines } from '../support/tours.ts';

const solveIn = (problem: TourProblem, rounds: number, seed = 1) =>
  solve(problem, { random: new SeededRandom(seed), rounds, progress: () => 0 });

function costOf(problem: TourProblem, tours: readonly (readonly number[])[]): number {
  return planCost(tours.map((tour, commander) => tourSeconds(problem, commander, tour)));
}

/** Legs that take another time back than there. */
function anyLegs(random: SeededRandom, stops: number, commanders: number): TourProblem {
  const matrix = Array.from({ length: commanders * (stops + 1) * (stops + 1) }, () =>
    random.integer(1, 1000),
  );
  const leg = (commander: number, from: number, to: number) =>
    matrix[(commander * (stops + 1) + from) * (stops + 1) + to]!;
  return {
    ...{ stops, commanders },
    firstS: (commander, to) => leg(commander, stops, to),
    legS: leg,
    lastS: (commander, from) => leg(commander, from, stops),
  };
}

test.each([
  [8, 1],
  [12, 1],
  [9, 2],
  [10, 3],
])('finds the best plan of %i stops for %i commanders', (stops, commanders) => {
  for (const returns of [false, true]) {
    const random = new SeededRandom(stops * 10 + commanders);
    const problem = straightLines(randomPoints(random, stops), randomPoints(random, commanders), returns);
    expect(costOf(problem, solveIn(problem, 10_000))).toBeCloseTo(leastCost(problem), 6);
  }
});

test('finds the best plan where there and back differ', () => {
  for (const seed of [1, 2, 3]) {
    const problem = anyLegs(new SeededRandom(seed), 8, 2);
    expect(costOf(problem, solveIn(problem, 10_000))).toBe(leastCost(problem));
  }
});

test('finds the shortest tour of a grid, which is known', () => {
  const grid = Array.from({ length: 64 }, (_, i) => ({ x: i % 8, y: Math.floor(i / 8), z: 0 }));
  const [start, ...stops] = grid;
  const problem = straightLines(stops, [start!], true);
  const [tour = []] = solveIn(problem, 20_000);
  expect(tourSeconds(problem, 0, tour)).toBeCloseTo(64, 6);
});

test('nobody waits while another one flies for long', () => {
  // A start with four stops on each of three sides.
  const arms = [1, 2, 3].flatMap((arm) =>
    [10, 20, 30, 40].map((ly) => ({ x: arm === 1 ? ly : 0, y: arm === 2 ? ly : 0, z: arm === 3 ? ly : 0 })),
  );
  const home = { x: 0, y: 0, z: 0 };
  const problem = straightLines(arms, [home, home, home], false);
  const tours = solveIn(problem, 3_000);
  expect(tours.map((tour, commander) => tourSeconds(problem, commander, tour))).toEqual([40, 40, 40]);
});

test('the same seed gives the same tours', () => {
  const problem = straightLines(
    randomPoints(new SeededRandom(5), 40),
    randomPoints(new SeededRandom(6), 3),
    false,
  );
  expect(solveIn(problem, 500, 9)).toEqual(solveIn(problem, 500, 9));
});

test('gives the best so far when the time is over', () => {
  const problem = straightLines(
    randomPoints(new SeededRandom(5), 40),
    randomPoints(new SeededRandom(6), 2),
    false,
  );
  let looks = 0;
  const tours = solve(problem, {
    random: new SeededRandom(1),
    rounds: Infinity,
    progress: () => (looks += 0.25),
  });
  expect(looks).toBe(1);
  expect(whatIsUnbalanced(tours, 40)).toBeNull();
});

test.each([
  [0, 2],
  [1, 3],
  [2, 5],
])('%i stops for %i commanders', (stops, commanders) => {
  const problem = straightLines(
    randomPoints(new SeededRandom(1), stops),
    randomPoints(new SeededRandom(2), commanders),
    true,
  );
  const tours = solveIn(problem, 100);
  expect(tours).toHaveLength(commanders);
  expect(whatIsUnbalanced(tours, stops)).toBeNull();
});

const sizes = fc.record({
  seed: fc.nat(),
  stops: fc.integer({ min: 0, max: 30 }),
  commanders: fc.integer({ min: 1, max: 5 }),
});

test('never a stop twice, and never worse than flying to whatever is nearest', () => {
  fc.assert(
    fc.property(sizes, fc.boolean(), ({ seed, stops, commanders }, isOddly) => {
      const random = new SeededRandom(seed);
      const problem = isOddly
        ? anyLegs(random, stops, commanders)
        : straightLines(randomPoints(random, stops), randomPoints(random, commanders), false);
      const costs = Array.from({ length: commanders }, (_, commander) => costsOf(problem, commander));
      const nearest = nearestNeighbour(costs, Array.from({ length: stops }).keys().toArray());
      const tours = solveIn(problem, 50, seed);
      expect(whatIsUnbalanced(nearest, stops)).toBeNull();
      expect(whatIsUnbalanced(tours, stops)).toBeNull();
      expect(costOf(problem, tours)).toBeLessThanOrEqual(costOf(problem, nearest) + 1e-6);
    }),
    { numRuns: 60 },
  );
});

test('straightening a route keeps its stops and never makes it longer', () => {
  fc.assert(
    fc.property(sizes, ({ seed, stops }) => {
      const random = new SeededRandom(seed);
      const costs = costsOf(anyLegs(random, stops, 1), 0);
      const route = Array.from({ length: stops }, (_, i) => i);
      const before = routeSeconds(costs, route);
      improveRoute(costs, route);
      expect(routeSeconds(costs, route)).toBeLessThanOrEqual(before);
      expect(whatIsUnbalanced([route], stops)).toBeNull();
    }),
  );
});
