import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { TourPlanner } from '../../src/domain/ports/commanders/tour-planner.ts';
import type { Queries } from '../../src/domain/ports/store/queries.ts';
import type { Routes } from '../../src/infra/http/app.ts';
import { healthRoutes } from '../../src/infra/http/routes/health.ts';
import { homeRoutes } from '../../src/infra/http/routes/home.ts';
import { portalRoutes } from '../../src/infra/http/routes/portal.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { statusRoutes } from '../../src/infra/http/routes/status.ts';
import { testApart } from '../support/apart.ts';
import { ask, serveFiles, silentLog, startHttp } from '../support/http.ts';

const AT = '2026-05-01T12:00:00.000Z';
const ABOUT = { version: '1.2.3', startedAt: AT, uptimeS: 5 };
const TROUBLE = 'database: unavailable: root@db.internal: /srv/td/TradeDangerous.db is locked';
const STATUS = {
  ...ABOUT,
  notReady: [TROUBLE],
  actors: [
    {
      name: 'writer',
      state: 'unavailable',
      since: AT,
      lastEvent: { type: 'tick', at: AT },
      events: 1,
      transitions: 1,
      incarnations: 1,
      counters: { attempt: 2 },
      lastError: { message: TROUBLE, at: AT, active: true },
      due: [{ timer: 'retry', at: AT }],
    },
  ],
  totals: {
    received: 1,
    accepted: 1,
    learned: 0,
    taken: {},
    restored: 0,
    written: 0,
    writtenRows: 0,
    stale: 0,
    superseded: 0,
    spilled: 0,
    everParked: 0,
    parkedDropped: 0,
    deferrals: 0,
    rejected: { 'software not whitelisted': 1 },
    rejectedRows: {},
  },
  held: 1,
  markets: { pending: 1, deferred: 0, queued: 0, spooled: 0, parked: 0 },
  maintenance: { purge: AT, optimize: null },
  newestSnapshot: null,
  database: null,
  relay: null,
  days: [{ day: '2026-11-27', missingS: 90, isReplayed: false }],
  history: null,
  leadership: null,
  files: [{ name: 'listings.csv', bytes: 1, modified: AT, ageS: 3 }],
};

const pages: Routes[] = [
  (app) => homeRoutes(app, { version: '1.2.3' }),
  (app) =>
    healthRoutes(app, {
      health: () => ({ ok: false, failure: TROUBLE, ...ABOUT }),
      notReady: () => [TROUBLE, 'feed: silent'],
    }),
  (app) => statusRoutes(app, { status: () => STATUS }),
];

async function json(url: string, headers: Record<string, string> = {}): Promise<Record<string, unknown>> {
  return JSON.parse((await ask(url, headers)).bytes.toString()) as Record<string, unknown>;
}

/** As it is written: clients mend an address before they send it. */
async function raw(base: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  socket.end(request);
  return text(socket);
}

/** Everything the pages tell. */
async function told(base: string, headers: Record<string, string> = {}): Promise<string> {
  const all = await Promise.all(['/health', '/ready', '/status'].map((path) => ask(base + path, headers)));
  return all.map(({ bytes }) => bytes.toString()).join('\n');
}

test('the first page says what is there', async () => {
  const { url } = await startHttp(pages);
  const { version, pages: listed } = await json(`${url}/`);
  expect(version).toBe('1.2.3');
  for (const path of ['/health', '/ready', '/status']) expect(listed).toHaveProperty([path]);
});

test('the page and all it consists of: nothing inline, kept by browsers, compressed', async () => {
  const { url } = await startHttp([portalRoutes]);
  const seen = new Set<string>();
  // A view is loaded when it is looked at, by its name.
  const views = readdirSync(new URL('../../src/pages/portal/views/', import.meta.url));
  const waiting = ['/', ...views.map((name) => `/portal/views/${name}`)];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const { status, headers, bytes } = await ask(url + path);
    expect([path, status]).toEqual([path, 200]);
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).not.toMatch(/unsafe|\*|http|data:/);
    expect((await ask(url + path, { 'if-none-match': headers.etag ?? '' })).status).toBe(304);
    const text = bytes.toString();
    for (const [, link = ''] of text.matchAll(
      /(?:href=|src=|from )["']((?:\/portal|\.{1,2})\/[^"']+\.(?:js|css|svg))["']/g,
    )) {
      waiting.push(new URL(link, url + path).pathname);
    }
  }
  expect(seen).toContain('/portal/preact.js');
  expect(seen).toContain('/portal/style.css');
  expect(seen.size).toBeGreaterThan(12);
  const { headers } = await ask(`${url}/portal/style.css`, { 'accept-encoding': 'gzip' });
  expect(headers['content-encoding']).toBe('gzip');
  expect((await ask(`${url}/portal/answers.d.ts`)).status).toBe(404);
  expect((await ask(`${url}/`, {}, 'POST')).status).toBe(405);
});

