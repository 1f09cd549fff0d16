import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { planTours, STRATEGIES, type Strategy } from '../../src/domain/tours/plan.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { randomPoints } from '../../test/support/tours.ts';
import type { Benchmark, Figures } from '../harness/types.ts';

/** What a question gets. */
const LIMIT_MS = 2_000;
const SIDE_LY = 60;
const POINTS_SEED = 19;

export const benchmark: Benchmark = {
  about:
    `All strategies on the same markets at random in a cube of ${SIDE_LY} ly (seed ${POINTS_SEED}), commanders who start in its middle and jump 25 ly, ` +
    'in minutes of the time model: the longest tour, which is when all is read. *vrp* is given 2 s; *mean %* is how far a tour of ' +
    "*vrp* is from the mean at most, *others' best over vrp %* how much longer the best of the other three takes.",
  size: 200,
  unit: 'markets at most',
  rounds: 1,
  run: ({ size }) =>
    Promise.resolve(
      [50, 100, 200]
        .filter((markets) => markets <= size)
        .flatMap((markets) => [2, 3, 5].map((commanders) => compare(markets, commanders))),
    ),
};

function compare(markets: number, commanders: number): Figures {
  const plans = new Map(STRATEGIES.map((strategy) => [strategy, plan(strategy, markets, commanders)]));
  const minutes = (strategy: Strategy) => plans.get(strategy)!.seconds / 60;
  const others = STRATEGIES.filter((strategy) => strategy !== 'vrp');
  return {
    name: `${markets} markets, ${commanders} commanders`,
    figures: {
      ...Object.fromEntries(STRATEGIES.map((strategy) => [`${strategy} min`, minutes(strategy)])),
      'mean %': 100 * plans.get('vrp')!.spread,
      "others' best over vrp %": 100 * (Math.min(...others.map(minutes)) / minutes('vrp') - 1),
    },
  };
}

function plan(strategy: Strategy, markets: number, commanders: number) {
  const startMs = performance.now();
  const points = randomPoints(new SeededRandom(POINTS_SEED), markets, SIDE_LY);
  const middle = SIDE_LY / 2;
  return planTours(
    {
      stops: points.map((position, i) => ({
        ...{ marketId: i + 1, position },
        ...{ lsFromStar: 10 ** (1 + (i % 4)), isPlanetary: i % 3 === 0, isCarrier: false },
      })),
      commanders: Array.from({ length: commanders }, (_, i) => ({
        ...{ name: String(i + 1), start: { x: middle, y: middle, z: middle } },
        ...{ startMarketId: null, jumpRangeLy: 25 },
      })),
      ...{ strategy, returns: false, times: TRAVEL_TIMES, seed: 42 },
    },
    () => (performance.now() - startMs) / LIMIT_MS,
  );
}
