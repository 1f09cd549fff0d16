import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../test/support/random.ts';
import { addStations } from '../generators/galaxy.ts';
import { freshMarkets, groupsOf, laterMarkets } from '../generators/markets.ts';
import { TracedMessages, TRACER } from '../generators/traced-messages.ts';
import { onBoth, startDaemon, type BenchDaemon, type DaemonDatabase } from '../harness/daemon.ts';
import { createGalaxy, type BenchServer } from '../harness/mariadb.ts';
import { cpuOf, costOf, peakRssMiB } from '../harness/measure.ts';
import { quantile } from '../harness/statistics.ts';
import type { Benchmark, Figures, RunOptions } from '../harness/types.ts';
import { upserts } from '../limits/mariadb-writes.ts';

const RATES = [10, 100, 1_000];
/** What learning costs shows beside a daemon that does not. */
const DAEMONS = [
  { name: '', config: {}, rates: RATES },
  { name: ', learning off', config: { learn: [] }, rates: [100] },
];
/** Seen in turn: at the highest rate every two seconds. */
const MARKETS = 2_000;
/** How often the database is asked what it has: no latency is told more exactly. At high rates the answers are long. */
const pollMs = (rate: number) => Math.max(10, rate / 10);
/** Messages that are not in the database so long after the last one were replaced by newer ones of their market. */
const PATIENCE_MS = 5_000;

export const benchmark: Benchmark = {
  about:
    'From the publisher to committed rows: a relay, the daemon in a process of its own, and the database, asked every ' +
    '10 ms what it has (every 100 ms at 1,000/s). Messages of 49 rows about 2,000 markets that all have rows. At ' +
    '1,000/s on MariaDB beside the stations/s of a bare loop of multi-row upserts on the same server in the same run, ' +
    'half as long before it and after it. The galaxy is learned from the messages, as it is by default, unless told.',
  size: 60,
  unit: 's a rate',
  rounds: 1,
  run: (options) => onBoth((database) => measure(database, options)),
};

async function measure(database: DaemonDatabase, options: RunOptions): Promise<Figures[]> {
  await addStations(database.execute, MARKETS);
  const messages = new TracedMessages(MARKETS);
  const results: Figures[] = [];
  for (const { name, config, rates } of DAEMONS) {
    const daemon = await startDaemon(database, config);
    try {
      const feed = new TracedFeed(daemon, database, messages);
      results.push(...(await measureRates(feed, daemon, database, options, { name, rates })));
    } finally {
      await daemon.stop();
    }
  }
  return results;
}

async function measureRates(
  feed: TracedFeed,
  daemon: BenchDaemon,
  { backend, server }: DaemonDatabase,
  { size, onlyOurs }: RunOptions,
  { name, rates }: { readonly name: string; readonly rates: readonly number[] },
): Promise<Figures[]> {
  const results: Figures[] = [];
  // Every market gets its rows, and what is compiled when it is hot is hot.
  await feed.drive(MARKETS, 500);
  for (const rate of rates) {
    const bareBefore =
      rate === RATES.at(-1) && server !== null && !onlyOurs ? await bareLoop(server, size / 2) : null;
    const cpuBefore = cpuOf(daemon.pid) ?? NaN;
    const { latenciesMs, seconds, maxPending, sent } = await feed.drive(Math.ceil(rate * size), rate);
    const cpuS = (cpuOf(daemon.pid) ?? NaN) - cpuBefore;
    const bare = bareBefore === null ? null : (bareBefore + (await bareLoop(server!, size / 2))) / 2;
    results.push({
      name: `${backend}, ${rate.toLocaleString('en')} messages/s${name}`,
      figures: {
        'p50 ms': quantile(latenciesMs, 0.5),
        'p99 ms': quantile(latenciesMs, 0.99),
        'max ms': Math.max(...latenciesMs),
        'committed/s': latenciesMs.length / seconds,
        superseded: sent - latenciesMs.length,
        'most pending': maxPending,
        'CPU %': (100 * cpuS) / seconds,
        'peak RSS MiB': peakRssMiB(daemon.pid) ?? NaN,
        ...(bare !== null && { 'bare loop stations/s': bare }),
      },
      ...(rate === 100 && { below: { 'p99 ms': 500 } }),
    });
  }
  return results;
}

