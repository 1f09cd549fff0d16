import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  CHROMIUM,
  openPage,
  type OpenPage,
  says,
  textOf,
  textsOf,
  until,
  useBrowser,
} from '../support/browser.ts';
import { startProgram, writeConfig, type Program, type Start } from '../support/daemon.ts';
import { makeGalaxy, marketRows } from '../support/galaxy.ts';
import { startHere } from '../support/here.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { troubles } from '../support/program-output.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { until as eventually } from '../support/until.ts';

interface Daemon {
  readonly program: Program;
  readonly relay: Relay;
  readonly database: string;
  /** Publishes one message a market. */
  readonly publish: (fromMarket: number, count: number, everyMs?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The real program, connected to a relay. */
async function startDaemon(start: Start, ...args: string[]): Promise<Daemon> {
  const relay = await startRelay();
  const cwd = mkdtempSync(join(tmpdir(), 'tdl-'));
  const database = join(cwd, 'data/TradeDangerous.db');
  writeConfig(cwd, { eddn_url: relay.url });
  await makeGalaxy(database, ['Sol']);
  const program = start({ cwd, args: ['--no-update', ...args] });
  await Promise.all([relay.waitForSubscribers(), program.logged(/database:/)]);
  return {
    program,
    relay,
    database,
    publish: async (fromMarket, count, everyMs = 10) => {
      for (let i = 0; i < count; i += 1) {
        await relay.publish(frame(commodityMessage({ marketId: fromMarket + i })));
        await sleep(everyMs);
      }
    },
    stop: async () => {
      relay.close();
      await program.end();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

/** A daemon of the test's own. */
async function ownDaemon(start: Start, ...args: string[]): Promise<Daemon> {
  const daemon = await startDaemon(start, ...args);
  onTestFinished(daemon.stop);
  return daemon;
}

/** Its inspector in a browser. */
async function inspect(daemon: Daemon): Promise<OpenPage> {
  const { url } = await daemon.program.logged(/^inspector: http/);
  const opened = await openPage(String(url));
  await opened.page.waitForSelector('#connection.live');
  return opened;
}

/** Rows move while work comes and goes, and a click may meet another one. */
const select = (page: Page, actor: string) =>
  eventually(async () => {
    await page.click(actor);
    return (await page.$(`${actor}[aria-selected=true]`)) !== null;
  });

const LISTENER = '[data-actor="supervisor/listener/child"]';
const ROWS = '#sequence .row';

describe.skipIf(CHROMIUM === null)('the inspector page', () => {
  useBrowser();
  let daemon: Daemon;
  /** Markets published by the tests so far: each has its own. */
  let markets = 0;
  const publish = async (count: number) => {
    await daemon.publish(markets + 1, count);
    markets += count;
  };

  beforeAll(async () => {
    daemon = await startDaemon(startHere);
    daemon.program.kill('SIGUSR2');
  });
  afterAll(() => daemon.stop());

  test('asks nothing of anybody else, and has nothing to complain of', async () => {
    const { page, requests, complaints } = await inspect(daemon);
    await publish(50);
    await says(page, '#sequence', 'market.written');
    expect(requests.length).toBeGreaterThan(8);
    const own = new URL(page.url()).origin;
    expect(requests.filter((url) => !url.startsWith(own) && !url.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('shows every actor with its state', async () => {
    const { page } = await inspect(daemon);
    await says(page, '[data-actor="supervisor"]', 'running');
    for (const child of ['catalogue', 'writer', 'exporter', 'listener']) {
      await says(page, `[data-actor="supervisor/${child}"]`, 'guardian');
      await page.waitForSelector(`[data-actor="supervisor/${child}/child"]`);
    }
  });

  test('follows the state of the selected actor when the relay goes and comes', async () => {
    const own = await ownDaemon(startHere, '--inspect=0');
    const { page } = await inspect(own);
    await select(page, LISTENER);
    await page.waitForSelector('#chart [data-state="attached.live.receiving"].current');
    own.relay.close();
    // Silence is noticed after half a minute; a lost connection is silence.
    await page.waitForSelector(
      '#chart [data-state="silent"].current, #chart [data-state="attached.connecting"].current',
      {
        timeout: 50_000,
      },
    );
    await page.waitForSelector('#chart .edge.taken');
    await own.relay.restart();
    await page.waitForSelector('#chart [data-state="attached.live.receiving"].current', { timeout: 50_000 });
  }, 120_000);

  test('marks the transition taken last', async () => {
    const { page } = await inspect(daemon);
    await select(page, '[data-actor="supervisor/writer/child"]');
    await publish(1);
    await page.waitForSelector('#chart .edge.taken');
    await says(page, '#facts', 'done: writeBatch');
    await says(page, '#chart .edge.taken', 'done: writeBatch');
    expect(await textOf(page, '#chart .state.current .title')).toBe('idle');
  });

  test('shows the context of the selected actor', async () => {
    const { page } = await inspect(daemon);
    await select(page, LISTENER);
    await says(page, '#context', 'silenceMs 30000');
  });

  test('keeps only the rows of the filter', async () => {
    const { page } = await inspect(daemon);
    await publish(20);
    await says(page, '#sequence', 'market.written');
    await page.type('#filter', 'work.');
    await until(
      page,
      `[...document.querySelectorAll('${ROWS}')].every((row) => row.textContent.includes('work.'))`,
    );
    await publish(20);
    await until(page, `document.querySelectorAll('${ROWS}').length > 2`);
    for (const row of await textsOf(page, ROWS)) expect(row).toContain('work.');
  });

  test('finds what is searched, one hit after the other', async () => {
    const { page } = await inspect(daemon);
    await publish(20);
    await says(page, '#sequence', 'market.written');
    await page.click('#pause');
    await page.type('#search', 'feed.heard');
    const hits = (await textsOf(page, '#sequence mark')).length;
    expect(hits).toBeGreaterThan(1);
    await page.keyboard.press('Enter');
    expect(await textOf(page, '#hits')).toBe(`1 of ${hits}`);
    await page.keyboard.press('Enter');
    expect(await textOf(page, '#hits')).toBe(`2 of ${hits}`);
  });

  test('stands still while paused, and has missed nothing afterwards', async () => {
    const { page } = await inspect(daemon);
    await publish(5);
    await says(page, '#sequence', 'market.written');
    await page.click('#pause');
    const before = await textOf(page, '#sequence');
    await publish(20);
    await until(page, `/\\([1-9]\\d* new\\)/.test(document.querySelector('#pause').textContent)`);
    expect(await textOf(page, '#sequence')).toBe(before);
    // As many rows as it shows may have been there before.
    const rows = `[...document.querySelectorAll('${ROWS}')]`;
    const last = String(await page.evaluate(`${rows}.at(-1).dataset.seq`));
    const missed = Number(/\((\d+) new\)/.exec(await textOf(page, '#pause'))?.[1]);
    await page.click('#pause');
    await until(
      page,
      `${rows}.some((row) => row.dataset.seq > ${last} && row.textContent.includes('market.written'))`,
    );
    expect(Number(await page.evaluate(`${rows}.at(-1).dataset.seq`))).toBeGreaterThanOrEqual(
      Number(last) + missed,
    );
  });

  test('counts the stations, and lists only the market that is followed', async () => {
    const { page } = await inspect(daemon);
    const followed = markets + 7;
    const station = `[data-actor="station-${followed}"]`;
    await page.type('#follow input', String(followed));
    await page.click('#follow button');
    await says(page, '#followed', `Following ${followed}`);
    await publish(30);
    await says(page, station, 'written');
    expect(await page.$$('[data-actor^="station-"]')).toHaveLength(1);
    await until(page, `document.querySelector('[data-total="written"]').textContent === '${markets}'`);
    await page.click('#follow button');
    await until(page, `document.querySelector('${station}') === null`);
  });

  test('attached from the start, has seen the start', async () => {
    const { page } = await inspect(await ownDaemon(startHere, '--inspect=0'));
    await says(page, '#sequence', 'booting → running');
  });

  test('ends the inspection, not the daemon', async () => {
    const own = await ownDaemon(startHere, '--inspect=0');
    const { page } = await inspect(own);
    await page.click('#detach');
    await page.waitForSelector('#connection.detached');
    await own.program.logged(/^inspector: detached/);
    await own.publish(1, 3);
    while (marketRows(own.database).length < 6) await sleep(50);
    own.program.kill('SIGTERM');
    expect((await own.program.exit).code).toBe(0);
  });
});

test('nothing is lost while the inspector comes and goes under 200 messages a second', async () => {
  const { program, database, publish } = await ownDaemon(startProgram);
  const toggling = setInterval(() => program.kill('SIGUSR2'), 250);
  const published = 1_000;
  await publish(1, published, 5);
  clearInterval(toggling);
  while (new Set(marketRows(database).map((row) => row.station_id)).size < published) await sleep(100);
  program.kill('SIGTERM');
  const { code, stderr } = await program.exit;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(program.log.filter(({ msg }) => msg.startsWith('inspector: http')).length).toBeGreaterThan(2);
  expect(troubles(program.log)).toEqual([]);
});
