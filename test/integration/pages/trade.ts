import { expect, test } from 'vitest';
import { openPage, says, textOf, textsOf, until } from '../../support/browser.ts';
import { ask } from '../../support/http.ts';
import type { PortalWorld } from '../../support/portal-world.ts';
import type * as told from '../../../src/pages/portal/answers.d.ts';

interface Offer {
  readonly name: string;
  readonly price: number;
}

interface Spread {
  readonly name: string;
  readonly spread: number;
  readonly seller: Offer;
  readonly buyer: Offer;
}

/** Names, then the texts of the other cells without what only small screens show. */
const ROWS = `[...document.querySelectorAll('tbody tr')].map((row) => [...row.cells].map((cell, at) => {
  const whole = cell.cloneNode(true);
  for (const node of whole.querySelectorAll('.narrow')) node.remove();
  return (at === 0 ? whole.querySelector('.name') : whole).textContent;
}))`;

/** Goods, one good and one system, in the world of the other pages. */
export function tradePages(use: () => PortalWorld): void {
  const api = async <T>(path: string) =>
    JSON.parse((await ask(`${use().url}/api/v1${path}`)).bytes.toString()) as T;
  const number = (value: number) => value.toLocaleString('en');

  test('every good from its cheapest seller to its best buyer, as the API says', async () => {
    const { page, complaints } = await openPage(`${use().url}/?view=goods`);
    await expect
      .poll(
        async () => {
          const { entries } = await api<{ entries: Spread[] }>('/spreads?near=Sol&within=50');
          const expected = entries.map(({ name, spread, seller, buyer }) => [
            name,
            `${number(seller.price)} cr${seller.name}`,
            `${number(buyer.price)} cr${buyer.name}`,
            `${spread > 0 ? '+' : ''}${number(spread)}`,
          ]);
          const shown = (await page.evaluate(ROWS)) as string[][];
          const traded = shown.filter((row) => row[3] !== '');
          return expected.length > 20 && JSON.stringify(traded) === JSON.stringify(expected);
        },
        { timeout: 70_000 },
      )
      .toBe(true);
    await page.type('#field-good', 'tritium');
    await until(page, `document.querySelectorAll('tbody tr').length === 1`);
    await page.evaluate(`document.querySelector('tbody a').click()`);
    await says(page, 'h1', 'Tritium');
    expect(complaints).toEqual([]);
  });

  test('what a good costs: how its prices are spread, the best of them, and what they were', async () => {
    const { page, complaints } = await openPage(`${use().url}/?view=commodity&name=gold`, {
      width: 1280,
      height: 900,
    });
    await until(page, `document.querySelector('.plot canvas') !== null`);
    expect(await textOf(page, 'h1')).toBe('Gold');
    const figures = ({ min, p25, median, p75, max, markets, tonnes }: told.Spread) => [
      `${number(median)} cr`,
      `${number(p25)} to ${number(p75)} cr`,
      `${number(min)} to ${number(max)} cr`,
      number(markets),
      `${number(tonnes)} t`,
    ];
    await expect
      .poll(
        async () => {
          const { supply, demand } = await api<told.Prices>('/commodities/gold?near=Sol&within=50');
          const expected = [...figures(supply!), ...figures(demand!)];
          return (await textsOf(page, '.figures dd')).join('|') === expected.join('|');
        },
        { timeout: 60_000, interval: 500 },
      )
      .toBe(true);
    expect(await textsOf(page, '.card h2')).toEqual(['Prices', 'Cheapest', 'Best paid', 'History']);
    await page.goto(`${use().url}/?view=commodity&name=unobtainium`);
    await says(page, '[role=alert]', 'No good is called unobtainium');
    expect(complaints.filter((each) => !each.includes('404'))).toEqual([]);
  });

  test('a system: its stations, the nearest to the star first, and its neighbours', async () => {
    const { page, complaints } = await openPage(`${use().url}/?view=system`, { width: 1280, height: 900 });
    await until(page, `document.querySelectorAll('tbody').length === 2`);
    const stations = await api<told.List<told.Station>>('/systems/Sol/stations?limit=1000');
    const names = (await textsOf(page, '.columns > section tbody th .name')).sort();
    expect(names).toEqual(stations.entries.map(({ name }) => name).sort());
    await says(page, '[role=status]', `${stations.total} stations are known`);
    const near = await api<told.List<told.Candidate & told.Near>>(
      '/systems/near?near=Sol&within=20&limit=13',
    );
    const neighbours = near.entries.filter(({ name }) => name !== 'Sol');
    const shown = (await page.evaluate(
      `[...document.querySelectorAll('.pile table tbody tr')].map((row) => row.textContent)`,
    )) as string[];
    expect(shown).toEqual(neighbours.map(({ name, distanceLy }) => `${name}${distanceLy!.toFixed(1)} ly`));
    await page.evaluate(`document.querySelector('.pile table tbody a').click()`);
    await says(page, 'h1', neighbours[0]!.name);
    await page.evaluate(
      `[...document.querySelectorAll('.chips a')].find((a) => a.textContent === 'On the map').click()`,
    );
    await says(page, '.map .told', 'market');
    expect(complaints).toEqual([]);
  });

  test('what did it cost? A chart of a market, and of a good', async () => {
    const { page, complaints } = await openPage(use().url, { width: 1280, height: 800 });
    const { entries } = await api<told.List<told.Station>>('/freshness/recent?limit=3&carriers=included');
    const marketId = entries.at(-1)?.marketId ?? 0;
    const history = async () => await api<told.MarketHistory>(`/markets/${marketId}/history?limit=1`);
    await expect.poll(async () => (await history()).goods.length, { timeout: 30_000 }).toBeGreaterThan(5);
    const { goods } = await history();
    await page.goto(`${use().url}/?view=market&id=${marketId}`);
    await until(page, `document.querySelector('.plot canvas') !== null`);
    const options = await textsOf(page, 'select[name=chart] option');
    expect(options).toHaveLength(goods.length + 1);
    const [good] = goods.map(({ name }) => name).sort();
    await page.select('select[name=chart]', good!);
    await until(
      page,
      `document.querySelector('.plot').getAttribute('aria-label').startsWith(${JSON.stringify(good)})`,
    );
    expect(new URL(page.url()).searchParams.get('chart')).toBe(good);
    expect(await textOf(page, '.plot + p')).toMatch(
      /changes · (buy|sell): mean [\d,]+ cr, volatility [\d.]+ %/,
    );
    const inked = `(() => {
      const canvas = document.querySelector('.plot canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    })()`;
    expect(await page.evaluate(inked), 'something is drawn').toBeGreaterThan(3);

    await page.goto(`${use().url}/?view=find&commodity=Gold&near=`);
    await until(page, `document.querySelector('.plot canvas') !== null`);
    expect(await textOf(page, '.plot + p')).toMatch(/mean [\d,]+ cr/);
    expect(complaints).toEqual([]);
  });
}