/** Publishes numbered messages, and sees when each is in the database. */
class TracedFeed {
  readonly #daemon: BenchDaemon;
  readonly #database: DaemonDatabase;
  readonly #messages: TracedMessages;

  constructor(daemon: BenchDaemon, database: DaemonDatabase, messages: TracedMessages) {
    this.#daemon = daemon;
    this.#database = database;
    this.#messages = messages;
  }

  /** @param count messages, so many a second. Those that a newer one of their market replaced have no latency */
  async drive(count: number, rate: number) {
    const first = this.#messages.next;
    // They are all made before the first one is due.
    const startMs = Date.now() + 200 + count / 2;
    const frames = Array.from({ length: count }, (_, i) =>
      this.#messages.frame(startMs + (i / rate) * 1_000),
    );
    await sleep(Math.max(0, startMs - Date.now()));
    const linesBefore = this.#daemon.program.log.length;
    const sentAt: number[] = [];
    const publishing = (async () => {
      const start = performance.now();
      while (sentAt.length < count) {
        const due = Math.min(count, Math.ceil(((performance.now() - start) / 1_000) * rate));
        while (sentAt.length < due) {
          sentAt.push(performance.now());
          await this.#daemon.relay.publish(frames[sentAt.length - 1]!);
        }
        await sleep(2);
      }
    })();
    const seenAt = new Map<number, number>();
    let newest = first - 1;
    let lastNews = performance.now();
    while (newest < first + count - 1 || seenAt.size < count) {
      await sleep(pollMs(rate));
      // Others may still be behind the newest one, but not by more than every market's newest.
      const found = await this.#database.numbers(
        `SELECT demand_price FROM StationItem WHERE item_id = ${TRACER.id} AND demand_price > 0
           AND demand_price >= ${Math.max(first, newest - MARKETS)}`,
      );
      const now = performance.now();
      for (const number of found) {
        if (seenAt.has(number)) continue;
        seenAt.set(number, now);
        newest = Math.max(newest, number);
        lastNews = now;
      }
      if (sentAt.length === count && now > Math.max(lastNews, sentAt.at(-1)!) + PATIENCE_MS) break;
    }
    await publishing;
    return {
      latenciesMs: [...seenAt].map(([number, at]) => at - sentAt[number - first]!),
      seconds: (lastNews - sentAt[0]!) / 1_000,
      maxPending: this.#maxPending(linesBefore),
      sent: count,
    };
  }

  /** Of the lines of counters, of which there is one a second. */
  #maxPending(fromLine: number): number {
    const lines = this.#daemon.program.log.slice(fromLine);
    return Math.max(0, ...lines.flatMap(({ pending }) => (typeof pending === 'number' ? pending : [])));
  }
}

/**
 * For as long as it takes the server to tidy up behind it as well.
 * @returns stations a second that multi-row upserts write which change every row
 */
async function bareLoop({ server }: BenchServer, seconds: number): Promise<number> {
  const { database, store, connection } = await createGalaxy(server);
  await store.close();
  try {
    await addStations((sql) => connection.query(sql), MARKETS);
    const writer = upserts(connection);
    const markets = freshMarkets(MARKETS);
    for (const group of groupsOf(markets, 100)) await writer.insert(group);
    await writer.settle();
    const later = groupsOf(laterMarkets(markets, 1, new SeededRandom(4)), 100);
    const rounds = [later, groupsOf(markets, 100)];
    let stations = 0;
    const { wallS } = await costOf(async () => {
      const start = performance.now();
      for (let round = 0; performance.now() - start < seconds * 1_000; round++)
        for (const group of rounds[round % 2]!) {
          await writer.update(group);
          stations += group.length;
        }
    });
    await writer.settle();
    return stations / wallS;
  } finally {
    connection.destroy();
    await server.dropDatabase(database);
  }
}
