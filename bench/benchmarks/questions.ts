import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { generateLoad } from '../../test/support/load.ts';
import { commodityMessage, frame } from '../../test/support/messages.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { plantFullGalaxy, type FullGalaxy } from '../generators/full-galaxy.ts';
import { GOODS, ROWS } from '../generators/markets.ts';
import { onBoth, startDaemon, type BenchDaemon, type DaemonDatabase } from '../harness/daemon.ts';
import { peakRssMiB, rssMiB } from '../harness/measure.ts';
import { median, quantile } from '../harness/statistics.ts';
import type { Benchmark, Figures } from '../harness/types.ts';

const MESSAGES_PER_S = 100;
/** Of 1,200 consecutive messages of the relay. */
const MARKET_SHARE = 0.06;
const QUESTIONS_PER_S = 50;
const SECONDS = 60;
/** Of the plain statement of a question. */
const BARE_RUNS = 5;

interface Question {
  readonly name: string;
  readonly url: (galaxy: FullGalaxy, random: SeededRandom) => string;
  readonly maxMs: number;
  /** The same in SQL, answered by the database alone. */
  readonly sql: (galaxy: FullGalaxy) => string;
}

const GOOD = GOODS[0]!;
const near = (ly: number) => `POW(sy.pos_x, 2) + POW(sy.pos_y, 2) + POW(sy.pos_z, 2) <= ${ly * ly}`;
const sellers = (where: string) =>
  `SELECT si.station_id FROM StationItem si JOIN Station st ON st.station_id = si.station_id
   JOIN System sy ON sy.system_id = st.system_id
   WHERE si.item_id = ${GOOD.id} AND si.supply_price > 0 AND ${where} ORDER BY si.supply_price LIMIT 100`;

const QUESTIONS: readonly Question[] = [
  {
    name: 'one market',
    url: ({ marketIds }, random) => `/markets/${marketIds[random.integer(0, marketIds.length - 1)]}`,
    maxMs: 5,
    sql: ({ marketIds }) =>
      `SELECT item_id FROM StationItem WHERE station_id = ${marketIds[500] ?? marketIds[0]}`,
  },
  {
    name: 'best 100 sellers within 50 ly',
    url: () => `/commodities/${GOOD.name}/sellers?near=System 0&within=50&limit=100&maxAge=30d`,
    maxMs: 50,
    sql: () => sellers(near(50)),
  },
  {
    name: 'best 100 sellers of the galaxy',
    url: () => `/commodities/${GOOD.name}/sellers?limit=100&maxAge=30d`,
    maxMs: 100,
    sql: () => sellers('1 = 1'),
  },
  {
    name: 'stale markets within 100 ly',
    url: (_, random) => `/freshness/stale?near=System ${random.integer(0, 9)}&within=100&limit=100`,
    maxMs: 100,
    sql: () =>
      `SELECT st.station_id, (SELECT modified FROM StationItem WHERE station_id = st.station_id LIMIT 1) AS seen
       FROM System sy JOIN Station st ON st.system_id = sy.system_id
       WHERE st.market = 'Y' AND ${near(100)} ORDER BY seen LIMIT 100`,
  },
];

export const benchmark: Benchmark = {
  about:
    `${QUESTIONS_PER_S} questions a second over HTTP for a minute, whether earlier ones are answered or not, while ` +
    `${MESSAGES_PER_S} mixed messages a second come in (6 % of them markets of 49 rows): the daemon in a process of its ` +
    'own, eight times as many stations as markets, 202 rows a market. Beside each the plain statement of the question, ' +
    'asked of the database alone before the daemon started (median of 5, cache warm).',
  size: 94_000,
  unit: 'markets',
  rounds: 1,
  run: ({ size }) => onBoth((database) => measure(database, size)),
};

