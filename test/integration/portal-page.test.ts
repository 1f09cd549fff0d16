import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { quote, spread, station, commodity } from '../../src/infra/http/api/answers.ts';
import type { FileIndex } from '../../src/infra/http/routes/files.ts';
import type * as told from '../../src/pages/portal/answers.d.ts';
import {
  axeFindings,
  CHROMIUM,
  followLink,
  openPage,
  says,
  settled,
  textOf,
  textsOf,
  until,
  useBrowser,
} from '../support/browser.ts';
import { ask } from '../support/http.ts';
import { TWIN } from '../support/planted-galaxy.ts';
import { startPortal, type PortalWorld } from '../support/portal-world.ts';
import { mapPage } from './pages/map.ts';
import { tradePages } from './pages/trade.ts';

const PHONE = { width: 390, height: 844 };
const VIEWS = [
  '/',
  '/?view=map',
  '/?view=map&span=40&turn=200,90&commodity=Gold&market=128016384',
  '/?view=goods',
  '/?view=goods&near=&sort=name&good=metal',
  '/?view=commodity&name=Gold',
  '/?view=system',
  '/?view=find',
  '/?view=find&commodity=Tritium&minPad=L',
  '/?view=find&commodity=Tritium&near=&maxLs=1000&carriers=included&sort=age',
  '/?view=stale',
  '/?view=stale&near=&neverSeen=only',
  '/?view=markets',
  '/?view=markets&name=Sol',
  `/?view=markets&name=${encodeURIComponent(TWIN)}`,
  '/?view=market&id=128027648',
];

interface Entry extends Record<string, unknown> {
  readonly marketId: number;
  readonly name: string;
  readonly systemName: string;
}

/** Its entry in the menu. */
const menu = (view: string) => `header nav a[href^="/?view=${view}"]`;

