import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SupplyRequest } from '../../src/domain/colonisation/supply/load-problem.ts';
import { planSupply, type SupplyPlan } from '../../src/domain/colonisation/supply/plan-supply.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { SeededRandom } from '../support/random.ts';
import { leastSeconds, obtainableTonnes, quickestRoute } from '../support/supply-oracle.ts';

const HOME = { position: { x: 0, y: 0, z: 0 }, lsFromStar: 300, isPlanetary: false, isCarrier: false };

const offers = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.record({ price: fc.integer({ min: 1, max: 99 }), stock: fc.integer({ min: 1, max: 40 }) }),
  { maxKeys: 3 },
);

/** @param most sellers */
const requests = (most: number): fc.Arbitrary<SupplyRequest> =>
  fc.record({
    needs: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 30 }), { minKeys: 1 }),
    sellers: fc
      .array(
        fc.record({
          ...{ x: fc.integer({ min: -60, max: 60 }), ls: fc.option(fc.integer({ min: 5, max: 5_000 })) },
          ...{ isPlanetary: fc.boolean(), offers },
        }),
        { maxLength: most },
      )
      .map((sellers) =>
        sellers.map(({ x, ls, isPlanetary, offers: sold }, at) => ({
          ...{ marketId: at + 1, position: { x, y: 0, z: 0 }, lsFromStar: ls, isPlanetary, isCarrier: false },
          offers: sold,
        })),
      ),
    capacity: fc.integer({ min: 10, max: 40 }),
    to: fc.constant(HOME),
    jumpRangeLy: fc.constant(20),
    times: fc.constant(TRAVEL_TIMES),
    seed: fc.nat(),
  });

const inTime = () => 0;

/** What any plan must be, whatever else it is. */
function check(request: SupplyRequest, { loads, tonnes, seconds, missing }: SupplyPlan): void {
  const { capacity, needs, sellers } = request;
  const taken = new Map<string, number>();
  const bought = new Map<string, number>();
  for (const load of loads) {
    const visited = load.stops.map(({ marketId }) => marketId);
    expect(new Set(visited).size).toBe(visited.length);
    const aboard = load.stops.flatMap(({ goods }) => goods.map((good) => good.tonnes));
    expect(aboard.reduce((sum, each) => sum + each, 0)).toBe(load.tonnes);
    expect(load.tonnes).toBeLessThanOrEqual(capacity);
    expect(Math.min(...aboard)).toBeGreaterThan(0);
    const legs = [...load.stops, load.back].reduce((sum, leg) => sum + leg.seconds, 0);
    expect(legs).toBeCloseTo(load.seconds, 6);
    expect(load.seconds).toBeCloseTo(
      quickestRoute(
        request,
        visited.map((id) => id - 1),
      ),
      6,
    );
    for (const { marketId, goods } of load.stops) {
      expect(goods.length).toBeGreaterThan(0);
      for (const { symbol, tonnes: each, price } of goods) {
        expect(price).toBe(sellers[marketId - 1]?.offers[symbol]?.price);
        const key = `${marketId} ${symbol}`;
        taken.set(key, (taken.get(key) ?? 0) + each * load.times);
        bought.set(symbol, (bought.get(symbol) ?? 0) + each * load.times);
      }
    }
  }
  for (const { marketId, offers: sold } of sellers) {
    for (const [symbol, { stock }] of Object.entries(sold)) {
      expect(taken.get(`${marketId} ${symbol}`) ?? 0).toBeLessThanOrEqual(stock);
    }
  }
  for (const [symbol, needed] of Object.entries(needs)) {
    expect((bought.get(symbol) ?? 0) + (missing[symbol] ?? 0)).toBe(needed);
  }
  expect(tonnes).toBe(obtainableTonnes(request));
  expect(seconds).toBeCloseTo(
    loads.reduce((sum, load) => sum + load.seconds * load.times, 0),
    6,
  );
}

const seller = (marketId: number, x: number, sold: Readonly<Record<string, number>>) => ({
  ...{ marketId, position: { x, y: 0, z: 0 }, lsFromStar: 100, isPlanetary: false, isCarrier: false },
  offers: Object.fromEntries(Object.entries(sold).map(([symbol, stock]) => [symbol, { price: 10, stock }])),
});

const request = (needs: SupplyRequest['needs'], sellers: SupplyRequest['sellers']): SupplyRequest => ({
  ...{ needs, sellers, to: HOME, capacity: 100, jumpRangeLy: 20, times: TRAVEL_TIMES, seed: 1 },
});

/** Twelve sellers of five goods, some far out. */
function bigRequest(seed: number): SupplyRequest {
  const random = new SeededRandom(seed);
  const symbols = ['steel', 'gold', 'tea', 'water', 'copper'];
  const sellers = Array.from({ length: 12 }, (_, at) => ({
    ...{ marketId: at + 1, position: { x: random.integer(-60, 60), y: random.integer(-60, 60), z: 0 } },
    ...{ lsFromStar: random.integer(5, 5_000), isPlanetary: random.chance(0.3), isCarrier: false },
    offers: Object.fromEntries(
      symbols
        .filter(() => random.chance(0.4))
        .map((symbol) => [symbol, { price: 10, stock: random.integer(10, 300) }]),
    ),
  }));
  const needs = Object.fromEntries(symbols.map((symbol) => [symbol, random.integer(50, 400)]));
  return { ...request(needs, sellers), capacity: seed * 100, seed };
}

