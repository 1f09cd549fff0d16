import { expect, test } from 'vitest';
import { Stoppable } from '../../src/infra/store/shared/stoppable.ts';

/** Work that ends some time after it was told to stop. */
function reluctant() {
  const told = Promise.withResolvers<undefined>();
  const leave = Promise.withResolvers<undefined>();
  const work = async (signal: AbortSignal) => {
    signal.addEventListener('abort', () => told.resolve(undefined));
    await leave.promise;
    signal.throwIfAborted();
    return 'done';
  };
  return { work, told: told.promise, leave: () => leave.resolve(undefined) };
}

test('who is not stopped gets what the work gives, or its error', async () => {
  const running = new Stoppable('the database');
  expect(await running.run(undefined, () => Promise.resolve(7))).toBe(7);
  expect(await running.run(new AbortController().signal, () => Promise.resolve(8))).toBe(8);
  await expect(running.run(undefined, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk');
});

test('whoever asked can stop it, and is told whose work it was', async () => {
  const running = new Stoppable('/srv/Trade.db');
  const asker = new AbortController();
  const { work, told, leave } = reluctant();
  const result = running.run(asker.signal, work);
  asker.abort(new Error('gone'));
  await told;
  leave();
  await expect(result).rejects.toMatchObject({
    code: 'aborted',
    message: 'the work on /srv/Trade.db was stopped',
    cause: asker.signal.reason as Error,
  });
});

test('what was called off before is not begun', async () => {
  let isBegun = false;
  const work = () => Promise.resolve((isBegun = true));
  await expect(new Stoppable('it').run(AbortSignal.abort(), work)).rejects.toMatchObject({ code: 'aborted' });
  expect(isBegun).toBe(false);
});

test('stopping everything waits for the last to end, and does not fail with it', async () => {
  const running = new Stoppable('it');
  const some = [reluctant(), reluctant()];
  const results = some.map(({ work }) => running.run(undefined, work));
  const ended = results.map((result) => expect(result).rejects.toMatchObject({ code: 'aborted' }));
  let isStopped = false;
  const stopped = running.stop().then(() => (isStopped = true));
  await Promise.all(some.map(({ told }) => told));
  some[0]?.leave();
  await ended[0];
  expect(isStopped).toBe(false);
  some[1]?.leave();
  await Promise.all([stopped, ...ended]);
});

test('what has ended is not waited for, and what comes after a stop runs', async () => {
  const running = new Stoppable('it');
  await running.run(undefined, () => Promise.resolve());
  await running.stop();
  expect(await running.run(undefined, () => Promise.resolve('again'))).toBe('again');
});
