import fc from 'fast-check';
import { expect, test } from 'vitest';
import { legSeconds, TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { planTours, STRATEGIES, type PlanRequest } from '../../src/domain/tours/plan.ts';
import { TravelProblem, type Commander, type TourStop } from '../../src/domain/tours/travel-problem.ts';
import { tourSeconds } from '../../src/domain/tours/problem.ts';
import { costsOf } from '../../src/domain/tours/vrp/costs.ts';
import { nearestNeighbour } from '../../src/domain/tours/vrp/nearest-neighbour.ts';
import { SeededRandom } from '../support/random.ts';

const SOL = { x: 0, y: 0, z: 0 };

const stop = (marketId: number, x: number, more: Partial<TourStop> = {}): TourStop => ({
  marketId,
  position: { ...SOL, x },
  lsFromStar: 100,
  isPlanetary: false,
  isCarrier: false,
  ...more,
});

const commander = (name: string, more: Partial<Commander> = {}): Commander => ({
  name,
  start: SOL,
  startMarketId: null,
  jumpRangeLy: 20,
  ...more,
});

function plan(request: Partial<PlanRequest> & Pick<PlanRequest, 'stops'>) {
  let looks = 0;
  return planTours(
    {
      commanders: [commander('Jameson')],
      ...{ strategy: 'vrp', returns: false, times: TRAVEL_TIMES, seed: 42, ...request },
    },
    () => (looks += 0.1),
  );
}

test('a tour tells of every leg how far it is and how long it takes', () => {
  const { tours, seconds } = plan({ stops: [stop(2, 40), stop(1, 10), stop(3, 40, { isPlanetary: true })] });
  const [tour] = tours;
  expect(tour!.stops).toMatchObject([
    { marketId: 1, distanceLy: 10, jumps: 1 },
    { marketId: 3, distanceLy: 30, jumps: 2, isGuess: false },
    { marketId: 2, distanceLy: 0, jumps: 0, seconds: 226 + 44 },
  ]);
  expect(tour!.stops[0]!.seconds).toBe(legSeconds({ ...stop(1, 10), distanceLy: 10 }, 20));
  expect(seconds).toBeCloseTo(tour!.stops.reduce((sum, each) => sum + each.seconds, 0));
});

test('where somebody is docked already, only the market is to be read', () => {
  const { tours } = plan({
    stops: [stop(7, 0), stop(1, 10)],
    commanders: [commander('Jameson', { startMarketId: 7 })],
  });
  expect(tours[0]!.stops[0]).toMatchObject({ marketId: 7, seconds: TRAVEL_TIMES.marketS });
});

test('whoever is slower takes longer to read the market where he is docked, and home', () => {
  const secondsAt = (pace: number, returns: boolean) =>
    plan({
      stops: [stop(7, 0), stop(1, 100)],
      commanders: [commander('Jameson', { startMarketId: 7, pace })],
      returns,
    }).seconds;
  for (const returns of [true, false]) expect(secondsAt(2, returns)).toBeCloseTo(2 * secondsAt(1, returns));
  // Where he is docked nowhere, the way home is one on which nothing is read.
  const thereAndBack = (pace: number) =>
    plan({ stops: [stop(1, 100)], commanders: [commander('Jameson', { pace })], returns: true }).seconds;
  expect(thereAndBack(2)).toBeCloseTo(2 * thereAndBack(1));
});

test('an order that is flown is better than going to the nearest each time', () => {
  const stops = [stop(1, 1_000), stop(2, -1_100), stop(3, 2_500)];
  const { tours } = plan({ stops, strategy: 'greedy' });
  expect(tours[0]!.stops.map(({ marketId }) => marketId)).toEqual([2, 1, 3]);
});

test.each(STRATEGIES)('%s takes its time only where it searches', (strategy) => {
  let looks = 0;
  const stops = [stop(1, 10), stop(2, 20), stop(3, 40)];
  const commanders = [commander('Jameson'), commander('Ryder')];
  planTours({ stops, commanders, strategy, returns: false, times: TRAVEL_TIMES, seed: 1 }, () => ++looks);
  expect(looks > 0).toBe(strategy === 'vrp');
});

test('a tour that leads back takes the way home', () => {
  const there = plan({ stops: [stop(1, 100)] });
  const back = plan({ stops: [stop(1, 100)], returns: true });
  expect(back.seconds - there.seconds).toBeCloseTo(
    legSeconds({ ...stop(0, 0), lsFromStar: null, distanceLy: 100 }, 20) - TRAVEL_TIMES.marketS,
  );
});

test('a time that nobody has measured is told as a guess', () => {
  const { tours } = plan({
    stops: [stop(1, 10, { lsFromStar: null }), stop(2, 10, { lsFromStar: 200_000 })],
  });
  expect(tours[0]!.stops.map(({ isGuess }) => isGuess)).toEqual([true, true]);
});

test('whoever jumps farther gets more to do', () => {
  const stops = Array.from({ length: 20 }, (_, i) => stop(i + 1, (i + 1) * 15));
  const { tours } = plan({
    stops,
    commanders: [commander('near', { jumpRangeLy: 8 }), commander('far', { jumpRangeLy: 60 })],
  });
  expect(tours[1]!.stops.length).toBeGreaterThan(tours[0]!.stops.length);
});

const worlds = fc.record({
  seed: fc.nat(),
  stops: fc.integer({ min: 0, max: 25 }),
  commanders: fc.integer({ min: 1, max: 4 }),
  strategy: fc.constantFrom(...STRATEGIES),
  returns: fc.boolean(),
});

test('every strategy: each market once, in an order no worse than the nearest first', () => {
  fc.assert(
    fc.property(worlds, ({ seed, stops: count, commanders: pilots, strategy, returns }) => {
      const random = new SeededRandom(seed);
      const place = () => ({
        x: random.integer(0, 3) * 20,
        y: random.integer(0, 3) * 20,
        z: random.integer(0, 3) * 20,
      });
      const stops = Array.from({ length: count }, (_, i) =>
        stop(i + 1, 0, {
          position: place(),
          lsFromStar: random.integer(1, 5_000),
          isPlanetary: random.chance(0.3),
        }),
      );
      const commanders = Array.from({ length: pilots }, (_, i) =>
        commander(`c${i}`, { start: place(), jumpRangeLy: random.integer(10, 60) }),
      );
      const { tours, seconds } = plan({ stops, commanders, strategy, returns, seed });
      const ids = tours.flatMap((tour) => tour.stops.map(({ marketId }) => marketId));
      expect(ids.sort((a, b) => a - b)).toEqual(stops.map(({ marketId }) => marketId));
      expect(Math.max(...tours.map((tour) => tour.seconds))).toBe(seconds);
      const problem = new TravelProblem(stops, commanders, TRAVEL_TIMES, returns);
      for (const [at, tour] of tours.entries()) {
        const own = tour.stops.map(({ marketId }) => marketId - 1);
        const [nearest = []] = nearestNeighbour([costsOf(problem, at)], own);
        expect(tourSeconds(problem, at, own)).toBeLessThanOrEqual(tourSeconds(problem, at, nearest) + 1e-6);
      }
    }),
    { numRuns: 60 },
  );
});
