import { afterEach, expect, test } from 'vitest';
import { openThread } from '../../src/infra/threads/rpc.ts';
import { SpareThreads } from '../../src/infra/threads/spare-threads.ts';
import type { RpcMethods } from '../support/rpc-worker.ts';
import { until } from '../support/until.ts';

const closed: number[] = [];
let opened = 0;

/** Threads that are known by their number. */
const threads = new SpareThreads(() => {
  const number = (opened += 1);
  const thread = openThread<RpcMethods>(new URL('../support/rpc-worker.ts', import.meta.url));
  return {
    call: thread.call.bind(thread),
    async close() {
      await thread.close();
      closed.push(number);
    },
  };
});
const calls = () => threads.use((thread) => thread.call('countCalls', undefined));

afterEach(async () => {
  await threads.close();
  closed.length = opened = 0;
});

test('what comes soon after finds the thread started', async () => {
  expect([await calls(), await calls(), await calls()]).toEqual([1, 2, 3]);
  expect(opened).toBe(1);
});

test('what runs side by side has a thread each', async () => {
  expect(await Promise.all([calls(), calls()])).toEqual([1, 1]);
  expect(opened).toBe(2);
});

test('a thread in which something has failed is not used again', async () => {
  await expect(threads.use((thread) => thread.call('fail', 'app'))).rejects.toThrow('the thing is broken');
  expect(closed).toEqual([1]);
  expect(await calls()).toBe(1);
});

test('one that nobody uses ends by itself', async () => {
  await calls();
  await until(() => closed.length > 0);
  expect(await calls()).toBe(1);
});

test('closing ends what is spare', async () => {
  await Promise.all([calls(), calls()]);
  await threads.close();
  expect(closed.toSorted()).toEqual([1, 2]);
});
