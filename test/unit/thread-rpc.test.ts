import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { AppError, StoreError } from '../../src/domain/errors.ts';
import { openThread } from '../../src/infra/threads/rpc.ts';
import type { RpcMethods } from '../support/rpc-worker.ts';
import { tempDir } from '../support/temp-dir.ts';

const thread = openThread<RpcMethods>(new URL('../support/rpc-worker.ts', import.meta.url), {
  crashError: (cause) => new AppError('thread', 'the thread is gone', { cause }),
});

afterEach(() => thread.close());

test('answers calls', async () => {
  expect(await Promise.all([thread.call('double', 2), thread.call('double', 3)])).toEqual([4, 6]);
});

test('an AppError keeps code, message and advice', async () => {
  const error = await thread.call('fail', 'app').catch((e: unknown) => e);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({ code: 'decoder', message: 'the thing is broken', advice: 'mend the thing' });
});

test('a StoreError stays one', async () => {
  const error = await thread.call('fail', 'store').catch((e: unknown) => e);
  expect(error).toBeInstanceOf(StoreError);
  expect(error).toMatchObject({ code: 'busy', message: 'somebody else writes', advice: undefined });
});

test('a bug arrives with its name and stack', async () => {
  const error = (await thread.call('fail', 'bug').catch((e: unknown) => e)) as Error;
  expect(error).not.toBeInstanceOf(AppError);
  expect(error).toMatchObject({ name: 'TypeError', message: 'a bug' });
  expect(error.stack).toContain('rpc-worker');
});

test('a crash rejects every pending call, and the next call starts a new thread', async () => {
  await thread.call('countCalls', undefined);
  const pending = [thread.call('crash', undefined), thread.call('crash', undefined)];
  for (const result of await Promise.allSettled(pending)) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { code: 'thread', message: 'the thread is gone' },
    });
    expect((result as PromiseRejectedResult).reason).toMatchObject({ cause: { message: 'out of the blue' } });
  }
  expect(await thread.call('countCalls', undefined)).toBe(1);
});

test('buffers are moved both ways', async () => {
  const buffer = new ArrayBuffer(8);
  const filled = await thread.call('fill', buffer, { transfer: [buffer] });
  expect(buffer.byteLength).toBe(0);
  expect(new Uint8Array(filled)).toEqual(new Uint8Array(8).fill(7));
});

test('an emitting method waits for the receiver', async () => {
  const seen: number[] = [];
  let busy = 0;
  const result = await thread.call('countTo', 5, {
    onEmit: async (n: number) => {
      expect(++busy).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      busy--;
      seen.push(n);
    },
  });
  expect(result).toBe('done');
  expect(seen).toEqual([1, 2, 3, 4, 5]);
});

test('a receiver that fails ends the call with its error', async () => {
  const call = thread.call('countTo', 1_000, {
    onEmit: (n: number) => {
      if (n === 3) throw new AppError('full', 'no room');
    },
  });
  await expect(call).rejects.toMatchObject({ code: 'full', message: 'no room' });
});

test('aborting ends a call that waits for its receiver', async () => {
  const abort = new AbortController();
  const call = thread.call('countTo', 1_000, {
    signal: abort.signal,
    onEmit: (n: number) => (n === 3 ? abort.abort() : undefined),
  });
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
});

test('an aborted signal starts nothing', async () => {
  await expect(thread.call('countCalls', undefined, { signal: AbortSignal.abort() })).rejects.toThrow();
  expect(await thread.call('countCalls', undefined)).toBe(1);
});

test('close lets calls made before it finish and ends those that stream', async () => {
  const streaming = thread.call('countTo', 1e9, { onEmit: () => undefined });
  const failed = expect(streaming).rejects.toThrow('aborted');
  const call = thread.call('double', 21);
  await thread.close();
  expect(await call).toBe(42);
  await failed;
});

test('closing keeps the process alive until the thread has ended', () => {
  const program = join(tempDir(), 'program.mjs');
  const url = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  writeFileSync(
    program,
    `import { openThread } from ${url('../../src/infra/threads/rpc.ts')};
    const thread = openThread(new URL(${url('../support/rpc-worker.ts')}));
    const call = thread.call('double', 21);
    await thread.close();
    process.stdout.write(String(await call));`,
  );
  const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: '42', stderr: '' });
});

test('a closed thread starts anew with the next call', async () => {
  await thread.call('countCalls', undefined);
  await thread.close();
  await thread.close();
  expect(await thread.call('countCalls', undefined)).toBe(1);
});
