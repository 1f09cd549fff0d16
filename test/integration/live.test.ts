import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startProgram, writeConfig, type Program } from '../support/daemon.ts';
import { expectedListing, makeGalaxy, marketRows, withDatabase } from '../support/galaxy.ts';
import { startHere } from '../support/here.ts';
import { commodity, commodityMessage, FDEVIDS_DIR, frame } from '../support/messages.ts';
import { expectedMarkets, itemIdsFrom } from '../support/oracle.ts';
import { createRandom } from '../support/load.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { times } from '../support/times.ts';
import { until } from '../support/until.ts';

const SYSTEMS = ['Sol', 'Alioth', 'Achenar'];
const GOODS = ['gold', 'silver', 'platinum', 'palladium', 'hydrogenfuel'];
const KILLS = times(4, 20);
/** A second from receipt, and what writing may take on a busy machine. */
const PROMISE_MS = 1_400;
const START_S = Date.parse('2026-05-01T12:00:00Z') / 1000;

interface Daemon {
  readonly program: Program;
  readonly relay: Relay;
  readonly database: string;
  readonly cwd: string;
  /** Until the daemon has heard so many messages and holds none (`waitingFor`: nor is any parked). */
  quiet: (received: number, waitingFor?: readonly string[]) => Promise<void>;
}

/** For what a daemon does in a second or two. */
const PATIENCE_MS = 60_000;

async function startDaemon(config: Record<string, unknown> = {}): Promise<Daemon> {
  const cwd = tempDir();
  const relay = await startRelay();
  const database = join(cwd, 'data/TradeDangerous.db');
  await makeGalaxy(database, SYSTEMS);
  writeConfig(cwd, { eddn_url: relay.url, listener_processor_rate_every: 1, ...config });
  const program = startHere({ cwd });
  onTestFinished(async () => {
    await program.end();
    relay.close();
  });
  await relay.waitForSubscribers();
  return {
    program,
    relay,
    database,
    cwd,
    async quiet(received, waitingFor = ['parked']) {
      const giveUpAt = performance.now() + PATIENCE_MS;
      for (;;) {
        const rate = program.log.findLast((line) => 'pending' in line);
        const waits = ['pending', 'deferred', 'spooled', ...waitingFor].some((gauge) => rate?.[gauge] !== 0);
        if (rate?.received === received && !waits) return;
        if (performance.now() > giveUpAt)
          throw new Error(`of ${received} messages: ${JSON.stringify(program.log.slice(-5))}`);
        await sleep(50);
      }
    },
  };
}

/** A market's history: whole snapshots (some of them empty), no two in one second. */
const history = fc.uniqueArray(
  fc.record({
    second: fc.integer({ min: 0, max: 3_600 }),
    goods: fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...GOODS), price: fc.integer({ min: 1, max: 9_999 }) }),
      {
        selector: ({ name }) => name,
        maxLength: GOODS.length,
      },
    ),
  }),
  { selector: ({ second }) => second, minLength: 1, maxLength: 6 },
);

const scenario = fc.record({
  markets: fc.array(history, { minLength: 20, maxLength: 40 }),
  seed: fc.integer(),
});

