import { expect, test } from 'vitest';
import { NamedWatches } from '../../src/actors/subscription/named.ts';
import type { NamedSubscription, WatchDefinition } from '../../src/domain/push/definition.ts';
import { TourWorld } from '../support/tour-world.ts';

const GOLD: WatchDefinition = { commodities: ['Gold'], systems: ['Sol'] };
const SILVER: WatchDefinition = { commodities: ['silver'] };
const configured = (name: string, watch: WatchDefinition): NamedSubscription => ({
  ...{ name, watch, madeBy: null, madeAtS: null },
});

/** What is kept, as two daemons see it. */
function world() {
  const { store, time, kept } = new TourWorld();
  const here = new NamedWatches({ store, time });
  const there = new NamedWatches({ store, time });
  const heard: string[] = [];
  const listen = (id: string) => here.listen(id, (reason) => void heard.push(`${id} ${reason}`));
  return { here, there, heard, kept, listen, time };
}

const names = async (watches: NamedWatches) => (await watches.list()).map(({ name }) => name);

test('one that is made is there for all daemons, under its name in whatever case, until it is removed', async () => {
  const { here, there, heard, listen, time } = world();
  expect(await there.list()).toEqual([]);
  const made = await here.add('Mine', GOLD, 'eve');
  const subscription = { name: 'Mine', watch: GOLD, madeBy: 'eve', madeAtS: time.now() / 1_000 };
  expect(made).toEqual({ outcome: 'made', subscription });
  expect(await here.get('mine')).toEqual(subscription);
  await time.advance(1_000);
  expect(await there.list()).toEqual([subscription]);
  // The same in other words.
  const again = { systems: ['SOL'], commodities: ['gold', 'GOLD'] };
  expect(await there.add('MINE', again, 'adam')).toEqual({ outcome: 'there', subscription });
  expect(await there.add('mine', SILVER, 'adam')).toEqual({ outcome: 'other', subscription });
  listen('mine');
  listen('other');
  expect(await here.remove('mine')).toBe(true);
  expect(heard).toEqual(['mine removed']);
  expect(await here.get('mine')).toBeUndefined();
  expect(await here.remove('mine')).toBe(false);
  expect(heard).toHaveLength(1);
});

test('what others have made is seen within a second, and asked of the database once until then', async () => {
  const { here, there, time } = world();
  expect(await names(here)).toEqual([]);
  await there.add('b', GOLD, 'eve');
  expect(await names(here)).toEqual([]);
  await time.advance(999);
  expect(await names(here)).toEqual([]);
  await time.advance(1);
  expect(await names(here)).toEqual(['b']);
});

test('what cannot be read now is asked again at once', async () => {
  const tours = new TourWorld();
  const watches = new NamedWatches({ store: tours.store, time: tours.time });
  tours.isAway = true;
  await expect(watches.list()).rejects.toThrow('away');
  tours.isAway = false;
  expect(await watches.list()).toEqual([]);
});

test('those of the configuration go before those that were made, and cannot be made or removed', async () => {
  const { here, heard, listen } = world();
  await here.add('b', GOLD, 'eve');
  await here.add('d', GOLD, 'eve');
  here.configure([configured('C', SILVER), configured('B', SILVER), configured('a', SILVER)]);
  expect(await names(here)).toEqual(['a', 'B', 'C', 'd']);
  expect(here.configured('b')).toEqual(configured('B', SILVER));
  expect(here.configured('d')).toBeUndefined();
  expect(await here.get('b')).toEqual(configured('B', SILVER));
  expect((await here.add('c', GOLD, 'eve')).outcome).toBe('other');
  expect(await here.remove('c')).toBe(false);
  // Whoever listens has the one of the configuration.
  listen('b');
  expect(await here.remove('b')).toBe(true);
  expect(heard).toEqual([]);
});

test('who listens hears when the configuration has another definition, or none any more', () => {
  const { here, heard, listen } = world();
  here.configure([configured('a', GOLD), configured('b', GOLD), configured('c', GOLD)]);
  const leave = listen('c');
  listen('c');
  for (const id of ['a', 'b']) listen(id);
  leave();
  here.configure([configured('A', { systems: ['sol'], commodities: ['gold'] }), configured('b', SILVER)]);
  expect(heard).toEqual(['b changed', 'c removed']);
});

test('who has left hears nothing, also of a listener that came later', () => {
  const { here, heard, listen } = world();
  here.configure([configured('a', GOLD)]);
  const leave = listen('a');
  leave();
  listen('a');
  leave();
  here.configure([]);
  expect(heard).toEqual(['a removed']);
});

test('a thousand are kept, and no more', async () => {
  const { here, kept } = world();
  for (let i = 0; i < 1_000; i++) {
    const json = JSON.stringify({ name: `n${i}`, watch: GOLD, madeBy: 'eve', madeAtS: 1 });
    kept.set(`subscription n${i}`, { kind: 'subscription', id: `n${i}`, version: 1, json });
  }
  expect(await here.add('one', GOLD, 'eve')).toEqual({ outcome: 'full' });
  expect(await here.remove('n7')).toBe(true);
  expect((await here.add('one', GOLD, 'eve')).outcome).toBe('made');
});
