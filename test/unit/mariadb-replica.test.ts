import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Replica, type Changed } from '../../src/infra/store/mariadb/queries/replica.ts';
import { until } from '../support/until.ts';

/** How far two servers have come, and what is told of it. */
function servers(written: string | null, read: string | null) {
  const delivered: Changed[] = [];
  const at = { written, read, asked: 0, isAway: false };
  const answer = (position: string | null) => {
    if (at.isAway) return Promise.reject(new Error('away'));
    return Promise.resolve([[position]]);
  };
  const replica = new Replica({
    primary: () => answer(at.written),
    replica: () => {
      at.asked++;
      return answer(at.read);
    },
    deliver: (changed) => delivered.push(changed),
  });
  onTestFinished(() => replica.close());
  return { at, replica, delivered };
}

test('what has changed is told when the replica has it, in the order in which it was told', async () => {
  const { at, replica, delivered } = servers('0-1-42', '0-1-41');
  replica.hold([1]);
  replica.hold('all');
  await until(() => at.asked > 2);
  expect(delivered).toEqual([]);
  at.read = '0-1-42';
  await until(() => delivered.length === 2);
  expect(delivered).toEqual([[1], 'all']);
  replica.hold([2]);
  await until(() => delivered.length === 3);
  expect(delivered[2]).toEqual([2]);
});

test('what is told while it follows is held until what was written by then is there', async () => {
  const { at, replica, delivered } = servers('0-1-42', '0-1-41');
  replica.hold([1]);
  await until(() => at.asked > 0);
  at.written = '0-1-43';
  replica.hold([2]);
  at.read = '0-1-42';
  await until(() => delivered.length === 1);
  const { asked } = at;
  await until(() => at.asked > asked);
  expect(delivered).toEqual([[1]]);
  at.read = '0-1-43';
  await until(() => delivered.length === 2);
});

test.each([
  ['the same', '0-1-42', '0-1-42', true],
  ['further', '0-1-9', '0-1-10', true],
  ['not as far', '0-1-10', '0-1-9', false],
  ['behind in one of two domains', '0-1-42,1-7-3', '0-1-42,1-7-2', false],
  ['without a domain that is written', '0-1-42,1-7-3', '0-1-42', false],
  ['in domains in another order, and one of its own', '0-1-42,1-7-3', '2-9-1,1-7-3,0-1-42', true],
  ['written by another server meanwhile', '0-1-42', '0-2-43', true],
  ['beyond 2^53', '0-1-9007199254740993', '0-1-9007199254740992', false],
  ['nowhere yet', '0-1-1', '', false],
  ['a server without ids', '0-1-1', null, false],
  // There is nothing to follow.
  ['written without a binary log', '', '0-1-1', false],
])('it has caught up: %s', async (_, written, read, isThere) => {
  const { replica } = servers(written, read);
  expect(await replica.catchUp(30)).toBe(isThere);
  if (!isThere) expect(replica.completeToMs).toBeNull();
});

test('without a binary log what has changed is told at once', async () => {
  const { replica, delivered } = servers('', null);
  replica.hold([7]);
  await until(() => delivered.length > 0);
  expect(delivered).toEqual([[7]]);
  expect(replica.completeToMs).toBeNull();
});

test('it is complete to when it was asked how far is written, and looked after again when that is a second old', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 5_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { at, replica } = servers('0-1-42', '0-1-42');
  expect(replica.completeToMs, 'unknown at first, and looked after').toBeNull();
  await until(() => replica.completeToMs !== null);
  // Nothing of that goes on any more.
  await setImmediate();
  const { asked } = at;
  vi.setSystemTime(6_000);
  expect(replica.completeToMs).toBe(5_000);
  await setImmediate();
  expect(at.asked, 'new enough').toBe(asked);
  at.read = '0-1-41';
  vi.setSystemTime(6_001);
  expect(replica.completeToMs).toBe(5_000);
  await until(() => at.asked > asked);
  vi.setSystemTime(9_000);
  expect(replica.completeToMs, 'it stays while it lags').toBe(5_000);
  at.read = '0-1-42';
  await until(() => replica.completeToMs === 6_001);
});

test('whoever waits for it does not take what was there before for what is there now', async () => {
  const { at, replica } = servers('0-1-42', '0-1-42');
  expect(await replica.catchUp(60_000)).toBe(true);
  at.written = '0-1-43';
  expect(await replica.catchUp(30)).toBe(false);
  const waiting = replica.catchUp(60_000);
  at.read = '0-1-43';
  expect(await waiting).toBe(true);
});

test('a server that does not answer fails nobody, and is asked again with the next change', async () => {
  const { at, replica, delivered } = servers('0-1-42', '0-1-42');
  at.isAway = true;
  replica.hold([1]);
  expect(await replica.catchUp(20)).toBe(false);
  expect(delivered).toEqual([]);
  at.isAway = false;
  replica.hold([2]);
  await until(() => delivered.length === 2);
  expect(delivered).toEqual([[1], [2]]);
});

test('closed, it waits for nothing', async () => {
  const { at, replica, delivered } = servers('0-1-42', '0-1-41');
  replica.hold([1]);
  await until(() => at.asked > 0);
  replica.close();
  expect(await replica.catchUp(3_600_000)).toBe(false);
  expect(delivered).toEqual([]);
});
