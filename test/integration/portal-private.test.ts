import { readFileSync } from 'node:fs';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { TourPlanAnswer } from '../../src/infra/http/routes/v1/tours.ts';
import type { ShoppingAnswer } from '../../src/infra/http/routes/colonisation/shopping.ts';
import type { ColonisationPresenter, SiteAnswer } from '../../src/infra/http/routes/colonisation/answers.ts';
import type { station } from '../../src/infra/http/api/answers.ts';
import type { DescribedJob } from '../../src/domain/jobs/job.ts';
import type { RecentLine } from '../../src/domain/ports/log.ts';
import type { DescribedTour } from '../../src/domain/tours/describe-tour.ts';
import type { DescribedPatrol } from '../../src/domain/tours/patrols/describe-patrol.ts';
import type * as told from '../../src/pages/portal/private/told.d.ts';
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
import { runHere } from '../support/here.ts';
import { sendCommanders, startLivingGalaxy, type LivingGalaxy } from '../support/living-galaxy.ts';

const VIEWS = ['/?view=scout&crew=3', '/?view=builds&by=cheapest&capacity=784', '/?view=operate'];

describe.skipIf(CHROMIUM === null)('what is not for everybody', { timeout: 120_000 }, () => {
  useBrowser();
  let world: LivingGalaxy;
  beforeAll(async () => {
    world = await startLivingGalaxy({
      ...{ systems: 120, stations: 320, reachLy: 60, historyDays: 0, recorded: 0 },
      ...{ messagesPerS: 100, stopEveryS: 3 },
    });
    await sendCommanders(world);
  }, 120_000);
  afterAll(() => world.stop());

  const json = async <T>(path: string) => (await (await world.ask(`/api/v1${path}`)).json()) as T;

  const unlocked = async (page: Page) => {
    await page.evaluate(`sessionStorage.setItem('tdl-token', ${JSON.stringify(world.token)})`);
    await page.reload();
  };
  const click = (page: Page, selector: string, text: string) =>
    page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].find((each) => each.textContent.trim() === ${JSON.stringify(text)}).click()`,
    );
  /** Texts of the cells of a column, in a table. */
  const column = (page: Page, caption: string, at: number, part = '') =>
    page.evaluate(
      `[...document.querySelectorAll('table')].filter(({ caption }) => caption.textContent === ${JSON.stringify(caption)})
        .flatMap(({ tBodies }) => [...tBodies[0].rows].map(({ cells }) => (cells[${at}].querySelector(${JSON.stringify(part)} || '*') ?? cells[${at}]).textContent))`,
    ) as Promise<string[]>;

  /** What the page is answered from now on. */
  const answersOf = <T>(page: Page, path: string): T[] => {
    const answers: T[] = [];
    page.on('response', (response) => {
      if (new URL(response.url()).pathname !== path) return;
      // What is not wanted any more is given up.
      void (response.json() as Promise<T>).then((told) => answers.push(told)).catch(() => undefined);
    });
    return answers;
  };

  test('who shows no token is asked for one, and is shown nothing but what is public', async () => {
    const { page, complaints, requests } = await openPage(world.url);
    for (const view of ['scout', 'builds', 'operate']) {
      await click(page, 'header nav a', { scout: 'Scout', builds: 'Builds', operate: 'Operate' }[view] ?? '');
      await page.waitForSelector('input[type=password]');
      await settled(page);
      for (const secret of ['Jameson', 'JAMESON', 'K7Q-B1N', 'tdl-', 'Hawking Reach']) {
        expect(await textOf(page, 'main'), view).not.toContain(secret);
      }
    }
    const { stdout } = await runHere({
      cwd: world.cwd,
      args: ['token', 'add', 'pilot', '--scope', 'journal'],
    });
    const show = async (token: string) => {
      await page.type('input[type=password]', token);
      await page.click('form.token button');
    };
    await show('tdl_nonsense');
    await says(page, '[role=alert]', 'Nobody knows this token.');
    await page.evaluate(`document.querySelector('input[type=password]').value = ''`);
    await show(stdout.trim());
    await says(
      page,
      '[role=alert]',
      'The token pilot is not good for this: it takes one with the scope operate.',
    );
    await click(page, 'header nav a', 'Builds');
    await says(page, 'main', 'Hawking Reach');
    await click(page, '.who button', 'Forget it');
    await page.waitForSelector('input[type=password]');
    expect(await textOf(page, 'main')).not.toContain('Hawking Reach');
    expect(page.url() + requests.join(' ')).not.toContain(stdout.trim());
    expect(complaints).toEqual([]);
  });

  test.each([
    ['light', 1280, (page: Page, view: string) => page.goto(world.url + view)],
    ['dark', 390, followLink],
    ['light', 320, followLink],
  ] as const)(
    '%s, %i pixels wide: for everybody, and nothing to complain of',
    async (scheme, width, show) => {
      const { page, complaints } = await openPage(world.url, { width, height: 850 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      await unlocked(page);
      for (const view of VIEWS) {
        await show(page, view);
        await settled(page);
        const found = await axeFindings(page);
        expect({ view, found }).toEqual({ view, found: [] });
        expect([view, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([view, width]);
      }
      expect(complaints).toEqual([]);
    },
  );

  test('a new user: three commanders look at what is stale, and are followed; by clicking alone', async () => {
    const { page, complaints } = await openPage(world.url, { width: 1280, height: 900 });
    // A solver under time pressure gives each asker another answer.
    const plans = answersOf<told.Plan>(page, '/api/v1/tours/plan');
    await unlocked(page);
    await click(page, 'header nav a', 'Scout');
    await page.waitForSelector('.segments input[name=crew]');
    await page.click('.segments input[name=crew][value="3"]');
    await says(page, '[role=status]', 'stale markets within 50 ly of Sol');
    const names = [1, 2, 3].map((n) => `Commander ${n}`);
    // That of one commander may have been asked before.
    await says(page, 'main', 'Tour of Commander 3');
    await settled(page);
    const plan = plans.findLast(({ tours }) => tours.length === 3);
    expect(plan?.tours.every(({ stops }) => stops.length > 3)).toBe(true);
    expect(plan?.tours.map(({ commander }) => commander)).toEqual(names);
    expect(await Promise.all(names.map((name) => column(page, `Tour of ${name}`, 0, 'a')))).toEqual(
      plan?.tours.map(({ stops }) => stops.map((stop) => stop.name)),
    );

    await click(page, 'button', 'Fly these tours');
    await until(page, `new URLSearchParams(location.search).has('tour')`);
    const id = String(await page.evaluate(`new URLSearchParams(location.search).get('tour')`));
    await says(page, '#under-way', 'Commander 1, Commander 2, Commander 3');
    const { commanders: flown } = await json<told.Tour>(`/tours/${id}`);
    expect(flown.map(({ name }) => name)).toEqual(names);
    const first = flown[0]?.stops[0];
    if (first === undefined) throw new Error('the first commander has nowhere to go');
    await expect
      .poll(() => column(page, 'Stops before Commander 1', 0, 'a'))
      .toEqual(flown[0]?.stops.map(({ name }) => name));
    // Somebody is there: told to the page, which is not loaded again.
    world.visit(first.marketId);
    await expect.poll(() => column(page, 'Markets seen on this tour', 0, 'a')).toContain(first.name);

    page.on('dialog', (dialog) => void dialog.accept());
    await click(page, 'button', 'Call the tour off');
    await expect.poll(async () => (await json<told.Tour>(`/tours/${id}`)).state).toBe('withdrawn');
    await says(page, '#under-way', 'withdrawn');

    // A region that is kept fresh, with nobody who flies already.
    await page.type('#field-patrol', 'near Sol');
    await page.keyboard.press('Enter');
    await click(page, 'button.act', 'Keep 50 ly around Sol fresh');
    await says(page, 'main', 'near-sol');
    // It is made when it has looked.
    await until(page, `[...document.querySelectorAll('button')].every(({ disabled }) => !disabled)`);
    const patrols = await json<{ entries: told.Patrol[] }>('/patrols');
    expect(patrols.entries.map(({ name }) => name).sort()).toEqual(['home', 'near-sol']);
    await page.click('button[aria-label="End the patrol near-sol"]');
    await expect
      .poll(async () => (await json<{ entries: told.Patrol[] }>('/patrols')).entries.length)
      .toBe(1);
    expect(complaints).toEqual([]);
  });

  test('a new user: what does the build lack, and where is it sold? By clicking alone', async () => {
    const { page, complaints } = await openPage(world.url, { width: 1280, height: 900 });
    await unlocked(page);
    await click(page, 'header nav a', 'Builds');
    await says(page, 'main', 'Hawking Reach');
    for (const by of ['nearest', 'cheapest', 'freshest'] as const) {
      await page.click(`.segments input[value=${by}]`);
      await expect
        .poll(
          async () => {
            await page.reload();
            await until(page, `document.querySelector('caption')?.textContent !== undefined`);
            await settled(page);
            const { entries } = await json<told.Shopping>('/colonisation/shopping-list?within=50&maxAge=7d');
            const open = entries.filter(({ remaining }) => remaining > 0);
            const goods = await column(page, 'Shopping list', 0, 'a');
            const left = await column(page, 'Shopping list', 2, '.over');
            const sellers = await column(page, 'Shopping list', 3, 'a');
            return (
              open.length > 3 &&
              JSON.stringify([goods, left, sellers]) ===
                JSON.stringify([
                  open.map(({ name, symbol }) => name ?? symbol),
                  open.map(({ toBuy }) => `${toBuy.toLocaleString('en')} t`),
                  open.map(({ supply }) => supply?.[by]?.name ?? 'none'),
                ])
            );
          },
          { timeout: 30_000, interval: 50 },
        )
        .toBe(true);
    }
    expect(await textsOf(page, '.tile .value')).toHaveLength(4);
    await says(page, 'main', 'Long Haul K7Q-B1N');
    await page.type('#field-capacity', '700');
    await page.keyboard.press('Enter');
    await says(page, '.tiles', 'flights');
    await page.click('tbody a[href*="site="]');
    await until(page, `new URLSearchParams(location.search).get('site') === '3958000001'`);
    expect(complaints).toEqual([]);
  });

  test('is it well, what has it said, and days that were missed are fetched', async () => {
    const { page, complaints } = await openPage(world.url, { width: 1280, height: 900 });
    page.on('dialog', (dialog) => void dialog.accept());
    const statuses = answersOf<told.Operating>(page, '/status');
    await unlocked(page);
    await click(page, 'header nav a', 'Operate');
    await says(page, '.verdict', 'Ready');
    await expect
      .poll(
        async () => {
          const shown = (await textsOf(page, '.account dd.number')).slice(0, 2).join();
          return statuses.some(
            ({ totals }) =>
              shown === [totals.received, totals.written].map((each) => each.toLocaleString('en')).join(),
          );
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    await until(
      page,
      `[...document.querySelectorAll('.log li span')].some(({ textContent }) => textContent.startsWith('database: '))`,
    );
    await page.click('.segments input[value=warn]');
    await until(
      page,
      `![...document.querySelectorAll('.log li')].some(({ className }) => className === 'info')`,
    );

    await page.evaluate(`[...document.querySelectorAll('.acts button')].at(0).click()`);
    await page.waitForSelector('a[href*="job="]');
    const { entries } = await json<{ entries: told.Job[] }>('/jobs');
    expect(entries).toMatchObject([{ work: { kind: 'backfill' } }]);
    await click(page, '.segments span', 'All');
    await page.click('a[href*="job="]');
    await says(page, 'main', `Log of job ${entries[0]?.id ?? ''}`);
    await page.waitForSelector('.log li');
    // A daemon that does all it can has every figure that rules and dashboard ask for.
    await expect
      .poll(async () => (await (await world.ask('/metrics')).text()).includes('tdl_markets_implausible'), {
        timeout: 30_000,
      })
      .toBe(true);
    const figures = new Set((await (await world.ask('/metrics')).text()).match(/\btdl_[a-z_]+/g));
    for (const file of ['prometheus-alerts.yaml', 'grafana-dashboard.json']) {
      const asked = new Set(
        readFileSync(new URL(`../../deploy/${file}`, import.meta.url), 'utf8').match(/\btdl_[a-z_]+/g),
      );
      expect([file, ...asked.difference(figures)]).toEqual([file]);
    }

    await click(page, 'button', 'Stop');
    await page.waitForSelector('button[aria-label^="Remove job"]');
    await page.click('button[aria-label^="Remove job"]');
    await expect.poll(async () => (await json<{ entries: told.Job[] }>('/jobs')).entries).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

/** What the page takes is what is promised: tsc refuses else. */
type Promised<Taken, Sent extends Taken> = [Taken, Sent];
export type Checked = [
  Promised<Omit<told.Plan['tours'][number], 'stops'>, TourPlanAnswer['tours'][number]>,
  Promised<
    told.Plan['tours'][number]['stops'][number],
    TourPlanAnswer['tours'][number]['stops'][number] & z.output<typeof station>
  >,
  Promised<told.Tour, DescribedTour>,
  Promised<told.Patrol, DescribedPatrol>,
  Promised<told.Site, SiteAnswer>,
  Promised<Omit<told.Need, 'supply'>, Omit<ShoppingAnswer['entries'][number], 'supply'>>,
  Promised<told.Carrier, ReturnType<ColonisationPresenter['carrier']>>,
  Promised<told.Pilot, ReturnType<ColonisationPresenter['commander']>>,
  Promised<told.Job, DescribedJob>,
  Promised<told.LogLine, RecentLine>,
];