// Plans as good by another way are no fault: then these are replaced, after it is measured how good they are.
test.each([
  [1, 8835.958, 8762.114],
  [2, 6777.37, 5689.411],
  [3, 4977.178, 4261.911],
])('is the one that was measured: seed %i, %d s at once, %d s in the end', (seed, firstS, lastS) => {
  const big = bigRequest(seed);
  expect(planSupply(big, () => 1).seconds).toBeCloseTo(firstS, 3);
  expect(planSupply(big, inTime).seconds).toBeCloseTo(lastS, 3);
});

test('flights alike are told once; what nobody has is missing', () => {
  const { loads, missing, tonnes } = planSupply(
    request({ steel: 1_000, gold: 5 }, [seller(1, 10, { steel: 750 })]),
    inTime,
  );
  expect(loads.map(({ times, tonnes: each }) => [times, each])).toEqual([
    [7, 100],
    [1, 50],
  ]);
  expect({ missing, tonnes }).toEqual({ missing: { steel: 250, gold: 5 }, tonnes: 750 });
  // Also those that were planned apart from each other.
  const sellers = [
    seller(1, -18, { steel: 500, tea: 100 }),
    seller(2, 22, { gold: 500, tea: 200 }),
    ...[seller(3, 27, { steel: 100 }), seller(4, 18, { gold: 400 })],
  ];
  const apart = request({ steel: 300, gold: 50, tea: 150 }, sellers);
  const plan = planSupply(apart, inTime);
  check(apart, plan);
  const flights = plan.loads.map(({ stops }) => JSON.stringify(stops));
  expect(new Set(flights).size).toBe(flights.length);
});

test('one market that has everything is better than two', () => {
  const near = planSupply(
    request({ steel: 40, gold: 40 }, [
      seller(1, 10, { steel: 90 }),
      seller(2, 11, { gold: 90 }),
      seller(3, 12, { steel: 90, gold: 90 }),
    ]),
    inTime,
  );
  expect(near.loads.map(({ stops }) => stops.map(({ marketId }) => marketId))).toEqual([[3]]);
});

test('where a load began is left out when the stops that came after have its goods, too', () => {
  const sellers = [
    ...Array.from({ length: 8 }, (_, at) => seller(at + 1, 60, { steel: 40 })),
    seller(9, 60, { steel: 20, gold: 15 }),
    seller(10, 60, { steel: 25, tea: 15 }),
  ];
  // At once: by chance it would be found later, too.
  const { loads } = planSupply(request({ steel: 40, gold: 15, tea: 15 }, sellers), () => 1);
  const bought = loads.flatMap(({ stops }) =>
    stops.map(({ marketId, goods }) => [marketId, goods.map(({ symbol, tonnes }) => [symbol, tonnes])]),
  );
  expect(bought).toEqual([
    [
      10,
      [
        ['tea', 15],
        ['steel', 25],
      ],
    ],
    [
      9,
      [
        ['gold', 15],
        ['steel', 15],
      ],
    ],
  ]);
});

test('a leg tells how far it is, and whether its time is a guess', () => {
  const sellers = [
    { ...seller(1, 30, { steel: 5 }), lsFromStar: null },
    { ...seller(2, -45, { gold: 5 }), lsFromStar: 20_000 },
    seller(3, 0, { tea: 5 }),
  ] as SupplyRequest['sellers'];
  const { loads } = planSupply({ ...request({ steel: 5, gold: 5, tea: 5 }, sellers), capacity: 5 }, inTime);
  const legs = loads.map(({ stops: [stop], back }) => [
    stop?.marketId,
    stop?.distanceLy,
    stop?.jumps,
    stop?.isGuess,
    back.isGuess,
  ]);
  expect(legs.sort()).toEqual([
    [1, 30, 2, true, false],
    [2, 45, 3, true, false],
    [3, 0, 0, false, false],
  ]);
});

test('nothing is planned where nothing is needed, or sold', () => {
  const nothing = { loads: [], tonnes: 0, seconds: 0 };
  expect(planSupply(request({}, [seller(1, 1, { steel: 1 })]), inTime)).toEqual({ ...nothing, missing: {} });
  expect(planSupply(request({ steel: 1 }, []), inTime)).toEqual({ ...nothing, missing: { steel: 1 } });
});

test('of what others have too little, so much is bought first that nobody comes back for it', () => {
  const sellers = [seller(1, 10, { gold: 5, steel: 1 }), seller(2, -10, { gold: 9, steel: 8 })];
  const plan = planSupply({ ...request({ gold: 13, steel: 8 }, sellers), capacity: 15 }, inTime);
  expect(plan.loads.map(({ stops, times }) => [stops.map(({ marketId }) => marketId), times])).toEqual([
    [[2], 1],
    [[1], 1],
  ]);
});

test('everything that can be had is brought, in as little time as trying everything finds', () => {
  const gaps: number[] = [];
  fc.assert(
    fc.property(requests(4), (request) => {
      const plan = planSupply(request, inTime);
      check(request, plan);
      const least = leastSeconds(request);
      expect(plan.seconds).toBeGreaterThanOrEqual(least - 1e-6);
      gaps.push(least === 0 ? 0 : plan.seconds / least - 1);
    }),
    { numRuns: 60 },
  );
  // It is no proof: of a thousand small plans some three take longer than that.
  expect(gaps.filter((gap) => gap > 0.15).length).toBeLessThanOrEqual(2);
  expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeLessThan(0.01);
});

test('with many sellers nothing is bought twice, and the first plan is never better than the last', () => {
  fc.assert(
    fc.property(requests(12), (request) => {
      const plan = planSupply(request, inTime);
      check(request, plan);
      const first = planSupply(request, () => 1);
      check(request, first);
      expect(plan.seconds).toBeLessThanOrEqual(first.seconds + 1e-6);
      expect(planSupply(request, inTime)).toEqual(plan);
    }),
    { numRuns: 20 },
  );
});
