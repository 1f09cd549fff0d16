/**
 * `npm run crowd -- [--idle 10000] [--half-open 2000] [--slow 800] [--pipelining 100] [--rate 100] [--seconds 60]`: the real daemon
 * under the load of all schemas, while clients that mean no good hold on to it. Prints what it takes; fails when it takes
 * more than it may, answers late, loses a message or does not export on time.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gather } from './support/crowd.ts';
import { startProgram, writeConfig } from './support/daemon.ts';
import { makeGalaxy } from './support/galaxy.ts';
import { generateLoad, loadMarkets } from './support/load.ts';
import { frame, testCatalogue } from './support/messages.ts';
import { startRelay } from './support/relay.ts';

const MOST_RSS_MIB = 400;
const MOST_HEALTH_MS = 1_000;
const EXPORT_EVERY_S = 6;
/** The time an export takes besides. */
const EXPORT_LATE_S = 6;
const FILE_BYTES = 5_000_000;

const { values } = parseArgs({
  options: {
    idle: { type: 'string', default: '10000' },
    'half-open': { type: 'string', default: '2000' },
    slow: { type: 'string', default: '800' },
    pipelining: { type: 'string', default: '100' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '60' },
  },
});
const [rate, seconds] = [Number(values.rate), Number(values.seconds)];

const dir = mkdtempSync(join(tmpdir(), 'tdl-crowd-'));
const load = {
  seed: 1,
  symbols: testCatalogue().commodities.map(({ symbol }) => symbol.toLowerCase()),
  markets: 5_000,
  // The messages' own time goes on with ten of them a second: it must not overtake the clock.
  startAtS: Math.floor(Date.now() / 1000 - (seconds * rate) / 10),
};
await makeGalaxy(join(dir, 'data/TradeDangerous.db'), [
  ...new Set(loadMarkets(load).map(({ systemName }) => systemName)),
]);
writeFileSync(join(dir, 'data/System.csv'), Buffer.alloc(FILE_BYTES, "1,'Sol'\n"));
const relay = await startRelay();
writeConfig(dir, {
  eddn_url: relay.url,
  http_listen: '127.0.0.1:0',
  whitelist: undefined,
  export_live_every_x_min: EXPORT_EVERY_S / 60,
});
const daemon = startProgram({ cwd: dir });
const url = String((await daemon.logged(/^http: http/)).url);
await relay.waitForSubscribers();

const crowd = gather({
  port: Number(new URL(url).port),
  idle: Number(values.idle),
  halfOpen: Number(values['half-open']),
  slow: Number(values.slow),
  pipelining: Number(values.pipelining),
  path: '/files/System.csv',
});
const worst = { rssMib: 0, healthMs: 0, exportAgeS: 0 };
const problems = new Set<string>();
const startMs = performance.now();
const stop = new AbortController();
const watched = watch(stop.signal);
let sent = 0;
for (const { message } of generateLoad(load)) {
  await relay.publish(frame(message));
  sent += 1;
  if (performance.now() - startMs > seconds * 1_000) break;
  await sleep(Math.max(0, (sent * 1_000) / rate - (performance.now() - startMs)));
}
stop.abort();
await watched;
crowd.leave();
daemon.kill('SIGTERM');
const { code } = await daemon.exit;
relay.close();
rmSync(dir, { recursive: true, force: true });

const received = daemon.log.findLast((line) => 'received' in line)?.received;
if (received !== sent) problems.add(`sent ${sent} messages, received ${String(received)}`);
if (code !== 0) problems.add(`exit ${code ?? 'killed'}`);
if (worst.rssMib > MOST_RSS_MIB) problems.add(`RSS beyond ${MOST_RSS_MIB} MiB`);
if (worst.healthMs > MOST_HEALTH_MS) problems.add(`/health later than ${MOST_HEALTH_MS} ms`);
if (worst.exportAgeS > EXPORT_EVERY_S + EXPORT_LATE_S) problems.add('an export was late');
console.log(
  `sent ${sent}, received ${String(received)}; most: RSS ${worst.rssMib} MiB, /health ${worst.healthMs} ms, ` +
    `export ${worst.exportAgeS.toFixed(1)} s old; answers ${JSON.stringify(Object.fromEntries(crowd.answers))}`,
);
for (const problem of problems) console.log(`FAILED: ${problem}`);
process.exitCode = problems.size === 0 ? 0 : 1;

/** On a connection of its own. */
async function page(path: string): Promise<string> {
  const answer = await fetch(url + path, { headers: { connection: 'close' } });
  if (!answer.ok) problems.add(`${path}: ${answer.status}`);
  return answer.text();
}

async function watch(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(1_000);
    const askedMs = performance.now();
    await page('/health');
    const healthMs = Math.round(performance.now() - askedMs);
    const rss = Number(/^process_resident_memory_bytes (\S+)$/m.exec(await page('/metrics'))?.[1]);
    const rssMib = Math.round(rss / 1024 ** 2);
    const { files } = JSON.parse(await page('/status')) as { files: { name: string; modified: string }[] };
    const modified = files.find(({ name }) => name === 'listings-live.csv')?.modified ?? '';
    const exportAgeS = (Date.now() - Date.parse(modified)) / 1_000;
    worst.rssMib = Math.max(worst.rssMib, rssMib);
    worst.healthMs = Math.max(worst.healthMs, healthMs);
    worst.exportAgeS = Math.max(worst.exportAgeS, exportAgeS);
    console.log(
      `${Math.round((performance.now() - startMs) / 1_000)} s: RSS ${rssMib} MiB, /health ${healthMs} ms, ` +
        `export ${exportAgeS.toFixed(1)} s old, ${crowd.connected()} connections`,
    );
  }
}
