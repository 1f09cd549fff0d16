import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../test/support/random.ts';
import { startProgram } from '../../test/support/daemon.ts';
import { findRedis, RedisServer } from '../../test/support/redis-server.ts';
import { until } from '../../test/support/until.ts';
import { addStations } from '../generators/galaxy.ts';
import { stationIds } from '../generators/markets.ts';
import { TracedMessages, TRACER } from '../generators/traced-messages.ts';
import { onMariadb, startDaemon, type DaemonDatabase } from '../harness/daemon.ts';
import { Listeners, publish } from '../harness/listeners.ts';
import { cpuOf, rssMiB } from '../harness/measure.ts';
import { quantile } from '../harness/statistics.ts';
import { Unavailable, type Benchmark, type Figures } from '../harness/types.ts';

const RATE = 10;
const SECONDS = 20;
const MARKETS = 2_000;
const SERVES = 4;
/** One in a hundred watches everything, the others some markets. */
const WATCH_ALL_SHARE = 0.01;
const WATCHED = 20;
const MEASURED = 25;
const WARM_UP_S = 10;
const PATIENCE_MS = 3_000;

export const benchmark: Benchmark = {
  about:
    `From the publisher to subscribers of ${SERVES} \`tdl serve\` beside a daemon, MariaDB and a broker: ${RATE} messages/s of 49 rows ` +
    `about ${MARKETS.toLocaleString('en')} markets; one in a hundred listens to everything, the others to ${WATCHED} markets each; ${MEASURED} ` +
    'at each process are measured. Everything shares the machine. CPU 100 % is one core.',
  size: 10_000,
  unit: 'subscribers',
  rounds: 1,
  run: ({ size }) => onMariadb((database) => measure(database, Math.max(1, Math.round(size / SERVES)))),
};

async function measure(database: DaemonDatabase, each: number): Promise<Figures[]> {
  const binary = await findRedis();
  if (binary === undefined) throw new Unavailable('there is no redis-server');
  const redis = new RedisServer(binary);
  await redis.create();
  await addStations(database.execute, MARKETS);
  const config = { http_listen: '127.0.0.1:0', api_questions_per_minute: 0, broker_url: redis.url };
  const daemon = await startDaemon(database, config);
  await until(async () => {
    const { url } = await daemon.program.logged(/^http: http/);
    return (await fetch(`${String(url)}/ready`)).ok;
  }, 100);
  const serves = await Promise.all(Array.from({ length: SERVES }, () => startServe(database)));
  const messages = new TracedMessages(MARKETS);
  const crowds: Listeners[] = [];
  try {
    await publish(daemon, messages, MARKETS, 200);
    // Each has been asked something: what it keeps in memory is there.
    for (const { url } of serves) await (await fetch(`${url}/api/v1/freshness/recent`)).text();
    await publish(daemon, messages, RATE * WARM_UP_S, RATE);
    let sentAt: ReadonlyMap<number, number> = new Map();
    let first = 0;
    const costs: Cost[] = [];
    // What the first half costs is mostly what any number costs; the second tells what one more does.
    for (const half of [1, 2]) {
      for (const [at, { url }] of serves.entries())
        crowds.push(new Listeners({ url, ...crowd(each / 2, half * SERVES + at) }));
      await Promise.all(crowds.slice(-SERVES).map((listeners) => listeners.there(Math.ceil(each / 2))));
      await publish(daemon, messages, RATE * WARM_UP_S, RATE);
      first = messages.next;
      const before = cpuS(serves);
      sentAt = await publish(daemon, messages, RATE * SECONDS, RATE);
      costs.push({
        cpu: (100 * (cpuS(serves) - before)) / SECONDS,
        rssMiB: total(serves.map(({ pid }) => rssMiB(pid))),
      });
    }
    const [half, whole] = costs as [Cost, Cost];
    await sleep(PATIENCE_MS);
    const latenciesMs = crowds
      .flatMap(({ seen }) => seen.filter(([number]) => number >= first))
      .map(([number, atMs]) => atMs - (sentAt.get(number) ?? NaN));
    const subscribers = crowds.length * Math.ceil(each / 2);
    return [
      {
        name: `${subscribers.toLocaleString('en')} subscribers`,
        figures: {
          'p50 ms': quantile(latenciesMs, 0.5),
          'p99 ms': quantile(latenciesMs, 0.99),
          'measured events': latenciesMs.length,
          dropped: crowds.reduce((sum, { dropped }) => sum + dropped, 0),
          'CPU % of all serves': whole.cpu,
          'of half as many': half.cpu,
          'CPU % a 1,000 more': (2_000 * (whole.cpu - half.cpu)) / subscribers,
          'RSS MiB of a serve': whole.rssMiB / SERVES,
          'KiB one more': (2 * 1_024 * (whole.rssMiB - half.rssMiB)) / subscribers,
          ...(await brokerFigures(redis)),
        },
      },
    ];
  } finally {
    for (const listeners of crowds) listeners.leave();
    await Promise.all(serves.map(({ stop }) => stop()));
    await daemon.stop();
    await redis.destroy();
  }
}

async function startServe({ cwd, env }: DaemonDatabase) {
  const program = startProgram({ cwd, env, args: ['serve', '--listen', '127.0.0.1:0'] });
  const killIt = () => program.kill('SIGKILL');
  process.once('exit', killIt);
  const { url } = await program.logged(/^http: http/);
  return {
    url: String(url),
    pid: program.process.pid!,
    stop: async () => {
      program.kill('SIGTERM');
      await program.exit;
      process.off('exit', killIt);
    },
  };
}

interface Cost {
  readonly cpu: number;
  readonly rssMiB: number;
}

function cpuS(serves: readonly { readonly pid: number }[]): number {
  return total(serves.map(({ pid }) => cpuOf(pid)));
}

function total(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? NaN), 0);
}

function crowd(each: number, seed: number) {
  const random = new SeededRandom(seed);
  const ids = stationIds(MARKETS);
  const paths = Array.from({ length: Math.ceil(each) }, (_, at) => {
    if (at % Math.round(1 / WATCH_ALL_SHARE) === 0) return '/api/v1/stream';
    const watched = new Set(Array.from({ length: WATCHED }, () => random.pick(ids)));
    return `/api/v1/stream?markets=${[...watched].join()}`;
  });
  return {
    measured: paths.slice(0, MEASURED),
    taking: paths.slice(MEASURED),
    stuck: [],
    tracerId: TRACER.id,
  };
}

async function brokerFigures(redis: RedisServer): Promise<Record<string, number>> {
  return redis.ask(async (client) => {
    const keys = await client.zRange('tdl:markets', 0, 99);
    const sizes = await Promise.all(keys.map((id) => client.memoryUsage(`tdl:latest:${id}`)));
    const [stream, entries] = await Promise.all([
      client.memoryUsage('tdl:changes', { SAMPLES: 0 }),
      client.xLen('tdl:changes'),
    ]);
    return {
      'broker KiB a market': total(sizes) / 1_024 / sizes.length,
      'broker KiB an entry': (stream ?? NaN) / 1_024 / entries,
    };
  });
}
