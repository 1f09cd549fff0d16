import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { gold, hubOn, Listener, watch, Written } from '../support/push-hub.ts';
import { settled } from '../support/virtual-time.ts';

test('who comes again while much is written is told what he has not been told, though it is as it once was', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const stays = new Listener();
  hub.subscribe(watch, null, stays);
  await settled();
  for (const rows of [[], [gold(2)]]) {
    written.write(...rows);
    await time.goOff();
  }
  expect(stays.price).toBe(2);

  // He left before the second entry. As it is read for him the gold goes; before the hub looks it is back.
  const comes = new Listener();
  written.beforeRead = () => written.write();
  hub.subscribe(watch, { logId: 'log', seq: 1 }, comes);
  await settled();
  expect(comes.price).toBeNull();
  written.write(gold(2));
  await time.goOff();
  expect([stays.price, comes.price]).toEqual([2, 2]);
});

test('who listens is told anew when the log does not reach back any more, and of what changes then', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const listener = new Listener();
  hub.subscribe(watch, null, listener);
  await settled();
  written.write(gold(2));
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([2, ['begin']]);
  written.write(gold(5));
  written.trimmed = written.seq;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([5, ['begin', 'lost']]);
  written.write(gold(2));
  await time.goOff();
  expect(listener.price).toBe(2);

  // In the next gap its station goes, and comes back as it was: what was remembered of then is of no use.
  written.isGone = true;
  written.write();
  written.trimmed = written.seq;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([null, ['begin', 'lost', 'lost']]);
  written.isGone = false;
  written.write(gold(2));
  await time.goOff();
  expect(listener.price).toBe(2);
});

test('whoever is 20,000 entries behind is told how it is, not all that was', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  const listener = new Listener();
  hub.subscribe(watch, null, listener);
  await settled();
  written.write(gold(3));
  written.seq += 19_999;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([3, ['begin']]);
  written.write(gold(4));
  written.seq += 20_000;
  await time.goOff();
  expect([listener.price, listener.began]).toEqual([4, ['begin', 'lost']]);
});

test('who listens is told every 15 s where he is', async () => {
  const { time, hub } = hubOn(new Written());
  const listener = new Listener();
  hub.subscribe(watch, null, listener);
  await settled();
  for (time.nowMs = 1_000; time.nowMs <= 45_000; time.nowMs += 1_000) await time.goOff();
  expect(listener.timesPlaced).toBe(3);
});

test('it is looked once a second, 50 ms after something was committed, and again when that was while it looked', async () => {
  const written = new Written();
  const { time, hub } = hubOn(written);
  hub.subscribe(watch, null, new Listener());
  await settled();
  expect(time.delays).toEqual([1_000]);
  hub.poke();
  expect(time.delays, 'sooner').toEqual([50]);
  hub.poke();
  expect(time.delays, 'once').toEqual([50]);
  written.write(gold(1));
  written.beforeRead = () => hub.poke();
  await time.goOff();
  expect(time.delays, 'it may have come too late for that look').toEqual([50]);
  await time.goOff();
  expect(time.delays).toEqual([1_000]);
});

test('whoever has waited leaves nothing behind: neither looks nor listeners', async () => {
  const { time, hub } = hubOn(new Written());
  const { signal } = new AbortController();
  const after = hub.after({ logId: 'log', seq: 0 }, 5_000, signal);
  await settled();
  expect(time.delays.toSorted((a, b) => a - b)).toEqual([1_000, 5_000]);
  await time.goOff();
  await after;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  await time.goOff();
  await time.goOff();
  expect(time.delays, 'nobody waits').toEqual([]);
});
