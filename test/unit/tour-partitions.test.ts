import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceLy, type Position } from '../../src/domain/galaxy/galaxy.ts';
import { balance, spreadOf } from '../../src/domain/tours/strategies/balance.ts';
import { whatIsUnbalanced } from '../../src/domain/tours/exactly-once.ts';
import { geographic } from '../../src/domain/tours/strategies/geographic.ts';
import { greedy, type TourCost } from '../../src/domain/tours/strategies/greedy.ts';
import { kmeans } from '../../src/domain/tours/strategies/kmeans.ts';
import { SeededRandom } from '../support/random.ts';

const at = (x: number, y: number, z = 0): Position => ({ x, y, z });

/** A to E of the market tours of the seeds. */
const CHECK = [at(0, 0), at(10, 0), at(20, 0), at(0, 30), at(30, 30)];

/** Their quick estimate: the listed order as a loop at speed 9, and 22 s a market. */
function quickEstimate(points: readonly Position[]): TourCost {
  return (_, stops) => {
    if (stops.length < 2) return 0;
    const loop = stops.reduce(
      (sum, stop, i) => sum + distanceLy(points[stop]!, points[stops[(i + 1) % stops.length]!]!),
      0,
    );
    return Math.round((loop * 26) / 9) + 22 * stops.length;
  };
}

test('greedy deals the check values as the seeds do', () => {
  const cost = quickEstimate(CHECK);
  const tours = greedy(CHECK, 2, cost);
  expect(tours).toEqual([
    [0, 3],
    [1, 2, 4],
  ]);
  expect(tours.map((tour, commander) => cost(commander, tour))).toEqual([217, 290]);
});

test('greedy leaves the stations of a system together', () => {
  const points = [at(0, 0), at(5, 0), at(0, 0), at(5, 0)];
  expect(greedy(points, 2, (_, stops) => stops.length)).toEqual([
    [0, 2],
    [1, 3],
  ]);
});

test('geographic cuts the longest side into slices of one width', () => {
  const points = [at(0, 0), at(4, 90), at(9, 31), at(1, 60), at(3, 29)];
  expect(geographic(points, 3)).toEqual([[0, 4], [2], [1, 3]]);
  expect(geographic([at(0, 0, 0), at(0, 0, 10)], 2)).toEqual([[0], [1]]);
});

test('geographic cuts y where several sides are as long', () => {
  expect(geographic([at(0, 10), at(10, 0)], 2)).toEqual([[1], [0]]);
});

test('geographic deals in turn what is all at one place', () => {
  expect(geographic([at(1, 1), at(1, 1), at(1, 1)], 2)).toEqual([[0, 2], [1]]);
});

test('kmeans finds clusters that lie apart', () => {
  const points = [at(0, 0), at(100, 0), at(1, 0), at(101, 0), at(0, 1), at(100, 1)];
  const clusters = kmeans(points, 2, new SeededRandom(42)).sort((a, b) => a[0]! - b[0]!);
  expect(clusters).toEqual([
    [0, 2, 4],
    [1, 3, 5],
  ]);
});

test('kmeans has a cluster for everybody, though there be more commanders than markets', () => {
  expect(kmeans([at(1, 1)], 3, new SeededRandom(42))).toEqual([[0], [], []]);
  expect(kmeans([], 2, new SeededRandom(42))).toEqual([[], []]);
});

test('what is lost and what is double is told', () => {
  expect(whatIsUnbalanced([[0, 1], [2]], 3)).toBeNull();
  expect(whatIsUnbalanced([[0, 1], [1]], 4)).toEqual({ missing: [2, 3], double: [1] });
});

test('spread is the largest distance from the mean of those who fly', () => {
  expect(spreadOf([100, 300, 0])).toBe(0.5);
  expect(spreadOf([0, 0])).toBe(0);
});

test('balancing gives to whoever has nothing, what is nearest', () => {
  const points = [at(0, 0), at(1, 0), at(2, 0), at(9, 0)];
  expect(balance(points, [[0, 1, 2, 3], []], quickEstimate(points)).map((tour) => tour.length)).toEqual([
    2, 2,
  ]);
});

test('balancing gives somebody with all at one place a stop elsewhere', () => {
  const points = [at(0, 0), at(0, 0), at(5, 0), at(6, 0), at(7, 0), at(8, 0)];
  const tours = balance(
    points,
    [
      [0, 1],
      [2, 3, 4, 5],
    ],
    () => 1,
  );
  expect(tours[0]).toEqual([0, 1, 2]);
});

test('balancing takes from the longest tour, and stops when it is alike', () => {
  const points = Array.from({ length: 12 }, (_, x) => at(x * 10, x % 2));
  const cost: TourCost = (_, stops) => stops.length * 100;
  const tours = balance(
    points,
    [
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      [10, 11],
    ],
    cost,
  );
  expect(spreadOf(tours.map((tour) => tour.length))).toBeLessThan(0.3);
});

const places = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), {
  maxLength: 40,
});

test('every strategy has each stop exactly once, before and after balancing', () => {
  fc.assert(
    fc.property(places, fc.integer({ min: 1, max: 6 }), fc.integer(), (found, commanders, seed) => {
      const points = found.map(([x, y]) => at(x, y));
      const cost = quickEstimate(points);
      for (const tours of [
        greedy(points, commanders, cost),
        kmeans(points, commanders, new SeededRandom(seed)),
        geographic(points, commanders),
      ]) {
        expect(tours).toHaveLength(commanders);
        expect(whatIsUnbalanced(tours, points.length)).toBeNull();
        expect(whatIsUnbalanced(balance(points, tours, cost), points.length)).toBeNull();
      }
    }),
  );
});