async function measure(database: DaemonDatabase, markets: number): Promise<Figures[]> {
  const galaxy = await plantFullGalaxy(database, markets);
  const bareMs = new Map<string, number>();
  for (const { name, sql } of QUESTIONS) {
    const runs: number[] = [];
    for (let i = 0; i <= BARE_RUNS; i++) {
      const startMs = performance.now();
      await database.numbers(sql(galaxy));
      if (i > 0) runs.push(performance.now() - startMs);
    }
    bareMs.set(name, median(runs));
  }
  const daemon = await startDaemon(database, { http_listen: '127.0.0.1:0', api_questions_per_minute: 0 });
  const agent = new Agent({ connections: 64, pipelining: 1 });
  try {
    const base = `${await addressOf(daemon)}/api/v1`;
    const ask = async (path: string): Promise<number> => {
      const startMs = performance.now();
      const { statusCode, body } = await request(`${base}${encodeURI(path)}`, { dispatcher: agent });
      const text = await body.text();
      if (statusCode !== 200) throw new Error(`${path}: ${statusCode} ${text.slice(0, 200)}`);
      return performance.now() - startMs;
    };
    const random = new SeededRandom(5);
    const rssBefore = rssMiB(daemon.pid) ?? NaN;
    const firstMs: Record<string, number> = {};
    for (const { name, url } of QUESTIONS) firstMs[name] = await ask(url(galaxy, random));
    const rssLoaded = rssMiB(daemon.pid) ?? NaN;
    const stop = new AbortController();
    const feed = publish(daemon, galaxy, stop.signal);
    const found = new Map<string, number[]>(QUESTIONS.map(({ name }) => [name, []]));
    const asked: Promise<void>[] = [];
    const startMs = performance.now();
    for (let i = 0; i < QUESTIONS_PER_S * SECONDS; i++) {
      const dueMs = startMs + (i * 1_000) / QUESTIONS_PER_S;
      await sleep(Math.max(0, dueMs - performance.now()));
      const { name, url } = QUESTIONS[i % QUESTIONS.length]!;
      asked.push(ask(url(galaxy, random)).then((ms) => void found.get(name)!.push(ms)));
    }
    await Promise.all(asked);
    stop.abort();
    await feed;
    return [
      ...QUESTIONS.map(({ name, maxMs }) => ({
        name: `${database.backend}, ${name}`,
        figures: {
          'p50 ms': quantile(found.get(name)!, 0.5),
          'p99 ms': quantile(found.get(name)!, 0.99),
          'first ms': firstMs[name]!,
          'plain SQL ms': bareMs.get(name)!,
        },
        below: { 'p99 ms': maxMs },
      })),
      {
        name: `${database.backend}, the daemon`,
        figures: {
          'million rows': galaxy.rows / 1e6,
          'RSS before a question MiB': rssBefore,
          'RSS with the read model MiB': rssLoaded,
          'peak RSS MiB': peakRssMiB(daemon.pid) ?? NaN,
        },
      },
    ];
  } finally {
    await agent.close();
    await daemon.stop();
  }
}

async function addressOf({ program }: BenchDaemon): Promise<string> {
  const { msg } = await program.logged(/http:\/\/127\.0\.0\.1:\d+/);
  return /http:\/\/127\.0\.0\.1:\d+/.exec(msg)![0];
}

async function publish(
  { relay }: BenchDaemon,
  { marketIds, systemOf }: FullGalaxy,
  signal: AbortSignal,
): Promise<void> {
  const random = new SeededRandom(9);
  const symbols = GOODS.map(({ symbol }) => symbol.toLowerCase());
  const load = generateLoad({
    seed: 3,
    symbols,
    commodityShare: 0,
    startAtS: Math.floor(Date.now() / 1_000),
  });
  const others = Array.from(load.take(5_000), ({ message }) => frame(message));
  const startMs = performance.now();
  for (let sent = 0; !signal.aborted;) {
    const due = ((performance.now() - startMs) / 1_000) * MESSAGES_PER_S;
    for (; sent < due; sent++) {
      const isMarket = random.chance(MARKET_SHARE);
      await relay.publish(isMarket ? marketFrame() : others[sent % others.length]!);
    }
    await sleep(5);
  }

  function marketFrame(): Uint8Array {
    const market = random.integer(0, marketIds.length - 1);
    const offset = random.integer(1, GOODS.length - ROWS);
    const goods = [GOODS[0]!, ...GOODS.slice(offset, offset + ROWS - 1)];
    return frame(
      commodityMessage({
        ...{ marketId: marketIds[market]!, systemName: systemOf(market), stationName: `Port ${market}` },
        timestamp: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
        commodities: goods.map(({ symbol }) => ({
          ...{ name: symbol.toLowerCase(), meanPrice: 1_000, sellPrice: 0, demand: 0, demandBracket: 0 },
          ...{ buyPrice: random.integer(100, 50_000), stock: random.integer(1, 10_000), stockBracket: 2 },
        })),
      }),
    );
  }
}
