import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { distanceLy, type Position } from '../../src/domain/galaxy/galaxy.ts';
import { balance, spreadOf } from '../../src/domain/tours/strategies/balance.ts';
import { whatIsUnbalanced } from '../../src/domain/tours/exactly-once.ts';
import { centroid, distanceTo } from '../../src/domain/tours/strategies/geometry.ts';
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
  expect(geographic([at(-100, 0), at(-96, 0), at(-90, 0)], 2)).toEqual([[0, 1], [2]]);
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

test('kmeans begins by chance', () => {
  const square = [at(0, 0), at(0, 1), at(1, 0), at(1, 1)];
  const ways = new Set(
    [1, 2, 3, 4, 5, 6].map((seed) => JSON.stringify(kmeans(square, 2, new SeededRandom(seed)).sort())),
  );
  expect(ways.size).toBeGreaterThan(1);
});

test('kmeans moves every centre to the middle of its cluster until it stays there', () => {
  const points = Array.from({ length: 60 }, (_, i) => at((i * 37) % 60, (i * 23) % 41));
  for (let seed = 0; seed < 5; seed++) {
    const clusters = kmeans(points, 4, new SeededRandom(seed));
    const centres = clusters.map((stops) => centroid(points, stops));
    for (const [own, stops] of clusters.entries()) {
      for (const stop of stops) {
        const far = centres.map((centre) => distanceTo(points, stop, centre));
        expect(far.indexOf(Math.min(...far))).toBe(own);
      }
    }
  }
});

test('kmeans has a cluster for everybody, though there be more commanders than markets', () => {
  expect(kmeans([at(1, 1)], 3, new SeededRandom(42))).toEqual([[0], [], []]);
  expect(kmeans([], 2, new SeededRandom(42))).toEqual([[], []]);
});

test('what is lost and what is double is told', () => {
  expect(whatIsUnbalanced([[0, 1], [2]], 3)).toBeNull();
  expect(whatIsUnbalanced([[0, 1], [1]], 4)).toEqual({ missing: [2, 3], double: [1] });
  expect(whatIsUnbalanced([[0, 1], [1]], 3), 'as many as there should be').toEqual({
    missing: [2],
    double: [1],
  });
});

test('spread is the largest distance from the mean of those who fly', () => {
  expect(spreadOf([100, 300, 500, 0])).toBeCloseTo(2 / 3);
  expect(spreadOf([0, 0])).toBe(0);
});

test('the middle of places, and how far one is from there', () => {
  const points = [at(0, 2, 9), at(4, 8, 1), at(90, 90, 90)];
  expect(centroid(points, [0, 1])).toEqual({ x: 2, y: 5, z: 5 });
  expect(centroid(points, [])).toEqual({ x: 0, y: 0, z: 0 });
  expect([distanceTo(points, 0, at(3, 2, 5)), distanceTo(points, 7, at(0, 0))]).toEqual([5, Infinity]);
});

/** Everybody flies as long. */
const ALIKE: TourCost = () => 100;
const line = (...xs: readonly number[]) => xs.map((x) => at(x, 0));

describe('before tours are made alike', () => {
  test.each([
    [
      'whoever has nothing gets his share and no more',
      line(0, 1, 2, 3, 4, 5, 6),
      [[0, 1, 2, 3, 4, 5, 6], []],
      [4, 3],
    ],
    ['everybody has one where there are hardly enough', line(0, 1, 2), [[0, 1, 2], [], []], [1, 1, 1]],
    ['who has one has no more to give', line(0, 1), [[0], [1], []], [1, 1, 0]],
  ])('%s', (_, points, partition, counts) => {
    expect(balance(points, partition, ALIKE).map(({ length }) => length)).toEqual(counts);
  });

  test.each([
    [
      'what lies in the middle of the giver, then what is nearest to that',
      line(10, 11, 12, 20),
      [[0, 1, 2, 3], []],
      [
        [0, 3],
        [2, 1],
      ],
    ],
    [
      'of the one who has most',
      line(0, 1, 2, 3, 4, 5, 6, 7),
      [[0, 1, 2], [3, 4, 5, 6], [7]],
      [
        [0, 1, 2],
        [3, 4, 5],
        [7, 6],
      ],
    ],
  ])('is given %s', (_, points, partition, tours) => {
    expect(balance(points, partition, ALIKE)).toEqual(tours);
  });

  test.each([
    [
      'one elsewhere, the nearest',
      line(1, 1, 1, 1, 8, 7, 6),
      [
        [0, 1, 2],
        [3, 4, 5, 6],
      ],
      [
        [0, 1, 2, 6],
        [3, 4, 5],
      ],
    ],
    [
      'none of somebody who has no more than his share',
      line(1, 1, 1, 5, 6, 7),
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
      null,
    ],
    [
      'none where there is nothing elsewhere',
      line(1, 1, 1, 1, 1, 1, 1),
      [
        [0, 1, 2],
        [3, 4, 5, 6],
      ],
      null,
    ],
    [
      'none though he has most',
      line(1, 1, 1, 1, 5, 6, 7),
      [
        [0, 1, 2, 3],
        [4, 5, 6],
      ],
      null,
    ],
    [
      'none where one of his is elsewhere',
      line(1, 1, 2, 5, 6, 7, 8),
      [
        [0, 1, 2],
        [3, 4, 5, 6],
      ],
      null,
    ],
    ['none where it is his only one', line(1, 5, 6), [[0], [1, 2]], null],
  ])('who has all at one place gets %s', (_, points, partition, tours) => {
    expect(balance(points, partition, ALIKE)).toEqual(tours ?? partition);
  });
});

