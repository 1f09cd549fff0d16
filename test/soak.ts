/**
 * `npm run soak -- [--minutes 30] [--rate 100]`: the real daemon under the load of all schemas, and what it takes: a line a
 * minute with memory, event-loop lag and the account; at the end how memory grew in the second half.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startProgram, writeConfig } from './support/daemon.ts';
import { makeGalaxy } from './support/galaxy.ts';
import { generateLoad, loadMarkets } from './support/load.ts';
import { frame, testCatalogue } from './support/messages.ts';
import { startRelay } from './support/relay.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rate: { type: 'string', default: '100' } },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);

const dir = mkdtempSync(join(tmpdir(), 'tdl-soak-'));
const load = {
  seed: 1,
  symbols: testCatalogue().commodities.map(({ symbol }) => symbol.toLowerCase()),
  markets: 5_000,
  // The messages' own time goes on with ten of them a second: it must not overtake the clock.
  startAtS: Math.floor(Date.now() / 1000 - (minutes * 60 * rate) / 10),
};
const systems = [...new Set(loadMarkets(load).map(({ systemName }) => systemName))];
await makeGalaxy(join(dir, 'data/TradeDangerous.db'), systems);
const relay = await startRelay();
writeConfig(dir, { eddn_url: relay.url, http_listen: '127.0.0.1:18390', whitelist: undefined });
const daemon = startProgram({ cwd: dir });
await relay.waitForSubscribers();

const startMs = performance.now();
const rssMib: number[] = [];
let sent = 0;
for (const { message } of generateLoad(load)) {
  await relay.publish(frame(message));
  sent += 1;
  const dueMs = (sent * 1_000) / rate;
  const minute = Math.floor((performance.now() - startMs) / 60_000);
  if (minute > rssMib.length) await report();
  if (minute >= minutes) break;
  await sleep(Math.max(0, dueMs - (performance.now() - startMs)));
}
daemon.kill('SIGTERM');
const { code } = await daemon.exit;
relay.close();
rmSync(dir, { recursive: true, force: true });

const totals = daemon.log.findLast((line) => 'received' in line);
const half = rssMib.slice(Math.floor(rssMib.length / 2));
const growth = (half.at(-1) ?? 0) - (half[0] ?? 0);
console.log(`sent ${sent}, received ${String(totals?.received)}, exit ${code ?? 'killed'}`);
console.log(
  `RSS ${Math.min(...rssMib)} ... ${Math.max(...rssMib)} MiB; grew by ${growth} MiB in the second half`,
);
process.exitCode = code === 0 && totals?.received === sent ? 0 : 1;

async function report(): Promise<void> {
  const metrics = await (await fetch('http://127.0.0.1:18390/metrics')).text();
  const metric = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(metrics)?.[1]);
  rssMib.push(Math.round(metric('process_resident_memory_bytes') / 1024 ** 2));
  const lagMs = (metric('nodejs_eventloop_lag_p99_seconds') * 1_000).toFixed(0);
  const heapMib = (metric('nodejs_heap_size_used_bytes') / 1024 ** 2).toFixed(0);
  const { msg = '' } = daemon.log.findLast((line) => 'received' in line) ?? {};
  console.log(
    `minute ${rssMib.length}: RSS ${rssMib.at(-1)} MiB, heap ${heapMib} MiB, lag p99 ${lagMs} ms; ${msg}`,
  );
}
