import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { generateLoad } from '../../test/support/load.ts';
import { commodityMessage, frame } from '../../test/support/messages.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { plantFullGalaxy, type FullGalaxy } from '../generators/full-galaxy.ts';
import { GOODS } from '../generators/markets.ts';
import { onBoth, startDaemon, type BenchDaemon, type DaemonDatabase } from '../harness/daemon.ts';
import { peakRssMiB, rssMiB } from '../harness/measure.ts';
import { median, quantile } from '../harness/statistics.ts';
import type { Benchmark, Figures } from '../harness/types.ts';
import type { BareDatabase } from '../limits/bare-answerer.ts';
import type { Answered, Asked } from '../limits/asker.ts';

const MESSAGES_PER_S = 100;
/** Of 1,200 consecutive messages of the relay. */
const MARKET_SHARE = 0.06;
/** Of the rows of a market since it was seen last, as for its history: goods stay, units change, prices now and then. */
const NEW_PRICES = 0.2;
const QUESTIONS_PER_S = 50;
/** Of each question 2,250: of fewer the slowest hundredth is a few, and chance. */
const SECONDS = 180;
/** Asked before anything is timed: what is new to a program is not compiled yet, and a third more answers are late. */
const WARM_UP_SECONDS = 60;
/** Of the feed beside it: processes have to start, too. */
const FEED_SECONDS = WARM_UP_SECONDS + SECONDS + 30;
/** Between two looks at what is committed: no commit is told more exactly. Each takes from the machine what is measured. */
const LOOK_MS = 50;
/** Between two messages. */
const PAUSE_MS = 1_000 / MESSAGES_PER_S;
/** What is not committed so long after the last message is superseded, or lost. */
const PATIENCE_MS = 10_000;
/** MariaDB has what is asked in memory, as an SQLite file is in that of the system. */
const POOL_MIB = 5_120;
/** Of the plain statement of a question. */
const BARE_RUNS = 5;

interface Question {
  readonly name: string;
  /** Asked of a bare server, as the limit of another question. */
  readonly isBare?: true;
  readonly url: (galaxy: FullGalaxy, random: SeededRandom) => string;
  readonly maxMs?: number;
  /** The same in SQL, answered by the database alone. */
  readonly sql: (galaxy: FullGalaxy) => string;
}

const GOOD = GOODS[0]!;
const near = (ly: number) => `POW(sy.pos_x, 2) + POW(sy.pos_y, 2) + POW(sy.pos_z, 2) <= ${ly * ly}`;
const sellers = (where: string) =>
  `SELECT si.station_id FROM StationItem si JOIN Station st ON st.station_id = si.station_id
   JOIN System sy ON sy.system_id = st.system_id
   WHERE si.item_id = ${GOOD.id} AND si.supply_price > 0 AND ${where} ORDER BY si.supply_price LIMIT 100`;

const ONE_MARKET: Pick<Question, 'url' | 'sql'> = {
  url: ({ marketIds }, random) => `/markets/${marketIds[random.integer(0, marketIds.length - 1)]}`,
  sql: ({ marketIds }) =>
    `SELECT item_id FROM StationItem WHERE station_id = ${marketIds[500] ?? marketIds[0]}`,
};

const QUESTIONS: readonly Question[] = [
  { name: 'one market', ...ONE_MARKET, maxMs: 5 },
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
  { name: 'one market, of a bare server', ...ONE_MARKET, isBare: true },
];
/** The bare server's come on top of the daemon's. */
const ASKED_PER_S = (QUESTIONS_PER_S * QUESTIONS.length) / (QUESTIONS.length - 1);

export const benchmark: Benchmark = {
  about:
    `${QUESTIONS_PER_S} questions a second over HTTP for ${SECONDS / 60} minutes (after ${WARM_UP_SECONDS} s that are not counted), each when it is due, whether ` +
    'earlier ones are answered or not, until the last byte is there, while ' +
    `${MESSAGES_PER_S} mixed messages a second come in (6 % of them markets): the daemon in a process of its ` +
    'own, eight times as many stations as markets, 202 rows a market. Beside each the plain statement of the question, ' +
    'asked of the database alone before the daemon started (median of 5, cache warm), and in turn with them the same market of ' +
    'a bare server, which reads the rows by one statement and answers them as JSON. A commit is timed from the publisher.',
  size: 94_000,
  unit: 'markets',
  rounds: 1,
  run: ({ size }) => onBoth((database) => measure(database, size), POOL_MIB),
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
  const bare = startBare(database.bare);
  try {
    const base = `${await addressOf(daemon)}/api/v1`;
    const bareBase = `http://127.0.0.1:${await bare.port}`;
    const random = new SeededRandom(5);
    const rssBefore = rssMiB(daemon.pid) ?? NaN;
    const urlOf = ({ url, isBare }: Question) =>
      `${isBare ? bareBase : base}${encodeURI(url(galaxy, random))}`;
    const firstMs = await ask(QUESTIONS.map(urlOf), 1);
    const rssLoaded = rssMiB(daemon.pid) ?? NaN;
    const stop = new AbortController();
    const feed = publish(daemon, database, galaxy, stop.signal);
    const urls = Array.from({ length: ASKED_PER_S * (WARM_UP_SECONDS + SECONDS) }, (_, i) =>
      urlOf(QUESTIONS[i % QUESTIONS.length]!),
    );
    const foundMs = (await ask(urls, ASKED_PER_S)).slice(-ASKED_PER_S * SECONDS);
    stop.abort();
    const committedMs = await feed;
    return [
      ...QUESTIONS.map(({ name, maxMs }, at) => {
        const ofIt = foundMs.filter((_, i) => i % QUESTIONS.length === at);
        return {
          name: `${database.backend}, ${name}`,
          figures: {
            'p50 ms': quantile(ofIt, 0.5),
            'p99 ms': quantile(ofIt, 0.99),
            'first ms': firstMs[at]!,
            'plain SQL ms': bareMs.get(name)!,
          },
          ...(maxMs !== undefined && { below: { 'p99 ms': maxMs } }),
        };
      }),
      {
        name: `${database.backend}, the daemon`,
        figures: {
          'million rows': galaxy.rows / 1e6,
          'commit p50 ms': quantile(committedMs, 0.5),
          'commit p99 ms': quantile(committedMs, 0.99),
          'RSS before a question MiB': rssBefore,
          'RSS with the read model MiB': rssLoaded,
          'peak RSS MiB': peakRssMiB(daemon.pid) ?? NaN,
        },
        below: { 'commit p99 ms': 500 },
      },
    ];
  } finally {
    bare.stop();
    await daemon.stop();
  }
}

