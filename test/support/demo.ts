/**
 * `npm run demo`: the main job end to end, without a network. A relay on the loopback sends made-up messages of
 * realistic shape, the real daemon runs in a temporary directory, the listing appears, everything stops by itself.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram, writeConfig } from './daemon.ts';
import { makeGalaxy } from './galaxy.ts';
import { generateLoad, loadMarkets } from './load.ts';
import { frame, testCatalogue } from './messages.ts';
import { startRelay } from './relay.ts';

const MESSAGES = 400;
const MESSAGES_PER_S = 40;

const say = (text: string) => console.log(text);
const dir = mkdtempSync(join(tmpdir(), 'tdl-demo-'));
const load = {
  seed: 1,
  symbols: testCatalogue().commodities.map(({ symbol }) => symbol.toLowerCase()),
  markets: 60,
  commodityShare: 0.4,
  startAtS: Math.floor(Date.now() / 1000) - 600,
};

// One system stays unknown: its markets are parked.
const systems = [...new Set(loadMarkets(load).map(({ systemName }) => systemName))].slice(1);
await makeGalaxy(join(dir, 'data/TradeDangerous.db'), systems);
const relay = await startRelay();
writeConfig(dir, {
  eddn_url: relay.url,
  export_live_every_x_min: 0.05,
  listener_processor_rate_every: 3,
  whitelist: undefined,
});
say(
  `a relay listens at ${relay.url}, a database knows ${systems.length} systems; the daemon starts in ${dir}\n`,
);

const daemon = startProgram({ cwd: dir });
let printed = 0;
const follow = setInterval(() => {
  for (const { msg } of daemon.log.slice(printed)) say(`  daemon | ${msg}`);
  printed = daemon.log.length;
}, 100);
await relay.waitForSubscribers();

let sent = 0;
for (const { message } of generateLoad(load)) {
  await relay.publish(frame(message));
  sent += 1;
  if (sent === MESSAGES) break;
  await sleep(1000 / MESSAGES_PER_S);
}
say(`\nthe relay has sent ${sent} messages of all kinds`);
await sleep(4_000);
daemon.kill('SIGTERM');
const { code } = await daemon.exit;
await sleep(200);
clearInterval(follow);
relay.close();

const listing = readFileSync(join(dir, 'tmp/listings-live.csv'), 'utf8').trimEnd().split('\n');
const totals = daemon.log.findLast((line) => 'received' in line);
say(`\nlistings-live.csv, ${listing.length - 1} rows:`);
for (const line of listing.slice(0, 5)) say(`  ${line}`);
say(
  `\nreceived ${String(totals?.received)}, written ${String(totals?.written)} markets of ${String(totals?.writtenRows)} rows,`,
);
say(
  `stale ${String(totals?.stale)}, superseded ${String(totals?.superseded)}, parked ${String(totals?.parked)}, rejected ${JSON.stringify(totals?.rejected)}`,
);
say(`the daemon ended with exit code ${code ?? 'none'}`);
rmSync(dir, { recursive: true, force: true });
process.exitCode = code === 0 && listing.length > 1 && totals?.received === MESSAGES ? 0 : 1;
