/** Takes the pictures of docs/inspector.md and docs/http.md: `npm run docs:screenshots`. Needs a Chromium on PATH. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { CHROMIUM_ARGS, findChromium } from '../test/support/chromium.ts';
import { startProgram, writeConfig } from '../test/support/daemon.ts';
import { makeGalaxy } from '../test/support/galaxy.ts';
import { sendCommanders, startLivingGalaxy } from '../test/support/living-galaxy.ts';
import { commodityMessage, frame } from '../test/support/messages.ts';
import { startRelay } from '../test/support/relay.ts';

const MARKET = 128_666_762;

/** Name, scheme, address, size of the window, and what is to be there. */
const PORTAL = [
  ['overview', 'light', '', 1280, 900, '.tile .sparkline'],
  ['map', 'dark', '?view=map&span=110&turn=20,62', 1280, 900, '.overlay .name'],
  ['find', 'dark', '?view=find&commodity=Tritium&minPad=L', 1280, 900, 'tbody tr'],
  ['commodity', 'light', '?view=commodity&name=Gold', 1280, 1250, '.plot canvas'],
  ['system', 'light', '?view=system', 1280, 900, '.pile tbody tr'],
  ['scout', 'light', '?view=scout&crew=3', 1280, 1150, '.flights tbody tr'],
  ['builds', 'dark', '?view=builds&by=cheapest&capacity=784', 1280, 1150, 'tbody progress'],
  ['operate', 'light', '?view=operate', 1280, 1150, '.log li'],
  ['phone', 'dark', '?view=stale', 390, 844, 'tbody tr'],
  ['phone-map', 'light', '?view=map&span=60', 390, 844, '.overlay .name'],
] as const;

const executablePath = findChromium();
if (executablePath === null) throw new Error('needs a Chromium (apt-get install chromium)');
const cwd = mkdtempSync(join(tmpdir(), 'tdl-'));
const relay = await startRelay();
writeConfig(cwd, { eddn_url: relay.url });
await makeGalaxy(join(cwd, 'data/TradeDangerous.db'), ['Sol']);
const program = startProgram({ cwd, args: ['--no-update', '--inspect=0'] });
await relay.waitForSubscribers();
const { url } = await program.logged(/^inspector: http/);
const browser = await puppeteer.launch({
  executablePath,
  args: CHROMIUM_ARGS,
  defaultViewport: { width: 1400, height: 820 },
});
try {
  const page = await browser.newPage();
  const shoot = async (name: string, scheme: 'light' | 'dark') => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await page.waitForSelector('#chart .current');
    await sleep(500);
    await page.screenshot({ path: fileURLToPath(new URL(name, import.meta.url)) });
  };
  await page.goto(String(url));
  await page.waitForSelector('#connection.live');
  let sent = 0;
  const flow = setInterval(() => {
    sent += 1;
    const timestamp = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const marketId = sent % 7 === 0 ? MARKET : sent;
    void relay.publish(frame(commodityMessage({ marketId, timestamp })));
  }, 80);
  await sleep(1_500);
  await page.click('#clear');
  await sleep(3_000);
  await page.click('[data-actor="supervisor/listener/child"]');
  await page.waitForSelector('#chart [data-state="attached.live.receiving"].current');
  await shoot('inspector-tree.png', 'light');
  await page.type('#follow input', String(MARKET));
  await page.click('#follow button');
  await page.waitForSelector(`[data-actor="station-${MARKET}"]`);
  await page.waitForSelector('#chart [data-state="writing"]');
  await page.type('#search', 'work.');
  await sleep(1_500);
  await page.click('#pause');
  await page.focus('#search');
  await page.keyboard.press('Enter');
  await shoot('inspector-follow.png', 'dark');
  clearInterval(flow);
  await shootPortal();
} finally {
  await browser.close();
  program.kill('SIGTERM');
  await program.exit;
  relay.close();
  rmSync(cwd, { recursive: true, force: true });
}

async function shootPortal(): Promise<void> {
  const galaxy = await startLivingGalaxy({
    ...{ systems: 700, stations: 2_000, reachLy: 120, messagesPerS: 10, stopEveryS: 20 },
    ...{ historyDays: 7, recorded: 500 },
  });
  try {
    // The page shows what is not for everybody, too.
    const keep = `sessionStorage.setItem('tdl-token', ${JSON.stringify(galaxy.token)})`;
    await sendCommanders(galaxy);
    for (const [name, scheme, view, width, height, there] of PORTAL) {
      const page = await browser.newPage();
      await page.setViewport({ width, height });
      await page.evaluateOnNewDocument(keep);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await page.goto(`${galaxy.url}/${view}`);
      await page.waitForSelector(there);
      // The rate of messages is taken over some seconds; the picture of the map comes with its markets.
      await sleep(view === '' ? 30_000 : 3_000);
      await page.screenshot({ path: fileURLToPath(new URL(`portal-${name}.png`, import.meta.url)) });
      await page.close();
    }
  } finally {
    await galaxy.stop();
  }
}
