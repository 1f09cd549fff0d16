import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import websocket from '@fastify/websocket';
import { WebSocket } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { nameKey } from '../../src/domain/names.ts';
import type { SiteChanges } from '../../src/infra/http/routes/assistant/changes.ts';
import { tellUpdates } from '../../src/infra/http/routes/assistant/updates.ts';
import { ask, startHttp } from '../support/http.ts';
import { contributionLine, depotLine } from '../support/journals.ts';
import { until } from '../support/until.ts';
import { bearer, LINES, SITE, SYSTEM, text, world } from '../support/assistant-world.ts';

interface Told {
  readonly type: string;
  readonly system_name: string | null;
  readonly data: { readonly construction_sites: readonly Record<string, unknown>[] } | null;
  readonly timestamp: string | null;
  readonly error: string | null;
}

/** A client as the assistant's page has one. */
async function listen(url: string, path: string, headers: Record<string, string>) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers });
  const told: Told[] = [];
  socket.addEventListener('message', ({ data }) => void told.push(JSON.parse(String(data)) as Told));
  let isClosed = false;
  socket.addEventListener('close', () => (isClosed = true));
  socket.addEventListener('error', () => undefined);
  await until(() => socket.readyState !== WebSocket.CONNECTING);
  onTestFinished(() => socket.close());
  return {
    told,
    isOpen: () => socket.readyState === WebSocket.OPEN && !isClosed,
    say: (message: object | string) =>
      socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    close: () => socket.close(),
  };
}

test('the WebSocket tells systems under both spellings, at once and with every change; a repeat is none', async () => {
  const { file, server } = await world({ lines: LINES });
  const clients = await Promise.all(
    ['/ws/colonization', '/ws/colonisation'].map((path) => listen(server.url, path, bearer('journal'))),
  );
  for (const { say, told } of clients) {
    say({ type: 'ping' });
    say('{ broken');
    say('5');
    say({ type: 'dance' });
    say({ type: 'subscribe', system_name: SYSTEM.toUpperCase() });
    await until(() => told.length === 4);
    const none = { system_name: null, data: null, timestamp: null, error: null };
    const timestamp = expect.stringMatching(/^\d{4}-.*Z$/) as string;
    expect(told).toEqual([
      { ...none, type: 'pong', timestamp },
      { ...none, type: 'error', error: 'Invalid JSON message' },
      { ...none, type: 'error', error: 'Invalid JSON message' },
      {
        ...{ ...none, type: 'update', system_name: SYSTEM.toUpperCase(), timestamp },
        data: {
          ...{ construction_sites: [SITE], total_sites: 1, completed_sites: 0 },
          ...{ in_progress_sites: 1, completion_percentage: 0 },
        },
      },
    ]);
  }
  const [first] = clients;
  if (first === undefined) throw new Error('no client');
  const provided = (told: readonly Told[]) =>
    (told.at(-1)?.data?.construction_sites[0]?.commodities as { provided_amount: number }[])[0]
      ?.provided_amount;
  const delays: number[] = [];
  for (let at = 1; at <= 10; at++) {
    const before = first.told.length;
    const sinceMs = performance.now();
    appendFileSync(file, text(contributionLine(100 + at, { steel: 1 })));
    await until(() => first.told.length > before, 1);
    delays.push(performance.now() - sinceMs);
    expect(provided(first.told)).toBe(30 + at);
  }
  const [best = Infinity] = delays.sort((a, b) => a - b);
  // The machine of a test may be busy now and then.
  expect(best).toBeLessThan(300);
  expect(clients.every(({ isOpen }) => isOpen())).toBe(true);

  // What the game repeats is no news, nor is another system; nor is anything to whoever has left.
  const second = clients[1]!;
  await until(() => second.told.length === first.told.length);
  first.say({ type: 'unsubscribe', system_name: SYSTEM });
  first.say({ type: 'ping' });
  await until(() => first.told.at(-1)?.type === 'pong');
  const [one, two] = [first.told.length, second.told.length];
  /** Told in order: what was written before has been told then, or never is. */
  const deliver = async (at: number, amount: number) => {
    appendFileSync(file, text(contributionLine(at, { steel: 1 })));
    await until(() => provided(second.told) === amount);
  };
  appendFileSync(file, text(depotLine(200, { steel: [9, 2] }, { MarketID: 3 })));
  await deliver(300, 41);
  expect([first.told.length, second.told.length]).toEqual([one, two + 1]);
  const depot = (at: number, steel: number) =>
    depotLine(at, { steel: [100, steel], aluminium: [10, 10], gold: [5, 5] });
  appendFileSync(file, text(depot(400, 41)));
  await deliver(405, 42);
  const afterDepot = second.told.length;
  expect(afterDepot).toBeLessThanOrEqual(two + 3);
  appendFileSync(file, text(depot(415, 42), depot(430, 42), depot(445, 42)));
  await deliver(450, 43);
  expect(second.told.length).toBe(afterDepot + 1);
});