describe('tours are made alike', () => {
  /** Five stops of two commanders: the first has one that he can give. */
  const POINTS = line(0, 5, 6, 10, 11);
  const BEFORE = [
    [0, 1, 2],
    [3, 4],
  ];
  /** What tours take before and after the first has given one. */
  const takes =
    (before: readonly number[], after = before): TourCost =>
    (commander, stops) =>
      (stops.length === BEFORE[commander]!.length ? before : after)[commander]!;
  const movedOf = (before: readonly number[], after?: readonly number[]) =>
    balance(POINTS, BEFORE, takes(before, after))[1]!.slice(2);

  test.each([
    ['a spread of 0.3', [65, 35], [50, 50], [2]],
    ['no smaller one', [64, 36], [50, 50], []],
  ])('when there is %s', (_, before, after, moved) => {
    expect(movedOf(before, after)).toEqual(moved);
  });

  test.each([
    ['what is nearest to the shortest', [75, 25], [2]],
    ['what lies farthest out, if it takes more than one and a half times the mean', [76, 24], [0]],
  ])('by what the longest gives: %s', (_, before, moved) => {
    expect(movedOf(before, [50, 50])).toEqual(moved);
  });

  test.each([
    ['no worse', [65, 35], [65, 35], true],
    ['worse', [65, 35], [30, 70], false],
    ['hardly worse, from a bad one', [80, 20], [82, 18], true],
    ['hardly worse, from one not so bad', [75, 25], [77, 23], false],
    ['much worse, from a bad one', [80, 20], [90, 10], false],
  ])('by a step that makes it %s (%j to %j): %j', (_, before, after, isTaken) => {
    expect(movedOf(before, after)).toHaveLength(isTaken ? 1 : 0);
  });

  test('not by somebody who has no more than his share', () => {
    const partition = [
      [0, 1],
      [2, 3, 4],
    ];
    expect(balance(POINTS, partition, (commander) => [65, 35][commander]!)).toEqual(partition);
  });

  test('without counting whoever does not fly', () => {
    const tours = balance(
      line(0, 5, 6, 10, 11, 50, 51),
      [
        [0, 1, 2],
        [3, 4],
        [5, 6],
      ],
      (commander) => [100, 0, 40][commander]!,
    );
    expect(tours).toEqual([
      [0, 1],
      [3, 4, 2],
      [5, 6],
    ]);
  });

  test.each([
    ['no neighbourhood, giving what is farther from all', [0, 501, 100], [[0], [2, 1]]],
    ['no neighbourhood, wherever all are', [100, 700, 600], [[1], [2, 0]]],
    ['not too far from each other, giving what is nearest', [0, 500, 100], [[1], [2, 0]]],
  ])('by tearing two stops apart that are %s', (_, xs, tours) => {
    const cost: TourCost = (commander, stops) => (stops.length === 2 - commander ? [65, 35][commander]! : 50);
    expect(balance(line(...xs), [[0, 1], [2]], cost)).toEqual(tours);
  });

  test('without tearing three apart', () => {
    expect(balance(line(0, 600, 6, 10, 11), BEFORE, takes([65, 35], [50, 50]))[1]).toEqual([3, 4, 2]);
  });

  test('without moving a stop back at once, and not for ever', () => {
    const seen: string[] = [];
    // Whoever has three takes longest.
    const cost: TourCost = (commander, stops) => {
      if (commander === 0) seen.push(stops.join());
      return stops.length === 3 ? 65 : 35;
    };
    balance(POINTS, BEFORE, cost);
    expect(seen.slice(0, 4)).toEqual(['0,1,2', '0,1', '0,1,3', '0,3']);
    expect(seen).toHaveLength(1 + 50);
  });
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