test.each([
  ['gzip;q=0.1, identity;q=1', undefined],
  ['gzip;q=0, *', undefined],
  ['*;q=0.1, identity', undefined],
  ['br;q=1, gzip;q=0.5', 'gzip'],
  ['x-gzip', 'gzip'],
  ['*', 'gzip'],
])('the page is sent to "%s" as it is liked best', async (accepted, encoding) => {
  const { url } = await startHttp([portalRoutes]);
  const { headers } = await ask(`${url}/portal/style.css`, { 'accept-encoding': accepted });
  expect(headers['content-encoding']).toBe(encoding);
});

test('an answer is what its schema says, whole', async () => {
  const { url } = await startHttp(pages);
  expect(await json(`${url}/status`)).toEqual(STATUS);
});

test('an answer that is not what its schema says is told in the log and never sent', async () => {
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (_: unknown, message: string) => void warnings.push(message) };
  const schema = { response: { 200: z.object({ count: z.int() }) } };
  const { url } = await startHttp([(app) => void app.get('/broken', { schema }, () => ({ count: NaN }))], {
    log,
  });
  const { status, bytes } = await ask(`${url}/broken`);
  expect([status, bytes.toString()]).toEqual([500, '{"error":"internal error"}']);
  expect(warnings).toEqual([expect.stringMatching(/schema.*count/s)]);
});

test('a request that is not what its schema says is told what is wrong', async () => {
  const schema = { querystring: z.object({ within: z.coerce.number().positive() }) };
  const { url } = await startHttp([(app) => void app.get('/near', { schema }, (request) => request.query)]);
  expect(await json(`${url}/near?within=5`)).toEqual({ within: 5 });
  expect((await ask(`${url}/near?within=far`)).status).toBe(400);
  expect(await json(`${url}/near?within=far`)).toEqual({ error: expect.stringMatching(/^query "within": /) });
});