test('what is asked of the database for long does not come after what has become of it', async () => {
  const { promise: slow, resolve: answer } = Promise.withResolvers<undefined>();
  let change: (systems: ReadonlySet<string>) => void = () => undefined;
  const changes = {
    follow(listener: typeof change) {
      change = listener;
      return () => undefined;
    },
  } as Partial<SiteChanges> as SiteChanges;
  // One that is complete needs no question.
  let isComplete = false;
  const tellSystem = async () => {
    const construction_sites = [{ isComplete }];
    if (!isComplete) await slow;
    return { construction_sites };
  };
  const server = await startHttp([
    (app) =>
      void app.register(async (scope) => {
        await scope.register(websocket);
        scope.get('/ws', { websocket: true }, (socket) => tellUpdates(socket, changes, tellSystem));
      }),
  ]);
  const { told, say } = await listen(server.url, '/ws', {});
  say({ type: 'subscribe', system_name: SYSTEM });
  say({ type: 'ping' });
  await until(() => told.length === 1);
  isComplete = true;
  for (let times = 0; times < 3; times++) change(new Set([nameKey(SYSTEM)]));
  say({ type: 'ping' });
  await until(() => told.filter(({ type }) => type === 'pong').length === 2);
  answer(undefined);
  const updates = () => told.filter(({ type }) => type === 'update');
  await until(() => updates().length >= 2);
  expect(updates().map(({ data }) => data?.construction_sites)).toEqual([
    [{ isComplete: false }],
    [{ isComplete: true }],
  ]);
});

test('a WebSocket takes a token, or an open door, and no page of another server', async () => {
  const closed = await world({ lines: LINES });
  for (const headers of [{}, bearer('nobody'), { ...bearer('journal'), origin: 'https://evil.example' }]) {
    const client = await listen(closed.server.url, '/ws/colonization', headers);
    expect(client.isOpen()).toBe(false);
  }
  // A page that is no WebSocket answers as always, whatever somebody would upgrade to.
  const h2 = { ...bearer('journal'), connection: 'Upgrade', upgrade: 'h2c' };
  const { status } = await ask(`${closed.server.url}/api/stats`, bearer('journal'));
  expect(status).toBe(200);
  expect((await fetchUpgrading(closed.server.url, '/api/stats', h2)).startsWith('HTTP/1.1 200')).toBe(true);
  const open = await world({ isPublic: true, lines: LINES });
  expect((await listen(open.server.url, '/ws/colonization', {})).isOpen()).toBe(true);
  const stranger = await listen(open.server.url, '/ws/colonization', { origin: 'https://evil.example' });
  expect(stranger.isOpen()).toBe(false);
});

/** What comes back for a request as it is written. */
async function fetchUpgrading(url: string, path: string, headers: Record<string, string>): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = Object.entries({ host: `${hostname}:${port}`, ...headers }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.toString();
}

test('a long poll waits for what changes, and knows when the daemon has begun anew', async () => {
  const { file, get } = await world({ lines: LINES });
  const { body: start } = await get('/changes/longpoll?timeout_s=0.05');
  const { seq } = start as { seq: number };
  expect((await get(`/changes/longpoll?since=${seq}&timeout_s=0.05`)).body).toEqual({ seq, changed: false });
  const waiting = get(`/changes/longpoll?since=${seq}&timeout_s=20`);
  appendFileSync(file, text(contributionLine(100, { steel: 1 })));
  expect((await waiting).body).toEqual({ seq: seq + 1, changed: true });
  expect((await get('/changes/longpoll?since=9999')).body).toEqual({ seq: seq + 1, changed: true });
});
