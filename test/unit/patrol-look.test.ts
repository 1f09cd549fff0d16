import { expect, test } from 'vitest';
import { patrolWorld as worldOf } from '../support/patrol-world.ts';
import { planOf } from '../support/scout-tour.ts';
import { patrolOrder, planner } from '../support/tour-world.ts';

const HOUR_S = 3_600;

test('how many a region takes is reckoned for its slowest commander, and anew when its markets change only', async () => {
  const { world, begin } = worldOf(2, 0);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  // Five hours from each market to the next: nobody reads two in a tour's four.
  world.planRegion = ({ stops }) => {
    const legs = stops.map(({ marketId }) => ({
      ...planOf({ '': [marketId] }).tours[0]!.stops[0]!,
      seconds: 5 * HOUR_S,
    }));
    return Promise.resolve({
      ...planOf({ '': [] }),
      tours: [{ ...planOf({ '': [] }).tours[0]!, stops: legs }],
    });
  };
  const order = patrolOrder('home', 12 * HOUR_S, 'Jameson', 'Ryder');
  const commanders = order.commanders.map((each, i) => ({ ...each, jumpRangeLy: 30 + i }));
  await patrols.put({ ...order, commanders });
  expect(patrols.get('home')!.look!.needed).toBe(2);
  expect(world.regionsPlanned).toMatchObject([
    [
      {
        strategy: 'vrp',
        returns: false,
        stops: [{ marketId: 1 }, { marketId: 2 }],
        commanders: [{ jumpRangeLy: 30 }],
      },
      { timeLimitMs: 1_000 },
    ],
  ]);
  await world.time.advance(2 * HOUR_S * 1_000);
  expect(world.regionsAsked.length, 'looked at every five minutes').toBe(25);
  expect(world.regionsPlanned).toHaveLength(1);
  world.seenAtS.set(3, world.nowS);
  world.planRegion = () => Promise.reject(new Error('too much to do'));
  await world.time.advance(300_000);
  expect(patrols.get('home')!.look).toMatchObject({ markets: 3, needed: null });
  world.planRegion = planner.plan;
  // Without commanders for those of twenty light years.
  await patrols.put(patrolOrder('home', 12 * HOUR_S));
  expect(world.regionsPlanned.at(-1)).toMatchObject([{ commanders: [{ jumpRangeLy: 20 }] }, {}]);
  expect(patrols.get('home')!.look!.needed).toBe(1);
  await patrols.close();
  await tours.close();
});

test('a region without markets needs nobody, and is kept; patrols are told by name', async () => {
  const { world, begin } = worldOf(0, 0);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  await patrols.put(patrolOrder('b', HOUR_S, 'Jameson'));
  await patrols.put(patrolOrder('a', HOUR_S));
  expect(patrols.list()).toMatchObject([
    { order: { name: 'a' }, state: 'kept', look: { needed: 0, able: 0 } },
    { order: { name: 'b' }, state: 'kept', look: { needed: 0, able: 1 } },
  ]);
  expect(tours.list()).toEqual([]);
  await patrols.close();
  await tours.close();
});

test('what will be read too late by the plan is told before it is too late', async () => {
  const { world, begin } = worldOf(2, 11 * HOUR_S + 3_500);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  expect(patrols.get('home')).toMatchObject({ state: 'short', look: { overdue: 0, late: 2, unlisted: 0 } });
  await patrols.close();
  await tours.close();
});

test('who comes to a patrol starts where he says, whatever he has read before; later where he read last', async () => {
  const { world, begin, see } = worldOf(2, 13 * HOUR_S);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  await patrols.put(patrolOrder('home', 12 * HOUR_S, 'Jameson'));
  see(tours, 2);
  await world.time.advance(60_000);
  await patrols.remove('home');
  const order = patrolOrder('other', 12 * HOUR_S, 'Jameson');
  const commanders = order.commanders.map((each) => ({ ...each, sinceS: world.nowS, startMarketId: 77 }));
  await patrols.put({ ...order, commanders });
  expect(tours.tourOf('Jameson')).toMatchObject({ patrol: 'other', commanders: [{ startMarketId: 77 }] });
  await patrols.close();
  await tours.close();
});

test('what became known while the database was away is written when it is back', async () => {
  const { world, begin } = worldOf(2, 0);
  const { tours, patrols } = begin();
  await world.time.advance(0);
  await patrols.put(patrolOrder('home', 12 * HOUR_S));
  const kept = () => world.kept.get('patrol-look home')?.json;
  const before = kept();
  world.seenAtS.set(3, world.nowS);
  world.planRegion = (...request) => {
    world.isAway = true;
    return planner.plan(...request);
  };
  await world.time.advance(310_000);
  expect(world.warnings).toEqual(['patrols: not written, tried again: away']);
  expect(kept()).toBe(before);
  world.isAway = false;
  await world.time.advance(60_000);
  expect(world.told).toContain('patrols: written again');
  expect(kept()).not.toBe(before);
  await patrols.close();
  await tours.close();
});
