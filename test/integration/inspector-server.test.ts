import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import type { Inspection, InspectionRecord } from '../../src/domain/ports/upkeep/inspection.ts';
import { createInspectorServer } from '../../src/infra/inspector/server.ts';

const NO_LOG = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {
  // Nobody listens.
}

/** A server over an inspection that records what it is told to. */
async function serve({ port = 0 } = {}) {
  const listeners = new Set<(record: InspectionRecord) => void>();
  const warnings: string[] = [];
  const followed: (number | null)[] = [];
  let detached = 0;
  let seq = 0;
  const inspection: Inspection = {
    actors: () => [],
    recent: () => [],
    pool: () => ({ states: {}, queued: 0, totals: {} }),
    context: (id) => (id === 'boss' ? { answer: 42 } : undefined),
    followed: null,
    follow: (marketId) => void followed.push(marketId),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: nothing,
  };
  const server = await createInspectorServer({
    inspection,
    charts: [{ machine: 'boss' }],
    port,
    log: { ...NO_LOG, warn: (_, message) => void warnings.push(message) },
    onDetach: () => (detached += 1),
  });
  onTestFinished(() => server.close());
  const { port: bound } = new URL(server.url);
  const ask = (
    path: string,
    {
      method = 'GET',
      headers = {},
      body,
    }: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
  ) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      request({ host: '127.0.0.1', port: bound, path, method, headers }, resolve)
        .on('error', reject)
        .end(payload);
    });
  return {
    url: server.url,
    port: Number(bound),
    close: () => server.close(),
    ask,
    record: (detail: string) => {
      seq += 1;
      for (const listener of listeners)
        listener({ kind: 'event', seq, atMs: 0, from: null, to: 'boss', type: 'x', detail });
    },
    warnings,
    followed,
    detachedTimes: () => detached,
  };
}

/** Reads a stream of server-sent events up to the first of a kind that satisfies. */
async function eventFrom(
  stream: IncomingMessage,
  kind: string,
  satisfies: (data: never) => boolean = () => true,
): Promise<unknown> {
  let rest = '';
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    const messages = (rest + String(chunk)).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const [, event, data = ''] = /^event: (.*)\ndata: (.*)$/.exec(message) ?? [];
      if (event === kind && satisfies(JSON.parse(data) as never)) return JSON.parse(data);
    }
  }
  throw new Error(`the stream ended without ${kind}`);
}

test('is reached on the loopback interface only', async () => {
  const { port } = await serve();
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  if (outside === undefined) return;
  const socket = connect(port, outside.address);
  const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
});

test.each([
  ['a foreign name that resolves here', { host: 'evil.example:8391' }],
  ['a foreign page', { origin: 'http://evil.example' }],
  ['a page of another port', { origin: 'http://127.0.0.1:1' }],
  ['what a foreign page embeds', { 'sec-fetch-site': 'cross-site' }],
  ['what a page of another port embeds', { 'sec-fetch-site': 'same-site' }],
])('refuses %s', async (_, headers) => {
  const { ask } = await serve();
  for (const path of ['/', '/stream', '/charts.json']) {
    expect((await ask(path, { headers })).statusCode).toBe(403);
  }
  expect((await ask('/detach', { method: 'POST', headers, body: {} })).statusCode).toBe(403);
});

test('takes localhost as a name of this machine', async () => {
  const { ask, port } = await serve();
  expect((await ask('/', { headers: { host: `localhost:${port}` } })).statusCode).toBe(200);
});

test.each(['none', 'same-origin'])('takes what a browser says comes from %s', async (site) => {
  const { ask } = await serve();
  expect((await ask('/', { headers: { 'sec-fetch-site': site } })).statusCode).toBe(200);
});

test('the page needs nothing but what is served here, and may load nothing else', async () => {
  const { ask } = await serve();
  const page = await ask('/');
  const html = await text(page);
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/);
  expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
  const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path ?? '');
  expect(parts.length).toBeGreaterThan(2);
  for (const path of [...parts, '/elk-worker.js']) {
    expect((await ask(path)).statusCode, path).toBe(200);
  }
});

