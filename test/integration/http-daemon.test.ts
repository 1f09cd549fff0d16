import { createServer } from 'node:net';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LISTINGS_HEADER } from '../../src/infra/store/shared/listing.ts';
import { TABLE_FILES } from '../../src/domain/ports/store/galaxy-store.ts';
import { checkPublishedSet } from '../support/client-rules.ts';
import { writeConfig } from '../support/daemon.ts';
import { aCommodity, aMarket, aStation, aSystem, dumpOf, spanshTime } from '../support/dump.ts';
import { makeGalaxy } from '../support/galaxy.ts';
import { ask } from '../support/http.ts';
import { startHere } from '../support/here.ts';
import { daemonIn, type Body, type HttpDaemon } from '../support/http-daemon.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { TradeDangerousClient } from '../support/trade-dangerous-client.ts';

async function daemonWith(config: Record<string, unknown>): Promise<HttpDaemon> {
  const cwd = tempDir();
  writeConfig(cwd, { http_listen: '127.0.0.1:0', ...config });
  return daemonIn(cwd, undefined, startHere);
}

async function relayForTest(): Promise<Relay> {
  const relay = await startRelay();
  onTestFinished(() => relay.close());
  return relay;
}

/** `name{labels}` -> value. */
async function metrics(url: string): Promise<Map<string, number>> {
  const { status, headers, bytes } = await ask(`${url}/metrics`);
  expect(status).toBe(200);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, series = line, value] = /^([a-z0-9_]+(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      expect(Number(value), line).not.toBeNaN();
      return [series, Number(value)];
    }),
  );
}

