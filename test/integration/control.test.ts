import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { controlMethods } from '../../src/app/control/methods.ts';
import { AppError } from '../../src/domain/errors.ts';
import { callControl } from '../../src/infra/control/client.ts';
import type { Methods } from '../../src/infra/control/json-rpc.ts';
import { serveControl } from '../../src/infra/control/server.ts';
import { silentLog } from '../support/http.ts';
import { tempDir } from '../support/temp-dir.ts';

const answers = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  error: z.object({ code: z.number(), message: z.string() }).optional(),
  result: z.unknown().optional(),
});

const METHODS: Methods = {
  echo: (params) => Promise.resolve(params),
  fail: () => Promise.reject(new AppError('refused', 'no', { advice: 'ask another' })),
  bug: () => Promise.reject(new TypeError('secret')),
  slow: (_, { notify, signal }) => {
    notify('progress', { percent: 50 });
    return new Promise((resolve) => signal.addEventListener('abort', resolve));
  },
};

async function world(methods = METHODS) {
  const path = join(tempDir(), 'control.sock');
  const errors: string[] = [];
  const server = await serveControl(path, methods, { error: (_, text) => void errors.push(text) });
  onTestFinished(() => server.close());
  return { path, errors, server };
}

/** Sends text and half closes, as `nc -U` does. @returns what was answered, a line each */
async function send(path: string, text: string): Promise<z.output<typeof answers>[]> {
  const socket = createConnection(path);
  socket.end(text);
  const lines: string[] = [];
  for await (const line of createInterface({ input: socket })) lines.push(line);
  return lines.flatMap((line) => {
    const said: unknown = JSON.parse(line);
    return (Array.isArray(said) ? said : [said]).map((each) => answers.parse(each));
  });
}

const request = (method: string, params?: object, id: unknown = 1) =>
  JSON.stringify({ jsonrpc: '2.0', id, method, params });

test('only its user can open it, and what a killed daemon has left is replaced', async () => {
  const { path, server } = await world();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await callControl(path, 'echo', { a: 1 })).toEqual({ a: 1 });
  // As it lies there after a kill.
  await server.close();
  const dead = createServer().listen(path);
  await once(dead, 'listening');
  const again = await serveControl(path, METHODS, silentLog);
  expect(await callControl(path, 'echo', { a: 2 })).toEqual({ a: 2 });
  await again.close();
  dead.close();
});

test('what cannot be a socket is said', async () => {
  const deep = join(tempDir(), 'x'.repeat(100));
  mkdirSync(deep);
  const long = join(deep, 'control.sock');
  await expect(serveControl(long, METHODS, silentLog)).rejects.toThrow(
    `${long} has ${long.length} bytes, and a socket has room for 107`,
  );
  await expect(callControl(long, 'echo', {})).rejects.toMatchObject({ code: 'control' });
  const file = join(tempDir(), 'file');
  writeFileSync(file, 'mine');
  await expect(serveControl(file, METHODS, silentLog)).rejects.toThrow('is there, and is no socket');
  await expect(callControl(join(tempDir(), 'none.sock'), 'echo', {})).rejects.toThrow('does not answer');
});

test('wrong requests get the errors of JSON-RPC 2.0', async () => {
  const { path, errors } = await world();
  const codes = async (text: string) =>
    (await send(path, text)).map(({ error, id }) => [error?.code, id ?? null]);
  expect(await codes('{"jsonrpc": "2.0", "method": "echo", "params": [1,')).toEqual([[-32700, null]]);
  expect(await codes('nonsense\n')).toEqual([[-32700, null]]);
  for (const text of [
    '1',
    '[]',
    '"echo"',
    'null',
    '{"method":"echo"}',
    '{"jsonrpc":"2.0","id":{},"method":"echo"}',
  ])
    expect(await codes(text)).toEqual([[-32600, null]]);
  expect(await codes('{"jsonrpc":"1.0","id":7,"method":"echo"}')).toEqual([[-32600, 7]]);
  expect(await codes('{"jsonrpc":"2.0","id":7,"method":1}')).toEqual([[-32600, 7]]);
  expect(await codes('{"jsonrpc":"2.0","id":7,"method":"echo","params":1}')).toEqual([[-32600, 7]]);
  expect(await codes(request('nothing'))).toEqual([[-32601, 1]]);
  expect(await codes(request('constructor'))).toEqual([[-32601, 1]]);
  expect(await codes(request('bug', {}, 'x'))).toEqual([[-32603, 'x']]);
  expect(errors).toEqual([expect.stringContaining('secret')]);
  expect((await send(path, request('bug')))[0]?.error?.message).not.toContain('secret');
  await expect(callControl(path, 'fail', {})).rejects.toMatchObject({
    code: 'refused',
    advice: 'ask another',
  });
});