test.each([
  ['GET /files/%zz', 400, 'the address is malformed'],
  ['GET /%', 400, 'the address is malformed'],
  ['GET /nothing', 404, 'no such page'],
  [`GET /files/${'x'.repeat(500)}`, 404, 'no such page'],
  ['POST /', 405, 'only GET, HEAD here'],
  ['OPTIONS /status?x=1', 405, 'only GET, HEAD here'],
  ['PROPFIND /status', 405, 'only GET, HEAD here'],
  ['GET /files/../status', 404, 'no such page'],
  ['PROPFIND /nothing', 404, 'no such page'],
])('%s is %i with a reason', async (line, status, error) => {
  const { url } = await startHttp([...pages]);
  const answer = await raw(url, `${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer.split('\r\n\r\n')[1]).toBe(JSON.stringify({ error }));
});

test('this machine is told everything', async () => {
  const { url } = await startHttp(pages);
  const { port } = new URL(url);
  for (const host of [`127.0.0.1:${port}`, 'localhost', '[::1]:80']) {
    expect((await told(url, { host })).split(TROUBLE)).toHaveLength(5);
  }
});

test.each([
  ['a name that anybody can give to this address', { host: 'evil.example:8390' }],
  ['a proxy for another machine', { 'x-forwarded-for': '203.0.113.9' }],
  ['a proxy for a liar', { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' }],
  ['a proxy for who knows whom', { 'x-forwarded-for': 'unknown' }],
])('%s: parts and states, but no host, path or database', async (_, headers) => {
  const { url } = await startHttp(pages);
  expect(await told(url, headers)).not.toMatch(/srv|db\.internal|locked/);
  expect(await json(`${url}/ready`, headers)).toEqual({ ready: false, reasons: ['database', 'feed'] });
  expect(await json(`${url}/health`, headers)).toMatchObject({ ok: false, failure: 'see the log' });
  expect(await json(`${url}/status`, headers)).toMatchObject({
    notReady: ['database'],
    actors: [{ state: 'unavailable', lastError: { message: null, active: true } }],
  });
});

test('whoever asks from this machine by its outer address is no stranger', async () => {
  const outer = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  if (outer === undefined) return;
  const { url } = await startHttp(pages, { host: outer.address });
  expect(await told(url)).toMatch(/TradeDangerous\.db/);
  // `localhost` is a name of the loopback only.
  expect(await told(url, { host: 'localhost' })).not.toMatch(/TradeDangerous\.db/);
});

test('files are open to pages of any origin, what is not public is not', async () => {
  const files = await serveFiles({});
  const origin = { origin: 'https://td.example' };
  const preflight = {
    ...origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'range',
  };
  for (const [method, path, status] of [
    ['GET', '/files/nothing/here', 404],
    ['POST', '/files/listings.csv', 405],
  ] as const) {
    expect(await ask(files.url + path, origin, method), path).toMatchObject({
      status,
      headers: { 'access-control-allow-origin': '*', 'cache-control': 'no-store' },
    });
  }
  for (const path of ['/files/', '/files/listings.csv']) {
    expect((await ask(files.url + path, origin)).headers['access-control-allow-origin']).toBe('*');
    expect(await ask(files.url + path, preflight, 'OPTIONS')).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'range' },
    });
  }
  const { url } = await startHttp(pages);
  for (const path of ['/', '/ready', '/status', '/nothing']) {
    expect((await ask(url + path, origin)).headers).not.toHaveProperty('access-control-allow-origin');
  }
});

test('the API is open to pages of any origin, limits a client, and says when to ask again', async () => {
  const { url } = await startHttp([
    (app) =>
      apiRoutes(app, {
        queries: { replicaLag: () => Promise.resolve(null) } as Partial<Queries> as Queries,
        commodities: () => [],
        now: () => 0,
        planner: {} as TourPlanner,
        travelTimes: TRAVEL_TIMES,
        questionsPerMinute: 2,
        version: '1.2.3',
      }),
  ]);
  const question = () => ask(`${url}/api/v1/openapi.json`, { origin: 'https://td.example' });
  expect([(await question()).status, (await question()).status]).toEqual([200, 200]);
  const { status, headers, bytes } = await question();
  expect(status).toBe(429);
  expect(headers).toMatchObject({
    'access-control-allow-origin': '*',
    'retry-after': expect.stringMatching(/^\d+$/),
  });
  expect(JSON.parse(bytes.toString())).toEqual({ error: expect.stringMatching(/^too many questions/) });
  expect(await ask(`${url}/api/v1/systems`, {}, 'POST')).toMatchObject({
    status: 405,
    headers: { allow: 'GET, HEAD, OPTIONS', 'access-control-allow-origin': '*' },
  });
  expect(await ask(`${url}/api/v1/nothing`)).toMatchObject({
    status: 404,
    headers: { 'access-control-allow-origin': '*' },
  });
});

testApart('nothing of HTTP is loaded before it is wanted', () => {
  const loaded = execFileSync(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { createRequire } from 'node:module';
     await import('./src/cli/daemon/daemon.ts');
     console.log(...Object.keys(createRequire(import.meta.url).cache));`,
  ]).toString();
  expect(loaded).toMatch(/node_modules\/zeromq\//);
  expect(loaded).not.toMatch(/node_modules\/(@?fastify|find-my-way|avvio|prom-client)\//);
});

testApart(
  'the schema compilers of fastify, and a broker, WebSockets and metrics nobody asked for, are never loaded',
  () => {
    const loaded = execFileSync(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { createRequire } from 'node:module';
     const { createHttpApp } = await import('./src/infra/http/app.ts');
     const { routesOf } = await import('./src/app/ports/routes.ts');
     const { outboxPorts, tellHealth } = await import('./src/app/ports/broker.ts');
     const base = { config: { generation: 'auto', brokerUrl: null }, log: {}, paths: { exportDir: '', csvDir: '', tmpDir: '' } };
     const system = { done: new Promise(() => undefined) };
     const app = await createHttpApp(console, await routesOf(base, system, { about: { version: '1' }, api: { questionsPerMinute: 9 }, colonisation: null }));
     await app.ready();
     if ((await outboxPorts(base)) !== null || (await tellHealth(base)) !== null) process.exit(1);
     console.log((await app.inject('/files/')).statusCode, ...Object.keys(createRequire(import.meta.url).cache));
     process.exit();`,
    ]).toString();
    expect(loaded).toMatch(/^200 .*node_modules\/fastify\//);
    expect(loaded).not.toMatch(
      /node_modules\/(@redis|ajv|prom-client|ws\/|@fastify\/(ajv|fast-json|swagger|static|websocket))/,
    );
  },
);