test.each([
  [true, /^text\/html/, /<script type="module" src="\/portal\/page\.js">/],
  [false, /^application\/json/, /"pages":\{/],
])('what is at / with `api` %s', async (api, type, content) => {
  const { url } = await daemonWith({ api });
  const { headers, bytes } = await ask(`${url}/`);
  expect(headers['content-type']).toMatch(type);
  expect(bytes.toString()).toMatch(content);
  expect((await ask(`${url}/portal/page.js`)).status).toBe(api ? 200 : 404);
});

describe('health and readiness', () => {
  test('it is alive at once, and ready when database and feed are there', async () => {
    const relay = await relayForTest();
    relay.close();
    const { until, json } = await daemonWith({ eddn_url: relay.url });
    expect(await json('/health')).toMatchObject({
      status: 200,
      body: { ok: true, version: expect.stringMatching(/^\d/) },
    });
    const { reasons } = await until(
      '/ready',
      ({ body }) => body.reasons.length === 1 && body.reasons[0]!.startsWith('feed'),
    );
    expect(reasons[0]).toMatch(/^feed: (attached\.connecting|backingOff: no connection)/);
    expect((await json('/ready')).status).toBe(503);
    await relay.restart();
    expect(await until('/ready', ({ status }) => status === 200)).toEqual({ ready: true, reasons: [] });
  });

  test('it says so when the database is held by another program, and when it is back', async () => {
    const relay = await relayForTest();
    const cwd = tempDir();
    const file = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(file, ['Sol']);
    const holder = new DatabaseSync(file);
    onTestFinished(() => {
      if (holder.isOpen) holder.close();
    });
    holder.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    writeConfig(cwd, {
      eddn_url: relay.url,
      http_listen: '127.0.0.1:0',
      listener_db_backoff_min: 0.1,
      listener_db_backoff_cap: 0.2,
    });
    // It waits for the file while it is asked.
    const { until, json } = await daemonIn(cwd, undefined, (options) =>
      startHere({ ...options, threads: true }),
    );
    const { reasons } = await until(
      '/ready',
      ({ body }) => body.reasons[0]?.startsWith('database: unavailable') === true,
    );
    expect(reasons).toEqual([
      expect.stringMatching(/^database: unavailable: .*TradeDangerous\.db/),
      'files: missing listings-live.csv',
    ]);
    expect((await json('/health')).status).toBe(200);
    const { actors } = (await json('/status')).body;
    expect(actors.find(({ name }) => name === 'writer')).toMatchObject({
      counters: { attempt: expect.any(Number) },
      lastError: { active: true, message: expect.stringMatching(/TradeDangerous\.db/) },
    });
    holder.close();
    await until('/ready', ({ status }) => status === 200);
  });

  test('while it drains it is alive and not ready', async () => {
    const relay = await relayForTest();
    const cwd = tempDir();
    const file = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(file, ['Sol']);
    writeConfig(cwd, { eddn_url: relay.url, http_listen: '127.0.0.1:0' });
    const { program, json, until } = await daemonIn(cwd, undefined, startHere);
    await relay.waitForSubscribers();
    await until('/ready', ({ status }) => status === 200);
    const holder = new DatabaseSync(file);
    onTestFinished(() => {
      if (holder.isOpen) holder.close();
    });
    holder.exec('BEGIN IMMEDIATE');
    await relay.publish(frame(commodityMessage()));
    await until('/status', ({ body }) => body.totals.accepted === 1);
    program.kill('SIGTERM');
    await until('/ready', ({ body }) => body.reasons[0]?.startsWith('system: draining') === true);
    expect(await json('/health')).toMatchObject({ status: 200, body: { ok: true, failure: null } });
    holder.close();
    expect((await program.exit).code).toBe(0);
  });

  test('a download that runs when it ends arrives whole', async () => {
    const relay = await relayForTest();
    const { program, url, cwd, until } = await daemonWith({ eddn_url: relay.url });
    // More than sockets hold.
    const bytes = Buffer.alloc(16_000_000, 'listings');
    writeFileSync(join(cwd, 'tmp/listings.csv'), bytes);
    await until('/ready', ({ status }) => status === 200);
    const { body } = await request(`${url}/files/listings.csv`);
    const parts = body[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
    const received = [(await parts.next()).value];
    program.kill('SIGTERM');
    await program.logged(/SIGTERM: stopping/);
    const sinceMs = performance.now();
    try {
      for (let next = await parts.next(); next.done !== true; next = await parts.next())
        received.push(next.value);
      expect(Buffer.concat(received.map((part) => part ?? Buffer.alloc(0))).equals(bytes)).toBe(true);
    } catch (error) {
      // Whoever takes longer than two seconds is cut off, and so is a slow machine.
      if (performance.now() - sinceMs < 2_000) throw error;
    }
    expect((await program.exit).code).toBe(0);
  });
});

describe('status and metrics', () => {
  test('tell every actor, the totals, the database and the files', async () => {
    const relay = await relayForTest();
    const cwd = tempDir();
    await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
    writeConfig(cwd, { eddn_url: relay.url, http_listen: '127.0.0.1:0', export_live_every_x_min: 0.02 });
    const { until, url, json } = await daemonIn(cwd, undefined, startHere);
    await relay.waitForSubscribers();
    await until('/ready', ({ status }) => status === 200);
    for (const marketId of [1, 2, 3]) await relay.publish(frame(commodityMessage({ marketId })));
    await relay.publish(frame(commodityMessage({ header: { softwareName: 'Nobody' } })));
    await until('/status', ({ body }) => body.totals.written === 3 && body.totals.received === 4);

    // A slow machine spools what a write took too long for, and forgets it a moment later.
    const status = await until(
      '/status',
      ({ body }) =>
        body.files.length === 1 &&
        body.markets.spooled === 0 &&
        body.database !== null &&
        body.actors.some(({ name, state }) => name === 'catalogue' && state === 'ready'),
    );
    expect(status).toMatchObject({
      version: expect.stringMatching(/^\d/),
      notReady: [],
      totals: { received: 4, accepted: 3, written: 3, rejected: { 'software not whitelisted': 1 } },
      markets: { pending: 0, deferred: 0, queued: 0, spooled: 0, parked: 0 },
      newestSnapshot: { observedAt: '2026-05-01T12:00:00.000Z' },
      files: [{ name: 'listings-live.csv', bytes: expect.any(Number), ageS: expect.any(Number) }],
    });
    const actors = Object.fromEntries(status.actors.map((actor) => [actor.name, actor]));
    expect(actors).toMatchObject({
      supervisor: { state: 'running' },
      catalogue: { state: 'ready', counters: { commodities: expect.any(Number) } },
      writer: {
        state: expect.stringMatching(/^(idle|gathering|writing)$/),
        incarnations: 1,
        lastError: null,
      },
      exporter: {},
      listener: {
        state: 'attached.live.receiving',
        lastEvent: { type: 'feed.heard' },
        due: [{ timer: 'silenceTimeout' }],
      },
      'guardian of writer': { state: expect.stringMatching(/^up/) },
    });
    for (const actor of status.actors) {
      expect(Date.parse(actor.since)).toBeGreaterThan(Date.now() - 60_000);
      expect(actor.events).toBeGreaterThan(0);
    }
    // Counted once, when the status was first asked for: at most every 30 s.
    const { database } = (await json('/status')).body;
    expect(database).toMatchObject({ totalRows: expect.any(Number), readAt: expect.any(String) });

    expect((await metrics(url)).has('tdl_read_model_bytes')).toBe(false);
    expect((await ask(`${url}/api/v1/freshness/recent`)).status).toBe(200);
    const series = await metrics(url);
    expect(series.get('tdl_read_model_entries{kind="markets"}')).toBe(3);
    expect(series.get('tdl_read_model_bytes')).toBeGreaterThan(100);
    expect(series.get('tdl_ready')).toBe(1);
    expect(series.get('tdl_messages_received_total')).toBe(4);
    expect(series.get('tdl_snapshots_total{fate="written"}')).toBe(3);
    expect(series.get('tdl_rejected_total{reason="software not whitelisted"}')).toBe(1);
    expect(series.get('tdl_markets{place="pending"}')).toBe(0);
    expect(series.get('tdl_actor_state{actor="supervisor",state="running"}')).toBe(1);
    expect(series.get('tdl_file_bytes{file="listings-live.csv"}')).toBeGreaterThan(0);
    expect(series.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
    expect(series.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
    expect([...series.keys()].some((key) => key.startsWith('tdl_build_info{version="'))).toBe(true);
  });
});

describe('listening', () => {
  test('a port in use is one clear line at the start, exit 2', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: `127.0.0.1:${port}` });
    const { code, stderr } = await startHere({ cwd }).exit;
    expect(code).toBe(2);
    expect(stderr.trim()).toMatch(
      /^HTTP cannot listen on 127\.0\.0\.1:\d+: another program listens there.*set http_listen/,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  test('IPv6 works, and null means no HTTP', async () => {
    const six = await daemonWith({ http_listen: '[::1]:0' });
    expect(six.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await six.json('/health')).status).toBe(200);
    const cwd = tempDir();
    writeConfig(cwd, { http_listen: null });
    const program = startHere({ cwd });
    await program.logged(/database:/);
    program.kill('SIGTERM');
    await program.exit;
    expect(program.log.filter(({ msg }) => msg.startsWith('http:'))).toEqual([]);
  });
});

describe('a Trade Dangerous client', () => {
  test('loads the whole set from the running daemon, skips what did not change, and gets what did', async () => {
    const nowS = Math.floor(Date.now() / 1000);
    const market = aMarket([aCommodity()], nowS - 3_000);
    const station = aStation({ market, updateTime: spanshTime(nowS - 2_000) });
    const cwd = tempDir();
    const dump = join(cwd, 'galaxy.json');
    writeFileSync(dump, dumpOf(aSystem({ date: spanshTime(nowS - 2_000), stations: [station] })));
    const relay = await relayForTest();
    writeConfig(cwd, {
      eddn_url: relay.url,
      spansh_url: dump,
      http_listen: '127.0.0.1:0',
      export_live_every_x_min: 0.02,
    });
    const { url, until } = await daemonIn(cwd, [], startHere);
    await relay.waitForSubscribers();
    await until('/status', ({ body }) => body.files.some(({ name }) => name === 'listings.csv'));
    const send = (price: number, timeS: number) =>
      relay.publish(
        frame(
          commodityMessage({
            marketId: 128_016_640,
            stationName: 'Galileo',
            timestamp: new Date(timeS * 1000).toISOString(),
            commodities: [
              {
                name: 'gold',
                meanPrice: 9,
                buyPrice: 0,
                stock: 0,
                stockBracket: 0,
                sellPrice: price,
                demand: 7,
                demandBracket: 3,
              },
            ],
          }),
        ),
      );
    await send(1_000, nowS - 100);
    const live = (body: Body) => body.files.find(({ name }) => name === 'listings-live.csv');
    // From the start it is there, with nothing but its header.
    const hasRows = (body: Body) => (live(body)?.bytes ?? 0) > LISTINGS_HEADER.length;
    const first = live(await until('/status', ({ body }) => hasRows(body)));

    const client = new TradeDangerousClient(`${url}/files/`, join(cwd, 'client'));
    const names = [...TABLE_FILES.v12.map((table) => `${table}.csv`), 'listings.csv', 'listings-live.csv'];
    for (const name of names) expect([name, await client.download(name)]).toEqual([name, 'downloaded']);
    expect(checkPublishedSet(client.dir, 'v12')).toEqual([]);
    for (const name of names) expect([name, await client.download(name)]).toEqual([name, 'skipped']);

    await send(2_000, nowS - 50);
    await until('/status', ({ body }) => live(body)?.modified !== first?.modified);
    for (const name of names) {
      const expected = name === 'listings-live.csv' ? 'downloaded' : 'skipped';
      expect([name, await client.download(name)]).toEqual([name, expected]);
    }
    expect(checkPublishedSet(client.dir, 'v12')).toEqual([]);

    // A client that finds a part of the set is not served.
    await until('/ready', ({ status }) => status === 200);
    for (const name of ['System.csv', 'Upgrade.csv']) rmSync(join(cwd, 'data', name));
    const { reasons } = await until('/ready', ({ status }) => status === 503);
    expect(reasons).toEqual(['files: missing System.csv, Upgrade.csv']);
  });
});
