import { expect, test } from 'vitest';
import { describeTour } from '../../src/domain/tours/describe-tour.ts';
import { ended, openMarkets, type ScoutTour } from '../../src/domain/tours/scout-tour.ts';
import { scoutTour, tourCommander } from '../support/scout-tour.ts';
import { tourOrder, TourWorld } from '../support/tour-world.ts';

const order = (markets: number, ...names: string[]) =>
  tourOrder(
    Array.from({ length: markets }, (_, i) => i + 1),
    ...names,
  );

test('a market is closed by the first observation since the tour was made, by none before', async () => {
  const world = new TourWorld();
  const pool = world.pool();
  pool.start();
  const { id } = await pool.offer(order(3, 'Jameson'));
  const { nowS } = world;
  pool.observed([
    { marketId: 1, observedAtS: nowS - 1 },
    { marketId: 2, observedAtS: nowS },
    { marketId: 77, observedAtS: nowS },
  ]);
  expect(pool.get(id)).toMatchObject({ state: 'underway' });
  expect(openMarkets(pool.get(id)!).map(({ marketId }) => marketId)).toEqual([1, 3]);
  expect([...pool.busyMarkets()]).toEqual([1, 3]);
  pool.observed([2, 1, 3, 3].map((marketId) => ({ marketId, observedAtS: nowS + 60 })));
  expect(pool.get(id)!.markets.map(({ doneAtS }) => doneAtS)).toEqual([nowS + 60, nowS, nowS + 60]);
  expect(pool.get(id)!.state).toBe('finished');
  expect(pool.tourOf('JAMESON')).toBeUndefined();
  await pool.close();
  expect(world.stored(id).state).toBe('finished');
});

test('the next life goes on, and counts what was seen while nobody listened', async () => {
  const world = new TourWorld();
  const first = world.pool();
  first.start();
  const { id } = await first.offer(order(3, 'Jameson', 'Ryder'));
  await first.close();
  expect(world.stored(id).state).toBe('offered');

  world.seenAtS.set(1, world.nowS + 10).set(2, world.nowS - 10);
  const second = world.pool();
  second.start();
  await world.time.advance(0);
  expect(second.get(id)!.markets.map(({ doneAtS }) => doneAtS !== null)).toEqual([true, false, false]);
  expect(second.tourOf('ryder')?.id).toBe(id);
  // A dump, or another daemon.
  world.seenAtS.set(2, world.nowS + 20);
  await world.time.advance(30_000);
  expect(openMarkets(second.get(id)!).map(({ marketId }) => marketId)).toEqual([3]);
  await second.close();
});

test('what cannot be written is written when it can, and told once', async () => {
  const world = new TourWorld();
  const pool = world.pool();
  pool.start();
  await world.time.advance(0);
  world.isAway = true;
  const { id, state } = await pool.offer(order(2, 'Jameson'));
  expect(state).toBe('offered');
  pool.observed([{ marketId: 1, observedAtS: world.nowS }]);
  await world.time.advance(20_000);
  expect(world.kept.size).toBe(0);
  expect(world.warnings).toEqual(['tours: not written, tried again: away']);
  world.isAway = false;
  await world.time.advance(60_000);
  expect(world.stored(id)).toMatchObject({ state: 'underway' });
  await pool.close();
});

test('a tour that somebody else has withdrawn ends here, before or after the next change', async () => {
  const world = new TourWorld();
  const pool = world.pool();
  pool.start();
  const withdraw = (id: string) => {
    const kept = world.kept.get(id)!;
    const json = JSON.stringify(ended(JSON.parse(kept.json) as ScoutTour, 'withdrawn', world.nowS));
    world.kept.set(id, { ...kept, version: kept.version + 1, json });
  };
  const looked = await pool.offer(order(2, 'Jameson'));
  withdraw(looked.id);
  await world.time.advance(30_000);
  expect(pool.get(looked.id)!.state).toBe('withdrawn');

  const changed = await pool.offer(order(2, 'Jameson'));
  withdraw(changed.id);
  pool.observed([{ marketId: 1, observedAtS: world.nowS }]);
  await world.time.advance(0);
  expect(pool.get(changed.id)!.state).toBe('withdrawn');
  await pool.close();
  expect(world.stored(changed.id).state).toBe('withdrawn');
});