describe.skipIf(CHROMIUM === null)('the first page', () => {
  useBrowser();
  let world: PortalWorld;
  beforeAll(async () => {
    world = await startPortal();
  });
  afterAll(() => world.stop());

  const api = async (path: string) =>
    JSON.parse((await ask(`${world.url}/api/v1${path}`)).bytes.toString()) as {
      readonly total: number;
      readonly entries: readonly Entry[];
    };

  /** Names and systems of a list, as they are shown. */
  async function rows(page: Page, card: string): Promise<string[]> {
    const read = `[...document.querySelectorAll('section.card')].filter((each) => each.querySelector('h2').textContent === ${JSON.stringify(card)})
      .flatMap((each) => [...each.querySelectorAll('tbody tr')].map((row) => row.querySelector('a').textContent + ' in ' + row.querySelector('.under').textContent.split(' · ')[0]))`;
    return (await page.evaluate(read)) as string[];
  }
  const named = (entries: readonly Entry[]) =>
    entries.map(({ name, systemName }) => `${name} in ${systemName}`);

  test.each([
    ['light', { width: 1280, height: 800 }, [1280]],
    ['dark', PHONE, [PHONE.width, 320]],
  ] as const)(
    '%s: asks nothing of anybody else, has nothing to complain of, is for everybody, and fits the screen',
    async (scheme, size, widths) => {
      const { page, requests, complaints } = await openPage(world.url, size);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      for (const view of VIEWS) {
        await followLink(page, view);
        await settled(page);
        const found = await axeFindings(page);
        expect({ view, found }).toEqual({ view, found: [] });
        for (const width of widths) {
          await page.setViewport({ ...size, width });
          // Charts are made anew for it.
          await page.evaluate(
            'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))',
          );
          const wide = await page.evaluate(
            `[...document.querySelectorAll('body *')].filter((node) => !node.closest('.heard, .skip, datalist, svg') && node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.outerHTML.slice(0, 80))`,
          );
          expect({ view, width, wide }).toEqual({ view, width, wide: [] });
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        }
      }
      const own = new URL(world.url).origin;
      expect(requests.filter((url) => !url.startsWith(own))).toEqual([]);
      expect(complaints).toEqual([]);
    },
  );

  test('where is Tritium cheapest near Sol, for a large pad? Three clicks', async () => {
    const { page } = await openPage(world.url);
    await page.click(menu('find'));
    const tritium = `[...document.querySelectorAll('.chips a')].find((a) => a.textContent === 'Tritium')`;
    // The page before it has such a list, too.
    await until(page, `${tritium} !== undefined`);
    await page.evaluate(`${tritium}.click()`);
    await page.waitForSelector('.segments input[value=L]');
    await page.click('.segments input[value=L]');
    await until(page, `location.search === '?view=find&commodity=Tritium&minPad=L'`);
    const near = 'near=Sol&within=50&minPad=L&maxAge=7d&limit=15';
    for (const [card, list] of [
      ['Buy here', 'sellers'],
      ['Sell here', 'buyers'],
    ] as const) {
      await expect
        .poll(async () => ({
          page: await rows(page, card),
          api: named((await api(`/commodities/tritium/${list}?${near}`)).entries),
        }))
        .toSatisfy(
          (both: { page: string[]; api: string[] }) =>
            both.api.length > 5 && both.page.join() === both.api.join(),
        );
    }
    const [best] = (await api(`/commodities/tritium/sellers?${near}`)).entries;
    expect(best).toMatchObject({ maxPad: 'L' });
  });

  test('what is stale within 50 ly? One click; the same as the API says', async () => {
    const { page } = await openPage(world.url);
    await page.click(menu('stale'));
    await says(page, '[role=status]', 'within 50 ly of Sol, not seen for 1 day');
    await expect
      .poll(
        async () => {
          const { total, entries } = await api('/freshness/stale?near=Sol&within=50&olderThan=1d&limit=25');
          const status = await textOf(page, '[role=status]');
          return (
            status.startsWith(`${total} markets`) &&
            (await rows(page, 'To visit')).join() === named(entries).join()
          );
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    expect(await textOf(page, 'tbody .age')).toBe('never seen');
  });

  test('is this market fresh? Two clicks; and every price of it', async () => {
    const { page } = await openPage(world.url);
    await page.waitForSelector('tbody th a[href*="view=market"]');
    await page.click(menu('markets'));
    await page.waitForSelector('tbody th a[href*="view=market"]');
    await page.click('tbody th a[href*="view=market"]');
    await says(page, '.verdict.fresh', 'Fresh');
    const id = String(await page.evaluate('new URLSearchParams(location.search).get("id")'));
    const cells = `[...document.querySelectorAll('table')].filter(({ caption }) => caption?.textContent.startsWith('Prices of this market')).flatMap(({ tBodies }) => [...tBodies].flatMap(({ rows }) => [...rows])).filter((row) => row.querySelector('td') !== null).map((row) => [...row.children].slice(0, 3).map((cell) => cell.textContent).join(' | ')).sort()`;
    await expect
      .poll(
        async () => {
          const market = (await api(`/markets/${id}`)) as unknown as told.Market;
          const side = (price: number | null, units: number | null, level: number | null, none: string) =>
            price === null
              ? `–${none}`
              : `${price.toLocaleString('en')} cr${(units ?? NaN).toLocaleString('en')} t${level === null ? '' : `, ${['', 'low', 'medium', 'high'][level]}`}`;
          const expected = market.rows.map((row) =>
            [
              row.name,
              side(row.buyPrice, row.stock, row.stockLevel, 'not sold here'),
              side(row.sellPrice, row.demand, row.demandLevel, 'not bought here'),
            ].join(' | '),
          );
          return (
            expected.length > 20 &&
            JSON.stringify(await page.evaluate(cells)) === JSON.stringify(expected.sort())
          );
        },
        { timeout: 30_000 },
      )
      .toBe(true);
  });

  describe('the map', () => mapPage(() => world));
  describe('goods and systems', () => tradePages(() => world));

  test('what is not known is called unknown, never 0', async () => {
    const { entries } = await api('/freshness/stale?near=Sol&within=100&neverSeen=only&limit=1000');
    const dark = entries.find(({ maxPad, lsFromStar }) => maxPad === null || lsFromStar === null)!;
    const { page } = await openPage(`${world.url}/?view=market&id=${dark.marketId}`);
    await says(page, '.verdict.never', 'Never seen');
    await says(page, 'main', 'No prices are known.');
    const facts = (await page.evaluate(
      `Object.fromEntries([...document.querySelectorAll('.facts > div')].map((each) => [...each.children].map((node) => node.textContent)))`,
    )) as Record<string, string>;
    const { maxPad, lsFromStar, type, planetary } = dark;
    for (const [fact, value] of [
      ['Largest pad', maxPad],
      ['From the star', lsFromStar],
      ['Type', type],
      ['On a planet', planetary],
    ] as const) {
      expect([fact, facts[fact] === 'unknown']).toEqual([fact, value === null]);
    }
  });

  test('the overview has what the daemon and the API say', async () => {
    const { page } = await openPage(world.url);
    await expect
      .poll(
        async () => {
          const { ages, neverSeen } = (await api('/freshness/histogram')) as unknown as told.Histogram;
          const counts = [...ages.map(({ markets }) => markets), neverSeen].map(String);
          return counts.join() === (await textsOf(page, '.histogram .count')).join();
        },
        { timeout: 60_000 },
      )
      .toBe(true);
    // A dozen messages a second are sent.
    await until(page, `Number(document.querySelector('.tile .value').textContent) > 1`);
    expect(await textsOf(page, '.tile .age')).toEqual([expect.stringMatching(/^\d+ s$/)]);
    expect(await textsOf(page, 'a[href="/files/listings-live.csv"]')).toHaveLength(1);
  });

  test('the address is the state: back, forward and a reload show the same', async () => {
    const { page } = await openPage(`${world.url}/?view=stale`);
    await page.waitForSelector('#field-within');
    await page.select('#field-within', '20');
    await says(page, '[role=status]', 'within 20 ly of Sol');
    await page.select('#field-olderThan', '7d');
    await says(page, '[role=status]', 'not seen for 7 days');
    await page.click(menu('find'));
    await says(page, 'h1', 'Find a good');
    // Where somebody looked goes with them.
    expect(await page.evaluate('location.search')).toBe('?view=find&within=20');
    await page.goBack();
    await says(page, '[role=status]', 'not seen for 7 days');
    await page.goBack();
    await says(page, '[role=status]', 'not seen for 1 day');
    expect(await page.evaluate(`document.querySelector('#field-within').value`)).toBe('20');
    await page.goForward();
    await says(page, '[role=status]', 'not seen for 7 days');
    await page.reload();
    await says(page, '[role=status]', 'within 20 ly of Sol, not seen for 7 days');
    expect(await page.title()).toBe('What is stale · Trade Dangerous listener');
  });

  test('works by keyboard alone, and suggests systems while one is typed', async () => {
    const { page } = await openPage(world.url);
    const press = async (key: 'Tab' | 'Enter' | 'ArrowRight', times = 1) => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    await page.waitForSelector('header nav');
    await press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    do await press('Tab');
    while ((await page.evaluate('document.activeElement.textContent')) !== 'Stale');
    await press('Enter');
    await says(page, 'h1', 'What is stale');
    await until(page, `document.activeElement.tagName === 'H1'`);
    await press('Tab');
    await page.keyboard.type('So', { delay: 20 });
    await until(
      page,
      `[...document.querySelectorAll('datalist option')].some(({ value }) => value === 'Sol')`,
    );
    await page.keyboard.type('l');
    await press('Enter');
    await press('Tab', 3);
    await press('ArrowRight', 3);
    await until(page, `new URLSearchParams(location.search).get('minPad') === 'L'`);
    await says(page, '[role=status]', 'within 50 ly of Sol');
  });

  test('a name that several systems bear asks which one', async () => {
    const { page } = await openPage(`${world.url}/?view=stale&near=${encodeURIComponent(TWIN)}`);
    await says(page, '[role=alert]', 'Several systems have this name');
    await page.click('[role=alert] a');
    await says(page, '[role=status]', 'markets within 50 ly of 104');
    await page.goto(`${world.url}/?view=stale&near=Nowhere`);
    await says(page, '[role=alert]', 'No system is named Nowhere.');
  });

  test.each(['stale&near', 'markets&name'])(
    'a long name without a space fits the screen: %s',
    async (where) => {
      const { page } = await openPage(`${world.url}/?view=${where}=${'W'.repeat(60)}`, PHONE);
      await says(page, 'main', 'named WWW');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    },
  );

  test('what was shown stays while the daemon does not answer', async () => {
    const { page } = await openPage(world.url);
    await page.waitForSelector('tbody th a[href*="view=market"]');
    await page.setOfflineMode(true);
    await says(page, '[role=alert]', 'The daemon does not answer.');
    expect(await rows(page, 'Newest markets')).toHaveLength(8);
    await page.setOfflineMode(false);
    await until(page, `document.querySelector('[role=alert]') === null`);
  });
});

/** What the page takes is what the API promises: tsc refuses else. */
type Promised<Taken, Sent extends Taken> = [Taken, Sent];
export type Checked = [
  Promised<told.Station, z.output<typeof station>>,
  Promised<told.Quote, z.output<typeof quote>>,
  Promised<told.Good, z.output<typeof commodity>>,
  Promised<told.Spread, z.output<typeof spread>>,
  Promised<told.Status['files'], z.output<typeof FileIndex>['files']>,
];
