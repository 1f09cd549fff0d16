/**
 * `npm run pages -- [--markets 94000] [--minutes 60] [--rounds 5]`: the pages of the real daemon in a real Chromium that draws
 * without a GPU, under 100 messages/s. Prints how long each page takes to paint, how soon the map of so many markets can be moved
 * and how smoothly, and what the map takes after an hour; fails when that is more than it may be.
 */
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { CHROMIUM_ARGS, findChromium } from './support/chromium.ts';
import { startPortal } from './support/portal-world.ts';

const PAGES = [
  '',
  '?view=map',
  '?view=find',
  '?view=goods',
  '?view=commodity&name=Gold',
  '?view=system',
  '?view=stale',
  '?view=markets',
];
const MOST_PAINT_MS = 1_000;
const MOST_READY_MS = 2_000;
const LEAST_FRAMES_PER_S = 30;
/** Near, in bins, and all of the galaxy. */
const SPANS_LY = [60, 250, 700, 3_000];
const MOVING_MS = 3_000;
const MOST_GROWTH = 1.1;
const WARM_UP_MS = 60_000;

const { values } = parseArgs({
  options: {
    markets: { type: 'string', default: '94000' },
    minutes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '5' },
  },
});
const [markets, minutes, rounds] = [Number(values.markets), Number(values.minutes), Number(values.rounds)];
const executablePath = findChromium();
if (executablePath === null) throw new Error('needs a Chromium (apt-get install chromium)');

const failures: string[] = [];
const tell = (what: string, value: number, unit: string, isGood: boolean) => {
  console.log(
    `${what.padEnd(46)} ${value.toFixed(value < 100 ? 1 : 0).padStart(8)} ${unit}${isGood ? '' : '  TOO MUCH'}`,
  );
  if (!isGood) failures.push(what);
};
const median = (each: readonly number[]) =>
  [...each].sort((a, b) => a - b)[Math.floor(each.length / 2)] ?? NaN;

/** In a profile of its own, so that nothing is cached. */
async function inNewPage<T>(browser: Browser, path: string, use: (page: Page) => Promise<T>): Promise<T> {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(`${world.url}/${path}`);
    return await use(page);
  } finally {
    await context.close();
  }
}

/** Milliseconds from the request to the first heading or picture of the page itself. */
const painted = (page: Page) =>
  page.evaluate(`new Promise((resolve) => {
    const look = () => document.querySelector('main h1') === null ? requestAnimationFrame(look) : requestAnimationFrame(() => resolve(performance.now()));
    look();
  })`) as Promise<number>;

/** Milliseconds from the request until all markets are painted and the page listens. */
const ready = (page: Page) =>
  page.evaluate(`new Promise((resolve) => {
    const look = () => /^[\\d,]+ markets$/.test(document.querySelector('.map .told')?.textContent ?? '') ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now()))) : requestAnimationFrame(look);
    look();
  })`) as Promise<number>;

/** Frames a second while a key moves the picture in every frame. */
const moving = (page: Page) =>
  page.evaluate(`new Promise((resolve) => {
    const canvas = document.querySelector('.map canvas');
    const start = performance.now();
    let frames = 0;
    const step = () => {
      const key = frames % 40 < 20 ? 'ArrowLeft' : 'ArrowRight';
      canvas.dispatchEvent(new KeyboardEvent('keydown', { key }));
      frames += 1;
      const took = performance.now() - start;
      if (took < ${MOVING_MS}) requestAnimationFrame(step); else resolve((1000 * frames) / took);
    };
    requestAnimationFrame(step);
  })`) as Promise<number>;

/** What is left when all that can be collected is. */
async function keptBy(page: Page): Promise<{ heapMiB: number; nodes: number; listeners: number }> {
  const session = await page.createCDPSession();
  await session.send('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize = NaN, Nodes = NaN, JSEventListeners = NaN } = await page.metrics();
  await session.detach();
  return { heapMiB: JSHeapUsedSize / 2 ** 20, nodes: Nodes, listeners: JSEventListeners };
}

console.log(`plants ${markets} markets`);
const world = await startPortal({ systems: Math.ceil(markets / 2), stations: markets, reachLy: 130 });
const browser = await puppeteer.launch({ executablePath, args: CHROMIUM_ARGS });
try {
  // The first question loads the galaxy.
  await inNewPage(browser, '?view=map', ready);
  for (const path of PAGES) {
    const paints: number[] = [];
    for (let round = 0; round < rounds; round++) paints.push(await inNewPage(browser, path, painted));
    tell(`/${path}: first paint`, median(paints), 'ms', median(paints) < MOST_PAINT_MS);
  }
  const readies: number[] = [];
  for (let round = 0; round < rounds; round++) readies.push(await inNewPage(browser, '?view=map', ready));
  tell(
    `map of ${markets} markets: can be moved after`,
    median(readies),
    'ms',
    median(readies) < MOST_READY_MS,
  );
  for (const span of SPANS_LY) {
    const perS = await inNewPage(browser, `?view=map&span=${span}`, async (page) => {
      await ready(page);
      await moving(page);
      return moving(page);
    });
    tell(`moved, ${span} ly across`, perS, 'frames/s', perS >= LEAST_FRAMES_PER_S);
  }
  if (minutes > 0) {
    await inNewPage(browser, '?view=map', async (page) => {
      await ready(page);
      await sleep(WARM_UP_MS);
      const before = await keptBy(page);
      await sleep(minutes * 60_000);
      const after = await keptBy(page);
      for (const name of ['heapMiB', 'nodes', 'listeners'] as const) {
        const growth = after[name] / before[name];
        tell(
          `map open for ${minutes} min: ${name} from ${before[name].toFixed(1)} to`,
          after[name],
          '',
          growth < MOST_GROWTH,
        );
      }
    });
  }
} finally {
  await browser.close();
  await world.stop();
}
if (failures.length > 0) {
  console.error(`too much: ${failures.join('; ')}`);
  process.exitCode = 1;
}
