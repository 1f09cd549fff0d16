import type { Page } from 'puppeteer-core';
import { expect, test } from 'vitest';
import { openPage, says, textOf, until } from '../../support/browser.ts';
import { ask } from '../../support/http.ts';
import { readMapFile } from '../../support/map-file.ts';
import type { PortalWorld } from '../../support/portal-world.ts';

/** The map, in the world of the other pages. */
export function mapPage(use: () => PortalWorld): void {
  const apiMap = async (query = '') => readMapFile((await ask(`${use().url}/api/v1/map${query}`)).bytes);
  const station = async (id: number | string) =>
    JSON.parse((await ask(`${use().url}/api/v1/stations/${id}`)).bytes.toString()) as {
      readonly name: string;
      readonly systemName: string;
      readonly marketObservedAt: string;
    };
  const open = async (query = '') => {
    const opened = await openPage(`${use().url}/?view=map${query}`, { width: 1280, height: 800 });
    await says(opened.page, '.map .told', 'market');
    return opened;
  };
  const parameter = async (page: Page, name: string) =>
    String(await page.evaluate(`new URLSearchParams(location.search).get(${JSON.stringify(name)})`));

  /** Pixels of the picture in the colour of an age, nothing between two of them. */
  async function painted(page: Page, tone: string): Promise<number> {
    return Number(
      await page.evaluate(`new Promise((resolve) => {
        const canvas = document.querySelector('.map canvas');
        canvas.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }));
        // In the frame that was asked for just now, after it is painted.
        requestAnimationFrame(() => {
          const flat = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });
          const context = flat.getContext('2d');
          context.drawImage(canvas, 0, 0);
          const { data } = context.getImageData(0, 0, flat.width, flat.height);
          const colour = getComputedStyle(document.querySelector('.legend .${tone} i')).color.match(/\\d+/g).map(Number);
          let pixels = 0;
          for (let at = 0; at < data.length; at += 4)
            if (data[at + 3] > 200 && colour.every((each, i) => Math.abs(each - data[at + i]) < 12)) pixels += 1;
          resolve(pixels);
        });
      })`),
    );
  }

  test('shows every market that fits, by good and by age, as the API does', async () => {
    const { page, complaints } = await open();
    for (const [query, asked] of [
      ['', ''],
      ['&commodity=Gold', '?commodity=gold&side=supply'],
      ['&commodity=Gold&side=demand&minPad=L', '?commodity=gold&side=demand&minPad=L'],
      ['&seen=over-30d&carriers=excluded', '?olderThan=30d&carriers=excluded'],
    ] as const) {
      let length = 0;
      // Goods are sold out and delivered meanwhile.
      await expect
        .poll(async () => {
          await page.goto(`${use().url}/?view=map${query}`);
          await says(page, '.map .told', 'market');
          ({ length } = await apiMap(asked));
          return textOf(page, '.map .told');
        })
        .toSatisfy((told) => told === `${length} markets`);
      expect(length).toBeGreaterThan(20);
    }
    expect(complaints).toEqual([]);
  });

  test('its colours age by themselves', async () => {
    const { page } = await open('&span=100');
    // A part of them is drawn while they move, where that takes long.
    const both = async () => (await painted(page, 'fresh')) - (await painted(page, 'stale'));
    await expect.poll(both).toBeGreaterThan(100);
    await page.evaluate('{ const now = Date.now; Date.now = () => now() + 400 * 86_400_000; }');
    await expect.poll(both).toBeLessThan(-300);
  });

  test('is told what is seen while it is looked at', async () => {
    const { page } = await open();
    const [id, seenS] =
      (await page.evaluate(`import('/portal/map/live-markets.js').then(({ LiveMarkets }) => new Promise((resolve) => {
      let all;
      const live = new LiveMarkets('/api/v1/map', {
        onMarkets: (markets) => { all = markets; },
        onSeen: (at, seenS) => { live.end(); resolve([all.ids[at], all.baseS + seenS]); },
        onFailure: () => resolve(['failed', 0]),
      });
    }))`)) as [number, number];
    const { marketObservedAt } = await station(id);
    expect(Date.parse(marketObservedAt) / 1000).toBeGreaterThanOrEqual(seenS);
    expect(Date.now() / 1000 - seenS).toBeLessThan(30);
  });

  test('is moved, turned and zoomed; the address says where it is', async () => {
    const { page } = await open('&span=100');
    const drag = async (byX: number, shift: boolean) => {
      if (shift) await page.keyboard.down('Shift');
      await page.mouse.move(500, 500);
      await page.mouse.down();
      await page.mouse.move(500 + byX, 500, { steps: 4 });
      await page.mouse.up();
      if (shift) await page.keyboard.up('Shift');
    };
    await page.evaluate(`document.querySelector('.map').scrollIntoView({ block: 'center' })`);
    await drag(-90, false);
    // A busy machine shows where it is in the middle of the way, too.
    await until(page, `parseFloat(new URLSearchParams(location.search).get('at')) > 10`);
    expect((await parameter(page, 'at')).split(',')[2]).toBe('0');
    await drag(100, true);
    await until(page, `new URLSearchParams(location.search).get('turn') === '30,60'`);
    await page.mouse.wheel({ deltaY: -200 });
    await until(page, `Number(new URLSearchParams(location.search).get('span')) < 80`);
    const href = String(await page.evaluate('location.href'));
    await page.reload();
    await says(page, '.map .told', 'market');
    expect(await page.evaluate('location.href')).toBe(href);
    expect(Number(await page.evaluate(`document.querySelector('#field-span').value`))).toBeLessThan(80);
    // Another place is another middle.
    await page.focus('.map canvas');
    await page.keyboard.press('Home');
    await until(page, `location.search === '?view=map'`);
  });

  test('stays where it was moved while the address was being written', async () => {
    const { page } = await open('&span=100');
    const turn = `document.querySelector('.map canvas').dispatchEvent(new KeyboardEvent('keydown', { key: '.' }))`;
    await page.evaluate(`{
      const write = history.replaceState.bind(history);
      history.replaceState = (...told) => {
        history.replaceState = write;
        write(...told);
        ${turn};
      };
      ${turn};
    }`);
    await until(page, `new URLSearchParams(location.search).get('turn') === '30,60'`);
  });

  test('takes the market in the middle by keyboard, and says its name', async () => {
    const { page } = await open('&span=30');
    await page.focus('.map canvas');
    await page.keyboard.press('Enter');
    await until(page, `new URLSearchParams(location.search).get('market') !== null`);
    const { name, systemName } = await station(await parameter(page, 'market'));
    expect(systemName).toBe('Sol');
    await says(page, '.found [role=status]', name);
    await page.evaluate(
      `[...document.querySelectorAll('.found a')].find((a) => a.textContent === 'Its prices').click()`,
    );
    await says(page, 'h1', name);
  });

  test('far out markets are bins, none lost', async () => {
    const { page } = await open('&span=3000');
    const all = await apiMap();
    const found =
      await page.evaluate(`Promise.all([import('/portal/map/bins.js'), import('/portal/map/markets.js')]).then(async ([{ binMarkets, binOf }, { readMarkets }]) => {
      const bytes = await (await fetch('/api/v1/map')).arrayBuffer();
      const markets = readMarkets(bytes, Date.now() / 1000);
      const { weight, x } = binMarkets(markets, binOf(0.2), Date.now() / 1000);
      return { markets: weight.reduce((a, b) => a + b, 0), bins: x.length, near: binOf(10) };
    })`);
    expect(found).toEqual({ markets: all.length, bins: expect.any(Number), near: 0 });
    expect((found as { bins: number }).bins).toBeLessThan(all.length / 4);
    // One of them leads nearer.
    await page.focus('.map canvas');
    await page.keyboard.press('Enter');
    await until(page, `Number(new URLSearchParams(location.search).get('span')) < 2000`);
  });

  test('without WebGL the list stays, which is what the API says is in the middle', async () => {
    const { page, complaints } = await open();
    await page.evaluateOnNewDocument('HTMLCanvasElement.prototype.getContext = () => null');
    await page.goto(`${use().url}/?view=map&span=80&near=Sol`);
    await says(page, 'main', 'draws nothing with WebGL 2');
    await until(page, `document.querySelector('tbody tr') !== null`);
    const { total } = JSON.parse(
      (
        await ask(
          `${use().url}/api/v1/freshness/stale?near=0,0,0&within=40&olderThan=0s&sort=distance&carriers=included`,
        )
      ).bytes.toString(),
    ) as { readonly total: number };
    expect(await textOf(page, 'main section [role=status]')).toBe(
      `25 of ${total} markets within 40 ly of the middle, the nearest first`,
    );
    expect(complaints).toEqual([]);
  });
}