test('many requests in one message or one after the other are answered in order, notifications are not', async () => {
  const { path } = await world();
  const notification = '{"jsonrpc":"2.0","method":"echo"}';
  const batch = `[${request('echo', { a: 1 })},${notification},${request('nothing', {}, 2)},3]`;
  expect((await send(path, batch)).map(({ id, error }) => [id, error?.code])).toEqual([
    [1, undefined],
    [2, -32601],
    [null, -32600],
  ]);
  expect(await send(path, `[${notification}]\n${notification}\n`)).toEqual([]);
  const lines = [3, 1, 2].map((id) => request('echo', {}, id)).join('\n');
  expect((await send(path, lines)).map(({ id }) => id)).toEqual([3, 1, 2]);
});

test('neither large requests nor many clients take more than their share', async () => {
  const { path } = await world();
  const [answer] = await send(path, request('echo', { a: 'x'.repeat(70_000) }));
  expect(answer?.error?.message).toContain('65536 bytes');
  const crowd: Socket[] = [];
  onTestFinished(() => {
    for (const socket of crowd) socket.destroy();
  });
  for (let i = 0; i < 32; i++) {
    const socket = createConnection(path);
    await once(socket, 'connect');
    crowd.push(socket);
  }
  const [refused] = await send(path, '');
  expect(refused?.error?.message).toContain('32 clients are connected');
  for (const socket of crowd.splice(0)) socket.destroy();
  await expect.poll(() => callControl(path, 'echo', {}).catch(() => null)).toEqual({});
});

test('who asks hears what is told before the answer, and is missed when he goes', async () => {
  const { path } = await world();
  const stop = new AbortController();
  const told: unknown[] = [];
  const onNotify = (params: unknown) => {
    told.push(params);
    stop.abort(new AppError('aborted', 'enough'));
  };
  await expect(callControl(path, 'slow', {}, { onNotify, signal: stop.signal })).rejects.toThrow('enough');
  expect(told).toEqual([{ percent: 50 }]);
});

test('parameters are checked, and it is said what they may be', async () => {
  const never = () => Promise.reject(new Error('not to be asked'));
  const methods = controlMethods({
    ...{ jobs: never, status: never, store: { aggregates: never }, reloadJournals: null },
    asking: { exportLive: never, publish: never, import: never, maintain: never, yield: never },
  });
  const { path } = await world(methods);
  const wrong: readonly [method: string, params: object, message: string][] = [
    ['status', { a: 1 }, 'Unrecognized key: "a"'],
    ['purge', { force: 'yes' }, 'force'],
    ['import', {}, 'from'],
    ['import', { from: '-' }, 'is an absolute path or an address'],
    ['import', { from: 'dump.json' }, 'is an absolute path or an address'],
    ['import', { from: '/dump.json', maxAgeDays: 0 }, 'maxAgeDays'],
    ['jobs.create', {}, 'work'],
    ['jobs.create', { work: { kind: 'dance' } }, 'work.kind'],
    ['jobs.create', { work: { kind: 'replay', files: [] } }, 'work.files'],
    ['jobs.create', { work: { kind: 'replay', files: ['eddn'] } }, 'is an absolute path'],
    ['jobs.create', { work: { kind: 'replay', files: ['/eddn\0'] } }, 'is an absolute path'],
    ['import', { from: '/dump.json\0' }, 'is an absolute path'],
    ['jobs.create', { work: { kind: 'backfill', from: '2026-02-30', to: '2026-03-01' } }, 'is a day'],
    ['jobs.create', { work: { kind: 'backfill', from: '0001-01-01', to: '9999-12-31' } }, '10000 days'],
    [
      'jobs.create',
      { work: { kind: 'backfill', from: '2026-03-02', to: '2026-03-01' } },
      '"to" is not before',
    ],
    ['jobs.create', { work: { kind: 'replay', files: ['/a'] }, restart: 'never' }, 'restart'],
    ['jobs.create', { work: { kind: 'replay', files: ['/a'] }, maxRestarts: -1 }, 'maxRestarts'],
    ['jobs.logs', { id: 'a', level: 'loud' }, 'level'],
    ['jobs.logs', { id: 'a', since: 'yesterday' }, 'since'],
    ['jobs.stop', { id: 1 }, 'id'],
  ];
  for (const [method, params, message] of wrong) {
    const [answer] = await send(path, request(method, params));
    expect(answer?.error?.code, message).toBe(-32602);
    expect(answer?.error?.message).toContain(message);
  }
  const missing = { work: { kind: 'replay', files: ['/no/such/file'] } };
  await expect(callControl(path, 'jobs.create', missing)).rejects.toMatchObject({ code: 'feedFile' });
});

test('a daemon that is killed while it answers has hung up', async () => {
  const path = join(tempDir(), 'control.sock');
  const server = createServer((socket) => socket.end('{"jsonrpc":"2.0","id":1,"result":{"sta')).listen(path);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  await expect(callControl(path, 'status', {})).rejects.toThrow('the daemon has hung up');
});
