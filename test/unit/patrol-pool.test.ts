import { expect, test } from 'vitest';
import { openMarkets } from '../../src/domain/tours/scout-tour.ts';
import { keepOrder, removeOrder } from '../../src/domain/tours/patrols/patrol-orders.ts';
import { patrolWorld as worldOf } from '../support/patrol-world.ts';
import { patrolOrder, planner, tourOrder } from '../support/tour-world.ts';

const HOUR_S = 3_600;

test('what is fresh is kept; at two thirds of the age a tour begins that takes all from one third on', async () => {
  const { world, begin } = worldOf(4, 0);
  world.seenAtS.set(4, world.nowS - 5 * HOUR_S);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  expect(await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'))).toBe('made');
  expect(patrols.get('home')).toMatchObject({
    state: 'kept',
    look: { markets: 4, overdue: 0, unlisted: 0, listed: 0, needed: 1, able: 1 },
  });
  expect(tours.list()).toEqual([]);
  expect(world.regionsAsked).toEqual([
    [
      { neverSeen: 'included', sort: 'oldest' },
      { limit: 500, after: null },
    ],
  ]);
  expect(world.told).toEqual([
    'patrol home: kept, none of 4 markets everywhere is older than 12h; commanders: 1 needed, 1 there',
  ]);
  // Market 4 has two thirds of the age in three hours; the others have a third an hour later.
  await world.time.advance(3 * HOUR_S * 1_000);
  expect(tours.list()).toMatchObject([{ patrol: 'home', state: 'offered', markets: [{ marketId: 4 }] }]);
  expect(patrols.get('home')!.state).toBe('kept');
  await patrols.close();
  await tours.close();
});

test('without commanders it says what is short, with them it sends them, and says so until all is seen', async () => {
  const { world, begin, see } = worldOf(3, 13 * HOUR_S);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  await patrols.put(patrolOrder('home', 12 * HOUR_S));
  expect(patrols.get('home')).toMatchObject({
    state: 'short',
    look: { overdue: 3, unlisted: 3, able: 0, needed: 1 },
  });
  expect(world.warnings).toEqual([
    'patrol home: short, of 3 markets everywhere 3 older than 12h, 0 will be, nobody is sent to 3; commanders: 1 needed, 0 there',
  ]);
  expect(await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'))).toBe('changed');
  expect(patrols.get('home')).toMatchObject({
    state: 'short',
    look: { overdue: 3, unlisted: 0, listed: 3, able: 1 },
  });
  await world.time.advance(120_000);
  expect(world.warnings, 'as long as it is so').toHaveLength(1);
  // A tour whose crew is taken off the patrol ends.
  expect(await patrols.put(patrolOrder('home', 12 * HOUR_S))).toBe('changed');
  expect(tours.list()).toMatchObject([{ state: 'withdrawn' }]);
  expect(patrols.get('home')).toMatchObject({ state: 'short', look: { unlisted: 3, listed: 0 } });
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  for (const id of [1, 2, 3]) see(tours, id);
  await world.time.advance(60_000);
  expect(patrols.get('home')).toMatchObject({ state: 'kept', look: { overdue: 0, listed: 0 } });
  // Nobody looks again: what was promised ends with the second in which a market is too old.
  const readAtS = world.seenAtS.get(1)!;
  for (const tour of tours.list()) await tours.withdraw(tour.id);
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  const slowS = readAtS + 8 * HOUR_S - world.nowS;
  await world.time.advance((slowS - 1) * 1_000);
  expect(patrols.get('home')).toMatchObject({ state: 'kept', look: { listed: 0 } });
  await world.time.advance(2_000);
  expect(patrols.get('home')).toMatchObject({ state: 'kept', look: { listed: 3 } });
  await world.time.advance((4 * HOUR_S - 2) * 1_000);
  expect(patrols.get('home')!.look!.overdue).toBe(0);
  await world.time.advance(2_000);
  expect(patrols.get('home')).toMatchObject({ state: 'short', look: { overdue: 3 } });
  await patrols.close();
  await tours.close();
});

test('the same again is the same; a change changes the crew of the tour that is flown; removed, it calls them back', async () => {
  const { world, begin } = worldOf(6, 13 * HOUR_S);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  const order = patrolOrder('home', 12 * HOUR_S, 'Jameson');
  await patrols.put(order);
  expect(await patrols.put({ ...order, madeAtS: world.nowS, madeBy: 'eve' })).toBe('same');
  const [first] = tours.list();
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Ryder', 'jameson'));
  expect(tours.list()).toMatchObject([
    { id: first!.id, commanders: [{ name: 'Jameson' }, { name: 'Ryder' }] },
  ]);
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Ryder'));
  expect(tours.get(first!.id)!.commanders[0]!.leftAtS).not.toBeNull();
  expect(tours.tourOf('Jameson')).toBeUndefined();
  // Who leaves the tour by himself stays away from it.
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Ryder', 'Algol'));
  await tours.reconfigure(first!.id, { join: [], leave: ['Algol'] });
  await world.time.advance(120_000);
  expect(tours.tourOf('Algol')).toBeUndefined();
  // Until he comes anew.
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Ryder'));
  const again = patrolOrder('home', 12 * HOUR_S, 'Ryder', 'Algol');
  await patrols.put({
    ...again,
    commanders: again.commanders.map((each) => ({ ...each, sinceS: world.nowS })),
  });
  expect(tours.tourOf('Algol')?.id).toBe(first!.id);
  expect(await patrols.remove('home')).toBe(true);
  expect(tours.get(first!.id)!.state).toBe('withdrawn');
  expect(await patrols.remove('home')).toBe(false);
  expect(patrols.list()).toEqual([]);
  expect([...world.kept.keys()].filter((key) => key.startsWith('patrol'))).toEqual([]);
  await patrols.close();
  await tours.close();
});

test('done once, it ends when nothing is too old, and the same order begins it again', async () => {
  const { world, begin, see } = worldOf(2, 13 * HOUR_S);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  world.seenAtS.set(3, world.nowS - 11 * HOUR_S);
  const order = { ...patrolOrder('once', 12 * HOUR_S, 'Jameson'), isOnce: true };
  await patrols.put(order);
  expect(tours.list()).toMatchObject([{ markets: [{ marketId: 1 }, { marketId: 2 }] }]);
  for (const id of [1, 2]) see(tours, id);
  await world.time.advance(60_000);
  expect(patrols.get('once')).toMatchObject({ state: 'done', look: { overdue: 0 } });
  await world.time.advance(3 * HOUR_S * 1_000);
  expect(patrols.get('once')!.state).toBe('done');
  expect(await patrols.put(order)).toBe('made');
  expect(patrols.list()).toMatchObject([{ state: 'short', look: { overdue: 1 } }]);
  see(tours, 3);
  await world.time.advance(60_000);
  expect(patrols.get('once')!.state).toBe('done');
  await patrols.close();
  const next = world.patrols(tours);
  next.start();
  await world.time.advance(0);
  expect(next.list()).toMatchObject([{ state: 'done', look: { overdue: 0 } }]);
  world.seenAtS.set(3, world.nowS - 13 * HOUR_S);
  expect(await next.put(order)).toBe('made');
  expect(next.get('once')!.state).toBe('short');
  expect(await next.remove('once')).toBe(true);
  expect(next.list()).toEqual([]);
  await next.close();
  await tours.close();
});

test('a life that follows goes on; what a command line asks for meanwhile is seen within half a minute', async () => {
  const { world, begin } = worldOf(3, 13 * HOUR_S);
  const first = begin();
  await world.time.advance(0);
  await first.patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  const [tour] = first.tours.list();
  await first.patrols.close();
  await first.tours.close();

  // While the first look lasts, what was seen last is told.
  let planned: () => void = () => undefined;
  world.planRegion = (...request) =>
    new Promise((resolve) => (planned = () => resolve(planner.plan(...request))));
  const { tours, patrols } = begin();
  await world.time.advance(5_000);
  expect(patrols.list()).toMatchObject([{ state: 'planning', look: { listed: 3 } }]);
  planned();
  world.planRegion = planner.plan;
  await world.time.advance(0);
  expect(patrols.list()).toMatchObject([{ state: 'short', look: { listed: 3 } }]);
  expect(tours.list()).toMatchObject([{ id: tour!.id }]);
  await keepOrder(world.store, patrolOrder('other', 12 * HOUR_S));
  await keepOrder(world.store, patrolOrder('home', 12 * HOUR_S, 'Ryder'));
  await world.time.advance(30_000);
  expect(patrols.list().map(({ order: { name } }) => name)).toEqual(['home', 'other']);
  expect(tours.tourOf('Ryder')).toBeDefined();
  expect(tours.tourOf('Jameson')).toBeUndefined();
  await removeOrder(world.store, 'home');
  await world.time.advance(30_000);
  expect(patrols.list().map(({ order: { name } }) => name)).toEqual(['other']);
  expect(tours.tourOf('Ryder')).toBeUndefined();
  await world.time.advance(60_000);
  expect([...world.kept.keys()].filter((key) => key.endsWith(' home'))).toEqual([]);
  await patrols.close();
  await tours.close();
});

test('what cannot be looked at is not known, and nobody is sent before the tours of earlier lives are known', async () => {
  const { world, begin } = worldOf(3, 13 * HOUR_S);
  const first = begin();
  await world.time.advance(0);
  await first.patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  await first.patrols.close();
  await first.tours.close();
  world.isAway = true;
  const { tours, patrols } = begin();
  await world.time.advance(HOUR_S * 1_000);
  expect(patrols.list()).toEqual([]);
  await expect(patrols.put(patrolOrder('new', HOUR_S))).rejects.toThrow('away');
  world.isAway = false;
  await world.time.advance(31_000);
  expect(patrols.list()).toMatchObject([{ state: 'short' }]);
  world.isAway = true;
  await world.time.advance(120_000);
  expect(patrols.get('home')!.state).toBe('idle');
  world.isAway = false;
  await world.time.advance(60_000);
  expect(patrols.get('home')!.state).toBe('short');
  expect(tours.list()).toHaveLength(1);
  await patrols.close();
  await tours.close();
});

test('nobody is sent before the tours of earlier lives are known: they have markets, too', async () => {
  const { world, begin } = worldOf(3, 13 * HOUR_S);
  const first = begin();
  await world.time.advance(0);
  await first.tours.offer(tourOrder([1, 2], 'Third'));
  await first.patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  await first.patrols.close();
  await first.tours.withdraw(first.tours.tourOf('Jameson')!.id);
  await first.tours.close();
  const tours = world.pool();
  const patrols = world.patrols(tours);
  patrols.start();
  await world.time.advance(60_000);
  expect(patrols.get('home')!.state).toBe('idle');
  expect(tours.list()).toEqual([]);
  tours.start();
  await world.time.advance(60_000);
  expect(patrols.get('home')!.state).toBe('short');
  expect(openMarkets(tours.tourOf('Jameson')!).map(({ marketId }) => marketId)).toEqual([3]);
  await patrols.close();
  await tours.close();
});

test('two patrols and a tour never send two to one market, unless told; a busy commander is not taken away', async () => {
  const { world, begin } = worldOf(6, 13 * HOUR_S);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  await tours.offer(tourOrder([1, 2], 'Third'));
  await Promise.all([
    patrols.put(patrolOrder('a', 12 * HOUR_S, 'Jameson')),
    patrols.put(patrolOrder('b', 12 * HOUR_S, 'Ryder', 'Third')),
  ]);
  const lists = tours.list().flatMap((tour) => openMarkets(tour).map(({ marketId }) => marketId));
  expect(lists.sort()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(patrols.get('b')).toMatchObject({ state: 'short', look: { able: 1, unlisted: 0 } });
  await patrols.put({ ...patrolOrder('c', 12 * HOUR_S, 'Fourth'), share: true });
  expect(openMarkets(tours.tourOf('Fourth')!)).toHaveLength(6);
  await patrols.close();
  await tours.close();
});

test('a tour that is not through in its third is ended, and all that is due by then is dealt out anew', async () => {
  const { world, begin, see } = worldOf(4, 8 * HOUR_S);
  world.seenAtS.set(4, world.nowS - HOUR_S);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  const [first] = tours.list();
  expect(openMarkets(first!).map(({ marketId }) => marketId)).toEqual([1, 2, 3]);
  see(tours, 1);
  await world.time.advance((4 * HOUR_S + 60) * 1_000);
  expect(tours.get(first!.id)!.state).toBe('withdrawn');
  expect(openMarkets(tours.tourOf('Jameson')!).map(({ marketId }) => marketId)).toEqual([1, 2, 3, 4]);
  expect(tours.tourOf('Jameson')!.commanders[0]).toMatchObject({ startMarketId: 1 });
  await patrols.close();
  await tours.close();
});

test('who follows hears how a patrol stands, and that it is gone; at the end nothing is looked at any more', async () => {
  const { world, begin } = worldOf(2, 0);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  const heard: string[] = [];
  const leave = patrols.follow((name, patrol) => void heard.push(`${name} ${patrol?.state ?? 'gone'}`));
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  await patrols.remove('home');
  expect([heard[0], heard.at(-1)]).toEqual(['home kept', 'home gone']);
  const { length } = heard;
  leave();
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  expect(heard).toHaveLength(length);
  await patrols.close();
  await tours.close();
  // Nor by one that was still reading what there is.
  const late = world.patrols(tours);
  late.start();
  await late.close();
  expect(world.time.armed).toEqual([]);
});