test.each(['/../server.ts', '/package.json', '/nothing'])('%s is not there', async (path) => {
  const { ask } = await serve();
  expect((await ask(path)).statusCode).toBe(404);
});

test('tells the charts, and the context of an actor', async () => {
  const { ask } = await serve();
  expect(JSON.parse(await text(await ask('/charts.json')))).toEqual([{ machine: 'boss' }]);
  expect(JSON.parse(await text(await ask('/context?actor=boss')))).toEqual({ answer: 42 });
  expect((await ask('/context?actor=nobody')).statusCode).toBe(404);
});

test('follows a market, and none', async () => {
  const { ask, followed } = await serve();
  const post = async (body: unknown) => {
    const headers = { 'content-type': 'application/json' };
    return (await ask('/follow', { method: 'POST', headers, body })).statusCode;
  };
  expect([await post({ marketId: 128 }), await post({ marketId: null })]).toEqual([200, 200]);
  for (const marketId of ['128', -1, 1.5, 2 ** 60, undefined]) expect(await post({ marketId })).toBe(400);
  expect(followed).toEqual([128, null]);
});

test('a page may end the inspection', async () => {
  const { ask, detachedTimes } = await serve();
  await ask('/detach', { method: 'POST' });
  expect(detachedTimes()).toBe(1);
});

test('what is recorded reaches every page', async () => {
  const { ask, record } = await serve();
  const pages = [await ask('/stream?page=a'), await ask('/stream?page=b')];
  for (const page of pages) await eventFrom(page, 'hello');
  record('news');
  for (const page of pages) expect(await eventFrom(page, 'records')).toMatchObject([{ detail: 'news' }]);
});

test('a page that takes nothing is disconnected, told so when it comes back, and hurts no other', async () => {
  const { ask, record, port, warnings } = await serve();
  const slow = connect(port, '127.0.0.1');
  slow.pause();
  slow.on('error', nothing);
  slow.write(`GET /stream?page=slow HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  onTestFinished(() => void slow.destroy());
  const quick = await ask('/stream?page=quick');
  await eventFrom(quick, 'hello');

  // More than the system's own socket buffers take.
  const detail = 'x'.repeat(10_000);
  const wave = () => {
    for (let i = 0; i < 300; i += 1) record(detail);
  };
  wave();
  for (let waves = 0; warnings.length === 0; waves += 1) {
    expect(waves).toBeLessThan(100);
    await eventFrom(quick, 'records');
    wave();
  }
  expect(warnings).toEqual([expect.stringMatching(/did not keep up/)]);

  record('the last');
  await eventFrom(quick, 'records', (records: { detail: string }[]) =>
    records.some((told) => told.detail === 'the last'),
  );
  const [slowAgain, other] = [await ask('/stream?page=slow'), await ask('/stream?page=other')];
  expect(await eventFrom(slowAgain, 'hello')).toMatchObject({ dropped: true });
  expect(await eventFrom(other, 'hello')).toMatchObject({ dropped: false });
});

test('takes a limited number of pages', async () => {
  const { ask } = await serve();
  for (let i = 0; i < 8; i += 1) expect((await ask(`/stream?page=${i}`)).statusCode).toBe(200);
  expect((await ask('/stream?page=9')).statusCode).toBe(503);
});

test('its end is told to the pages, and waits for none', async () => {
  const { ask, close } = await serve();
  const page = await ask('/stream?page=a');
  await eventFrom(page, 'hello');
  const told = eventFrom(page, 'detached');
  await close();
  await told;
});

test('takes another port when its own is taken', async () => {
  const first = await serve();
  const second = await serve({ port: first.port });
  expect(second.port).not.toBe(first.port);
  expect((await second.ask('/')).statusCode).toBe(200);
});