function messagesOf(markets: { second: number; goods: { name: string; price: number }[] }[][]): unknown[] {
  return markets.flatMap((snapshots, i) =>
    snapshots.map(({ second, goods }) =>
      commodityMessage({
        marketId: 128_000_000 + i,
        stationName: `Station ${i}`,
        systemName: SYSTEMS[i % SYSTEMS.length],
        timestamp: new Date((START_S + second) * 1000).toISOString().replace('.000', ''),
        commodities: goods.map(({ name, price }) => commodity(name, { sellPrice: price })),
      }),
    ),
  );
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

/** What the messages come to in time order: a clear counts, because its market is known by then. */
function inTimeOrder(messages: readonly unknown[]) {
  const newestEmpty = new Map<number, number>();
  const time = (message: unknown) =>
    Date.parse((message as { message: { timestamp: string } }).message.timestamp);
  const body = (message: unknown) =>
    (message as { message: { marketId: number; commodities: unknown[] } }).message;
  for (const message of messages) {
    const { marketId, commodities } = body(message);
    if (commodities.length === 0)
      newestEmpty.set(marketId, Math.max(newestEmpty.get(marketId) ?? 0, time(message)));
  }
  const rows = expectedMarkets(messages, itemIdsFrom(FDEVIDS_DIR), new Set(SYSTEMS));
  return rows.filter((row) => Date.parse(`${row.modified}Z`) > (newestEmpty.get(row.station_id) ?? 0));
}

describe('the daemon on a real relay', () => {
  test('ends in the same content whatever the order, with duplicates and late copies', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ markets, seed }) => {
        const { relay, database, quiet, program } = await startDaemon();
        const messages = messagesOf(markets);
        const random = createRandom(seed);
        const duplicates = messages.filter(() => random() < 0.1);
        const once = [...messages, ...duplicates];
        // Twice, each time in another order: the second pass is full of late copies.
        const published = [...shuffled(once, random), ...shuffled(once, random)];
        for (const message of published) await relay.publish(frame(message));
        await quiet(published.length);

        expect(marketRows(database)).toEqual(inTimeOrder(messages));
        program.kill('SIGTERM');
        expect((await program.exit).code).toBe(0);
        relay.close();
      }),
      // Looking for the smallest example would take longer than the test may.
      { numRuns: times(3, 5), endOnFailure: true },
    );
  }, 240_000);

  test('publishes the live listing as soon as there is something, byte for byte by the rules', async () => {
    const { relay, database, cwd, program } = await startDaemon({ export_live_every_x_min: 0.02 });
    for (let i = 0; i < 30; i += 1) await relay.publish(frame(commodityMessage({ marketId: 1_000 + i })));
    await program.logged(/listings-live\.csv: 60 rows of 30 stations/);

    const listing = readFileSync(join(cwd, 'tmp/listings-live.csv'), 'utf8');
    expect(listing).toBe(expectedListing(marketRows(database), true));
  });

  test('keeps what arrives while its system is unknown, and writes it when the system is there', async () => {
    const { relay, database, cwd, program, quiet } = await startDaemon();
    await relay.publish(frame(commodityMessage({ systemName: 'Nowhere Yet' })));
    await quiet(1, []);
    expect(marketRows(database)).toEqual([]);
    program.kill('SIGTERM');
    await program.exit;

    withDatabase(database, (db) =>
      db.exec(
        "INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (77, 'Nowhere Yet', 0, 0, 0)",
      ),
    );
    const again = startHere({ cwd });
    await until(() => marketRows(database).length > 0);
    again.kill('SIGTERM');
    expect((await again.exit).code).toBe(0);
  });

  test('after kill -9 at random moments nothing accepted a second before is missing', async () => {
    const cwd = tempDir();
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    const database = join(cwd, 'data/TradeDangerous.db');
    await makeGalaxy(database, SYSTEMS);
    writeConfig(cwd, {
      eddn_url: relay.url,
      listener_processor_rate_every: 1,
      export_live_every_x_min: 0.02,
    });
    const random = createRandom(Number(process.env.TDL_TEST_SEED ?? Date.now()));
    /** Per market: the newest observation sent, and the newest that must survive every kill so far. */
    const sent = new Map<number, number>();
    const safe = new Map<number, number>();
    let second = 0;

    for (let round = 0; round < KILLS; round += 1) {
      const program = startProgram({ cwd });
      await relay.waitForSubscribers();
      const told: { readonly market: number; readonly atS: number }[] = [];
      const rates = () => program.log.filter((line) => 'pending' in line);
      let killAtMs = Infinity;
      while (Date.now() < killAtMs) {
        const market = 500 + Math.floor(random() * 200);
        second += 1;
        const atS = START_S + second;
        const timestamp = new Date(atS * 1000).toISOString().replace('.000', '');
        await relay.publish(
          frame(commodityMessage({ marketId: market, stationName: `M${market}`, timestamp })),
        );
        sent.set(market, atS);
        told.push({ market, atS });
        await sleep(4);
        if (killAtMs === Infinity && rates().some(({ received }) => Number(received) > 0))
          killAtMs = Date.now() + PROMISE_MS + 100 + random() * 900;
      }
      // What it said it had received, as long before as it promises; how late it was at that, it may be at writing, too.
      const said = rates().map(({ time, received }) => ({ atMs: Date.parse(String(time)), received }));
      const lateMs = Math.max(0, ...said.slice(1).map(({ atMs }, i) => atMs - said[i]!.atMs - 1_000));
      const safeUntilMs = Date.now() - PROMISE_MS - lateMs;
      const received = said.findLast(({ atMs }) => atMs < safeUntilMs)?.received ?? 0;
      for (const { market, atS } of told.slice(0, Number(received))) safe.set(market, atS);
      program.kill('SIGKILL');
      await program.exit;
      await relay.waitForSubscribers(0);
    }
    const last = startHere({ cwd });
    const settled = () => {
      const rate = last.log.findLast((line) => 'pending' in line);
      return rate?.pending === 0 && rate.spooled === 0 && rate.deferred === 0;
    };
    await until(settled);
    last.kill('SIGTERM');
    expect((await last.exit).code).toBe(0);
    expect(safe.size).toBeGreaterThan(0);

    const rows = marketRows(database);
    const stored = new Map(rows.map((row) => [row.station_id, Date.parse(`${row.modified}Z`) / 1000]));
    const lost = [...safe].filter(([market, at]) => (stored.get(market) ?? 0) < at);
    expect(lost).toEqual([]);
    expect([...stored].filter(([market, at]) => at > (sent.get(market) ?? 0))).toEqual([]);
    const exported = readFileSync(join(cwd, 'tmp/listings-live.csv'), 'utf8');
    expect(exported.endsWith('\n')).toBe(true);
    expect(
      new Set(
        exported
          .trimEnd()
          .split('\n')
          .map((line) => line.split(',').length),
      ),
    ).toEqual(new Set([10]));
  }, 240_000);
});