test('whoever leaves gives what is open to the others, and it is kept who had what', async () => {
  const world = new TourWorld();
  const pool = world.pool();
  pool.start();
  const { id } = await pool.offer(order(6, 'Jameson', 'Ryder'));
  await world.time.advance(1_000);
  const tour = await pool.reconfigure(id, { join: [tourCommander('Algol')], leave: ['RYDER'] });
  const names = new Set(tour!.markets.map(({ assignments }) => assignments.at(-1)!.commander));
  expect(names).toEqual(new Set(['Jameson', 'Algol']));
  const ryders = tour!.markets.flatMap(({ assignments }) =>
    assignments.filter(({ commander }) => commander === 'Ryder'),
  );
  expect(ryders.length).toBeGreaterThan(0);
  expect(new Set(ryders.map(({ why }) => why))).toEqual(new Set(['replanned']));
  expect(tour!.commanders.find(({ name }) => name === 'Ryder')!.leftAtS).not.toBeNull();
  expect(await pool.withdraw(id)).toMatchObject({ state: 'withdrawn' });
  await pool.close();
});

test('what a commander takes from stop to stop is measured, told, and planned with the next time', async () => {
  const world = new TourWorld();
  const pool = world.pool();
  pool.start();
  const { id, plan } = await pool.offer(order(8, 'Jameson'));
  const [list] = plan!.tours;
  let atS = world.nowS;
  for (const { marketId, seconds } of list!.stops) {
    atS += Math.round(1.5 * seconds);
    pool.observed([{ marketId, observedAtS: atS }]);
  }
  const tour = pool.get(id)!;
  expect(tour.state).toBe('finished');
  expect(describeTour(tour).commanders).toMatchObject([{ pace: 1, error: { legs: 7 } }]);
  const { medianError, total } = describeTour(tour).commanders[0]!.error!;
  expect(medianError).toBeCloseTo(1 / 3, 2);
  expect(total).toBeCloseTo(-1 / 3, 2);

  await world.time.advance((atS - world.nowS) * 1_000);
  const next = await pool.offer(order(8, 'JAMESON', 'Ryder'));
  expect(next.plan!.tours).toMatchObject([{ pace: 1.5 }, { pace: 1 }]);
  // Who is slower gets less: all are through as early as can be.
  const [his, others] = next.plan!.tours.map(({ stops }) => stops.length);
  expect(his).toBeLessThan(others!);

  // In another order, after a pause, or before the stop before: nothing is measured.
  const [first, second, third] = next.plan!.tours[1]!.stops;
  const see = (marketId: number, afterS: number) =>
    pool.observed([{ marketId, observedAtS: next.madeAtS + afterS }]);
  see(second!.marketId, 10);
  see(first!.marketId, 400);
  see(third!.marketId, 10 + 3_601);
  expect(describeTour(pool.get(next.id)!).commanders[1]!.error).toBeNull();
  await pool.close();
});

test('ended tours are forgotten after a month', async () => {
  const world = new TourWorld();
  const tour = ended(scoutTour(1), 'withdrawn', world.nowS - 31 * 86_400);
  world.kept.set(tour.id, { kind: 'tour', id: tour.id, version: 1, json: JSON.stringify(tour) });
  const pool = world.pool();
  pool.start();
  await world.time.advance(0);
  expect(pool.list()).toEqual([]);
  expect(world.kept.size).toBe(0);
  await pool.close();
});

test('who follows hears of every change until he leaves; at the end nothing is looked at any more', async () => {
  const world = new TourWorld();
  const pool = world.pool();
  expect(pool.isLoaded).toBe(false);
  pool.start();
  await world.time.advance(0);
  expect(pool.isLoaded).toBe(true);
  const heard: string[] = [];
  const leave = pool.follow(({ state, markets }) => void heard.push(`${state} ${markets.length}`));
  const { id } = await pool.offer(order(2, 'Jameson'));
  pool.observed([{ marketId: 1, observedAtS: world.nowS }]);
  expect(heard).toEqual(['planning 2', 'offered 2', 'underway 2']);
  leave();
  await pool.withdraw(id);
  expect(heard).toHaveLength(3);
  await pool.close();
  await world.time.advance(120_000);
  expect(world.time.armed).toEqual([]);
});