function startBare(database: BareDatabase) {
  const child = fork(fileURLToPath(new URL('../limits/bare-answerer.ts', import.meta.url)), { execArgv: [] });
  child.send(database);
  const port = Promise.race([once(child, 'message'), failed(child)]).then(([found]) => found as number);
  return { port, stop: () => child.kill() };
}

/** Asks from a process of its own: publishing does not keep it from noticing an answer. */
async function ask(urls: readonly string[], perSecond: number): Promise<Answered> {
  const child = fork(fileURLToPath(new URL('../limits/asker.ts', import.meta.url)), { execArgv: [] });
  child.send({ urls, perSecond } satisfies Asked);
  const [answered] = (await Promise.race([once(child, 'message'), failed(child)])) as [Answered];
  return answered;
}

async function failed(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`the asking process ended with ${String(code)}`);
}

async function addressOf({ program }: BenchDaemon): Promise<string> {
  const { msg } = await program.logged(/http:\/\/127\.0\.0\.1:\d+/);
  return /http:\/\/127\.0\.0\.1:\d+/.exec(msg)![0];
}

/** @returns how long each market took from the publisher to its committed rows, milliseconds */
async function publish(
  { relay }: BenchDaemon,
  { numbers }: DaemonDatabase,
  { marketIds, systemOf, rowsOf }: FullGalaxy,
  signal: AbortSignal,
): Promise<number[]> {
  const random = new SeededRandom(9);
  const symbols = GOODS.map(({ symbol }) => symbol.toLowerCase());
  const load = generateLoad({
    seed: 3,
    symbols,
    commodityShare: 0,
    startAtS: Math.floor(Date.now() / 1_000),
  });
  const others = Array.from(load.take(5_000), ({ message }) => frame(message));
  /** By what they have in stock of the first good, which no other market has. */
  const underWay = new Map<number, { readonly marketId: number; readonly sentMs: number }>();
  const committedMs: number[] = [];
  // Made before anything is timed: whoever sends messages to a server does so on another machine.
  const madeMs = Date.now();
  const messages = Array.from({ length: MESSAGES_PER_S * FEED_SECONDS }, (_, i) =>
    random.chance(MARKET_SHARE) ? marketMessage(i) : { bytes: others[i % others.length]! },
  );
  const looking = look();
  const startMs = performance.now();
  for (let sent = 0; !signal.aborted;) {
    const due = ((performance.now() - startMs) / 1_000) * MESSAGES_PER_S;
    for (; sent < due; sent++) {
      const message = messages[sent];
      if (message === undefined) throw new Error('the questions took longer than the feed');
      if ('stock' in message) underWay.set(message.stock, { ...message, sentMs: performance.now() });
      await relay.publish(message.bytes);
    }
    await sleep(PAUSE_MS);
  }
  await looking;
  if (committedMs.length === 0) throw new Error('of the published markets none was committed');
  return committedMs;

  async function look(): Promise<void> {
    let endMs = Infinity;
    while (!signal.aborted || (underWay.size > 0 && performance.now() < endMs)) {
      if (signal.aborted) endMs = Math.min(endMs, performance.now() + PATIENCE_MS);
      await sleep(LOOK_MS);
      if (underWay.size === 0) continue;
      const ids = [...underWay.values()].map(({ marketId }) => marketId);
      const found = await numbers(
        `SELECT supply_units FROM StationItem WHERE item_id = ${GOOD.id} AND station_id IN (${ids.join()})`,
      );
      const nowMs = performance.now();
      for (const units of found) {
        const message = underWay.get(units);
        if (message !== undefined) committedMs.push(nowMs - message.sentMs);
        underWay.delete(units);
      }
    }
  }

  /** @param i which of all messages it is */
  function marketMessage(i: number) {
    const market = random.integer(0, marketIds.length - 1);
    const marketId = marketIds[market]!;
    const stock = 1_000_000 + i;
    const message = commodityMessage({
      ...{ marketId, systemName: systemOf(market), stationName: `Port ${market}` },
      timestamp: new Date(madeMs + i * PAUSE_MS).toISOString().replace(/\.\d+Z/, 'Z'),
      commodities: rowsOf(market).map(({ good, isSold, price }) => {
        const credits = random.chance(NEW_PRICES) ? random.integer(100, 50_000) : price;
        const units = random.integer(1, 10_000);
        const sold = { buyPrice: credits, stock: good === GOOD ? stock : units, stockBracket: 2 };
        const bought = { sellPrice: credits, demand: units, demandBracket: 2 };
        return {
          ...{ name: good.symbol.toLowerCase(), meanPrice: 1_000 },
          ...{ sellPrice: 0, demand: 0, demandBracket: 0, buyPrice: 0, stock: 0, stockBracket: 0 },
          ...(isSold || good === GOOD ? sold : bought),
        };
      }),
    });
    return { bytes: frame(message), marketId, stock };
  }
}
