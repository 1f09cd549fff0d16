/**
 * `npm run demo`: the main job end to end, without a network. A small galaxy dump lies in a file, a relay on the loopback
 * sends made-up messages of realistic shape, the real daemon fills a new database in a temporary directory, the
 * published files appear, everything stops by itself. With `--stay` (demo-stay.ts) everything else is going on, too, until
 * somebody stops it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startProgram, writeConfig } from './daemon.ts';
import { aCommodity, aMarket, aStation, aSystem, dumpOf, spanshTime } from './dump.ts';
import { generateLoad, loadMarkets } from './load.ts';
import { frame, testCatalogue } from './messages.ts';
import { startRelay } from './relay.ts';

if (process.argv.includes('--stay')) {
  const { stay } = await import('./demo-stay.ts');
  await stay();
  process.exit();
}

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

// One system stays unknown: its markets are parked. Half of the others have a market of last week.
const byName = Map.groupBy(loadMarkets(load), ({ systemName }) => systemName);
const systems = [...byName].slice(1);
const weekAgoS = load.startAtS - 7 * 86_400;
const dump = systems.map(([name, markets], i) =>
  aSystem({
    id64: 10_000 + i,
    name,
    coords: { x: i * 32, y: -i / 32, z: 25_899.96875 },
    stations: markets.map(({ marketId, stationName }, j) =>
      aStation({
        id: marketId,
        name: stationName,
        type: 'Coriolis Starport',
        landingPads: { large: 4 },
        updateTime: spanshTime(weekAgoS),
        ...(j % 2 === 0 && { market: aMarket([aCommodity()], weekAgoS) }),
      }),
    ),
  }),
);
const dumpFile = join(dir, 'galaxy_stations.json.gz');
writeFileSync(dumpFile, gzipSync(dumpOf(...dump)));
const relay = await startRelay();
writeConfig(dir, {
  eddn_url: relay.url,
  spansh_url: dumpFile,
  export_path: './files',
  export_live_every_x_min: 0.05,
  listener_processor_rate_every: 3,
  whitelist: undefined,
});
say(`a relay listens at ${relay.url}, ${dumpFile} has ${systems.length} systems; the daemon starts\n`);

const daemon = startProgram({ cwd: dir, args: [], env: { TD_CSV: './files' } });
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

const listing = readFileSync(join(dir, 'files/listings-live.csv'), 'utf8').trimEnd().split('\n');
const totals = daemon.log.findLast((line) => 'received' in line);
say('\nthe published files:');
for (const name of readdirSync(join(dir, 'files')).sort())
  say(`  ${name}, ${statSync(join(dir, 'files', name)).size} bytes`);
say(`\nlistings-live.csv, ${listing.length - 1} rows:`);
for (const line of listing.slice(0, 5)) say(`  ${line}`);
say(
  `\nreceived ${String(totals?.received)}, written ${String(totals?.written)} markets of ${String(totals?.writtenRows)} rows,`,
);
say(
  `stale ${String(totals?.stale)}, superseded ${String(totals?.superseded)}, ever parked ${String(totals?.everParked)}, rejected ${JSON.stringify(totals?.rejected)}`,
);
say(`the daemon ended with exit code ${code ?? 'none'}`);
rmSync(dir, { recursive: true, force: true });
process.exitCode = code === 0 && listing.length > 1 && totals?.received === MESSAGES ? 0 : 1;
