import { expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { ardentRoutes } from '../../src/infra/http/routes/ardent/ardent.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, startHttp } from '../support/http.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { BRANDY, COMMODITIES, GOLD, NOON_S, snapshot } from './store-world.ts';

/** Demand: price, units, level; supply: the same. */
type Prices = readonly [number, number, number, number, number, number];

/** Questions about what is written meanwhile, in a galaxy of its own: others count what is there. */
export function writtenContract(use: () => QueryWorld): void {
  test('what is written is found without asking for it anew', async () => {
    const world = use();
    const cheapest = async () => {
      const page = await world.queries.trades(
        GOLD,
        { side: 'supply', sort: 'price' },
        { limit: 1, after: null },
      );
      return page.entries[0];
    };
    await cheapest();
    const { id, name, system } = world.plain.find(({ rows }) => rows.has(GOLD))!;
    const marketId = 4_000_000_001;
    for (const [which, market, price] of [
      ['known', { marketId: id, stationName: name, systemName: system.name }, 7],
      ['new', { marketId, stationName: 'Newcomer', systemName: system.name }, 5],
    ] as const) {
      const written = await world.store.writeMarkets([
        snapshot([[GOLD, 0, 0, 0, price, 900, 3]], { ...market, at: NOON_S + 60 }),
      ]);
      if (written[0]?.status === 'unknownSystem') continue; // one of several systems of one name
      expect(written, which).toMatchObject([{ status: 'written' }]);
      world.queries.changed([market.marketId]);
      await expect.poll(async () => (await cheapest())?.station.id).toBe(market.marketId);
      expect((await cheapest())?.quote).toMatchObject({ supplyPrice: price, supplyUnits: 900 });
    }
  });

  test('a good that comes for the first time is called by its name at once, wherever it is told of', async () => {
    const { plain, store, queries } = use();
    const options = {
      ...{ queries, commodities: () => COMMODITIES, planner: createTourPlanner(), travelTimes: TRAVEL_TIMES },
      // No time passes after which goods would be read anyway.
      ...{ now: () => (NOON_S + 3_600) * 1000, questionsPerMinute: null, version: '1.2.3' },
    };
    const get = async (url: string) => {
      const { status, bytes } = await ask(url);
      return { status, body: JSON.parse(bytes.toString()) as unknown };
    };
    const has = (part: object): unknown => expect.arrayContaining([expect.objectContaining(part)]);
    // Their rows go, and others look for gold.
    const [seller, buyer] = plain.filter(
      ({ system, typeId, rows }) => !system.name.startsWith('Twin') && typeId < 5 && !rows.has(GOLD),
    ) as [PlainStation, PlainStation];
    const system = encodeURIComponent(seller.system.name);
    const named = { commodityId: BRANDY, symbol: 'LavianBrandy', name: 'Lavian Brandy' };
    const asArdent = { commodityName: 'lavianbrandy' };
    const answers: readonly (readonly [path: string, body: unknown])[] = [
      [`/api/v1/markets/${seller.id}`, { rows: has(named) }],
      [`/api/v1/markets?ids=${buyer.id}`, { entries: has({ rows: has(named) }) }],
      [`/api/v1/systems/${system}/markets`, { entries: has({ rows: has(named) }) }],
      ['/api/v1/commodities/lavianbrandy', named],
      [`/api/v1/commodities/${BRANDY}/sellers`, { commodity: named, entries: has({ marketId: seller.id }) }],
      [
        `/api/v1/hops?from=${seller.id}&to=${buyer.id}&within=100000`,
        { entries: has({ goods: has(named) }) },
      ],
      ['/api/v1/spreads', { entries: has(named) }],
      [`/v2/market/${seller.id}/commodities`, has(asArdent)],
      [`/v2/system/name/${system}/commodities`, has(asArdent)],
      ['/v2/commodities', has(asArdent)],
      ['/v2/commodity/name/lavianbrandy', asArdent],
    ];
    // Every one by a server of its own, which has read the goods before.
    const asked = await Promise.all(
      answers.map(async ([path, body]) => {
        const isArdent = path.startsWith('/v2/');
        const { url } = await startHttp([
          (app) => (isArdent ? ardentRoutes(app, options) : apiRoutes(app, options)),
        ]);
        await get(url + (isArdent ? '/v2/commodity/name/gold/imports' : '/api/v1/commodities'));
        return { url: url + path, path, body };
      }),
    );
    const trade = async ({ id, name, system: at }: PlainStation, prices: Prices) => {
      const market = { marketId: id, stationName: name, systemName: at.name, at: NOON_S + 90 };
      const written = await store.writeMarkets([snapshot([[BRANDY, ...prices]], market)]);
      expect(written).toMatchObject([{ status: 'written' }]);
      queries.changed([id]);
    };
    await trade(seller, [0, 0, 0, 4_000, 90, 3]);
    await trade(buyer, [9_000, 80, 3, 0, 0, 0]);
    const sold = () => queries.trades(BRANDY, { side: 'supply', sort: 'price' }, { limit: 1, after: null });
    await expect.poll(async () => (await sold()).total).toBe(1);
    for (const { url, path, body } of asked) {
      expect({ path, ...(await get(url)) }).toMatchObject({ path, status: 200, body });
    }
  });
}
