import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from '../../test/support/random.ts';
import { until } from '../../test/support/until.ts';
import { addStations } from '../generators/galaxy.ts';
import { stationIds } from '../generators/markets.ts';
import { TracedMessages, TRACER } from '../generators/traced-messages.ts';
import { onBoth, startDaemon, type DaemonDatabase } from '../harness/daemon.ts';
import { cpuOf, peakRssMiB } from '../harness/measure.ts';
import { quantile } from '../harness/statistics.ts';
import type { Benchmark, Figures } from '../harness/types.ts';
import { Listeners, publish } from '../harness/listeners.ts';
import type { Crowd } from '../limits/listeners.ts';

const RATE = 100;
const MARKETS = 2_000;
const WATCH_ALL = 90;
/** Of those who watch everything; the others take it without looking. */
const MEASURED = 10;
const WATCH_SOME = 900;
const WATCHED = 20;
const STUCK = 10;
/** What is compiled when it is hot is hot, and what a stuck reader's buffers take is taken. */
const WARM_UP_S = 10;
const PATIENCE_MS = 5_000;

export const benchmark: Benchmark = {
  about:
    `From the publisher to subscribers: ${RATE} messages/s of 49 rows about ${MARKETS.toLocaleString('en')} markets; ` +
    `${WATCH_ALL + WATCH_SOME + STUCK} listen to \`/api/v1/stream\`, of whom ${WATCH_ALL} watch everything (${MEASURED} of them are ` +
    `measured), ${WATCH_SOME} ${WATCHED} markets each (all measured), and ${STUCK} take nothing and come again when they are ` +
    'dropped. Publisher, daemon and subscribers share the machine. CPU 100 % is one core.',
  size: 60,
  unit: 's',
  rounds: 1,
  run: ({ size }) => onBoth((database) => measure(database, size)),
};

async function measure(database: DaemonDatabase, seconds: number): Promise<Figures[]> {
  await addStations(database.execute, MARKETS);
  const daemon = await startDaemon(database, { http_listen: '127.0.0.1:0', api_questions_per_minute: 0 });
  const { url } = await daemon.program.logged(/^http: http/);
  await until(async () => (await fetch(`${String(url)}/ready`)).ok, 100);
  const messages = new TracedMessages(MARKETS);
  const listeners = new Listeners({ url: String(url), ...crowd() });
  try {
    // Every market is there, so that it is told as what has changed of it.
    await publish(daemon, messages, MARKETS, 400);
    await listeners.there(WATCH_ALL + WATCH_SOME + STUCK);
    await publish(daemon, messages, RATE * WARM_UP_S, RATE);
    const first = messages.next;
    const cpuBefore = cpuOf(daemon.pid) ?? NaN;
    const sentAt = await publish(daemon, messages, RATE * seconds, RATE);
    const cpuS = (cpuOf(daemon.pid) ?? NaN) - cpuBefore;
    await sleep(PATIENCE_MS);
    const seen = listeners.seen.filter(([number]) => number >= first);
    const latenciesMs = seen.map(([number, atMs]) => atMs - (sentAt.get(number) ?? NaN));
    return [
      {
        name: `${database.backend}, ${RATE} messages/s`,
        figures: {
          'p50 ms': quantile(latenciesMs, 0.5),
          'p99 ms': quantile(latenciesMs, 0.99),
          'max ms': latenciesMs.reduce((most, each) => Math.max(most, each), 0),
          'measured events': seen.length,
          'dropped but for the stuck': listeners.dropped,
          'CPU %': (100 * cpuS) / seconds,
          'peak RSS MiB': peakRssMiB(daemon.pid) ?? NaN,
        },
        below: { 'p99 ms': 700 },
      },
    ];
  } finally {
    listeners.leave();
    await daemon.stop();
  }
}

function crowd(): Omit<Crowd, 'url'> {
  const random = new SeededRandom(9);
  const ids = stationIds(MARKETS);
  const all = Array.from({ length: WATCH_ALL }, () => '/api/v1/stream');
  const some = Array.from({ length: WATCH_SOME }, () => {
    const watched = new Set(Array.from({ length: WATCHED }, () => random.pick(ids)));
    return `/api/v1/stream?markets=${[...watched].join()}`;
  });
  return {
    measured: [...all.slice(0, MEASURED), ...some],
    taking: all.slice(MEASURED),
    stuck: Array.from({ length: STUCK }, () => '/api/v1/stream'),
    tracerId: TRACER.id,
  };
}
