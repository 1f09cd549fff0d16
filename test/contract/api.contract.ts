import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Histogram } from '../../src/pages/portal/answers.d.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, openHttp } from '../support/http.ts';
import { times } from '../support/times.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { readSchemas, type Schemas } from '../support/openapi.ts';
import { COMMODITIES, GOLD, NOON_S, PLATINUM } from './store-world.ts';

const DAY_S = 86_400;
const NOW_S = NOON_S + 3_600;

interface Body {
  readonly error?: string;
  readonly candidates?: readonly unknown[];
  readonly total: number;
  readonly next: string | null;
  readonly entries: readonly Record<string, unknown>[];
}

/** The API over a store, each answer held against its own description and against plain SQL. */
export function apiContract(use: () => QueryWorld, generation: Generation): void {
  let plain: readonly PlainStation[];
  let base: string;
  let schemas: Schemas;

  beforeAll(async () => {
    const { queries, ...world } = use();
    plain = world.plain;
    const planner = createTourPlanner();
    const options = {
      ...{ queries, commodities: () => COMMODITIES, now: () => NOW_S * 1000 },
      ...{ planner, travelTimes: TRAVEL_TIMES, questionsPerMinute: null, version: '1.2.3' },
    };
    const server = await openHttp([(app) => apiRoutes(app, options)]);
    base = `${server.url}/api/v1`;
    schemas = readSchemas(JSON.parse((await ask(`${base}/openapi.json`)).bytes.toString()));
    return () => Promise.all([server.close(0), planner.close()]);
  });

  /** The body of an answer that is as its description says. */
  async function get(path: string, status = 200): Promise<Body> {
    const answer = await ask(base + path);
    const body = JSON.parse(answer.bytes.toString()) as Body;
    expect({ path, status: answer.status, body }).toMatchObject({ status });
    expect(schemas.check(`/api/v1${path}`, status, body)).toEqual([]);
    return body;
  }

  /** All pages of a list. */
  async function pages(path: string, limit: number): Promise<Record<string, unknown>[]> {
    const entries: Record<string, unknown>[] = [];
    let cursor = '';
    for (;;) {
      const body = await get(`${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor}`);
      entries.push(...body.entries);
      if (body.next === null) return entries;
      cursor = `&cursor=${body.next}`;
    }
  }

  const away = (station: PlainStation, [x, y, z]: readonly number[]) =>
    Math.hypot(station.system.at[0]! - x!, station.system.at[1]! - y!, station.system.at[2]! - z!);
  const isCarrier = ({ typeId }: PlainStation) => typeId === (generation === 'v12' ? 24 : 5);
  const ids = (entries: readonly Record<string, unknown>[]) => entries.map(({ marketId }) => marketId);

  test('sellers near a system: the cheapest, with distance, age and pads', async () => {
    const reference = plain.find(({ system }) => !system.name.startsWith('Twin'))!;
    const expected = plain
      .filter((station) => {
        const [, , , price = 0, units = 0] = station.rows.get(GOLD) ?? [];
        return (
          price > 0 &&
          units >= 1 &&
          station.atS! >= NOW_S - 30 * DAY_S &&
          !isCarrier(station) &&
          'ML'.includes(station.pad) &&
          away(station, reference.system.at) <= 60
        );
      })
      .sort((a, b) => a.rows.get(GOLD)![3]! - b.rows.get(GOLD)![3]! || a.id - b.id);
    const near = encodeURIComponent(reference.system.name.toUpperCase());
    const entries = await pages(`/commodities/gold/sellers?near=${near}&within=60&minPad=M&maxAge=30d`, 3);
    expect(ids(entries)).toEqual(expected.map(({ id }) => id));
    for (const [at, entry] of entries.entries()) {
      const station = expected[at]!;
      const row = station.rows.get(GOLD)!;
      expect(entry).toMatchObject({
        name: station.name,
        systemId: String(station.system.id),
        maxPad: station.pad,
        lsFromStar: station.ls,
        buyPrice: row[3],
        stock: row[4],
        stockLevel: row[5]! < 0 ? null : row[5],
        sellPrice: row[0] === 0 ? null : row[0],
        marketObservedAt: new Date(station.atS! * 1000).toISOString(),
        priceRatio: station.ratio,
        marketAgeS: NOW_S - station.atS!,
        planetary: station.planetary === '?' ? null : station.planetary === 'Y',
      });
      expect(entry.distanceLy).toBeCloseTo(away(station, reference.system.at));
    }
  });

  test('buyers in the galaxy: carriers only when they are asked for', async () => {
    const buyers = (carriers: string) =>
      pages(`/commodities/Gold/buyers?maxAge=200d&carriers=${carriers}`, 50);
    const expected = plain
      .filter(({ rows }) => (rows.get(GOLD)?.[0] ?? 0) > 0 && rows.get(GOLD)![1]! >= 1)
      .sort((a, b) => b.rows.get(GOLD)![0]! - a.rows.get(GOLD)![0]! || a.id - b.id);
    expect(ids(await buyers('included'))).toEqual(expected.map(({ id }) => id));
    expect(ids(await buyers('only'))).toEqual(expected.filter(isCarrier).map(({ id }) => id));
    expect(ids(await buyers('excluded'))).toEqual(expected.filter((s) => !isCarrier(s)).map(({ id }) => id));
  });

  test('a good by symbol, name or id; its prices', async () => {
    for (const named of ['gold', '$gold_name;', 'GOLD', String(GOLD)]) {
      expect(await get(`/commodities/${encodeURIComponent(named)}?maxAge=200d`)).toMatchObject({
        commodityId: GOLD,
        symbol: 'Gold',
        name: 'Gold',
        category: 'Metals',
        maxAgeS: 200 * DAY_S,
      });
    }
    expect((await get('/commodities/unobtainium', 404)).error).toMatch(/no good is called unobtainium/);
    const { entries } = await get('/commodities');
    expect(entries.map(({ commodityId }) => commodityId)).toContain(PLATINUM);
  });

  test('one market, one good of it, many markets, all of a system', async () => {
    const seen = plain.filter(({ rows }) => rows.size > 0);
    const [one, two] = seen as [PlainStation, PlainStation];
    const market = (await get(`/markets/${one.id}`)) as unknown as { rows: Record<string, unknown>[] };
    expect(market).toMatchObject({
      marketId: one.id,
      name: one.name,
      at: new Date(NOW_S * 1000).toISOString(),
    });
    expect(market.rows.map(({ commodityId }) => commodityId)).toEqual([...one.rows.keys()]);
    for (const row of market.rows) {
      const [sellPrice, demand, , buyPrice, stock] = one.rows.get(Number(row.commodityId))!;
      expect(row).toMatchObject({
        sellPrice: sellPrice === 0 ? null : sellPrice,
        demand: sellPrice === 0 ? null : demand,
        buyPrice: buyPrice === 0 ? null : buyPrice,
        stock: buyPrice === 0 ? null : stock,
      });
    }
    const [item] = one.rows.keys();
    expect(await get(`/markets/${one.id}/commodities/${item}`)).toMatchObject({
      marketId: one.id,
      commodityId: item,
      marketAgeS: NOW_S - one.atS!,
    });
    const { entries } = await get(`/markets?ids=${two.id},${one.id},42`);
    expect(ids(entries)).toEqual([two.id, one.id]);
    const there = seen.filter((each) => each.system.id === one.system.id);
    expect(ids(await pages(`/systems/${one.system.id}/markets`, 1))).toEqual(
      there.sort((a, b) => b.atS! - a.atS! || a.id - b.id).map(({ id }) => id),
    );
    expect((await get('/markets/42', 404)).error).toMatch(/no station has the market id 42/);
    const absent = [PLATINUM, GOLD].find((each) => !one.rows.has(each));
    if (absent !== undefined) await get(`/markets/${one.id}/commodities/${absent}`, 404);
  });

  test('a name that several systems bear is answered with all of them', async () => {
    const refused = await get('/systems/twin%201', 400);
    expect(refused.error).toMatch(/3 systems are named twin 1: give the id64/);
    expect(refused.candidates).toHaveLength(3);
    expect((await get('/systems/named/twin%201')).entries).toHaveLength(3);
    expect(await get('/systems/9223372036854775807')).toMatchObject({ systemId: '9223372036854775807' });
    expect((await get('/commodities/gold/sellers?near=twin%201', 400)).candidates).toHaveLength(3);
    await get('/systems/Nowhere', 404);
  });

  test('systems and stations by beginning and around a point', async () => {
    const all = await use().db.sql(
      'SELECT system_id, name, pos_x + 0.0 AS x, pos_y + 0.0 AS y, pos_z + 0.0 AS z FROM System',
    );
    const hip = await pages('/systems?prefix=hip', 5);
    expect(hip).toHaveLength(all.filter(({ name }) => name!.startsWith('HIP')).length);
    const around = await pages('/systems/near?near=1,2,-3.5&within=30', 4);
    const expected = all.filter(
      ({ x, y, z }) => Math.hypot(Number(x) - 1, Number(y) - 2, Number(z) + 3.5) <= 30,
    );
    expect(around).toHaveLength(expected.length);
    expect(around.map(({ distanceLy }) => distanceLy)).toEqual(
      around.map(({ distanceLy }) => Number(distanceLy)).sort((a, b) => a - b),
    );
    const named = await pages('/stations/named?prefix=ABRAHAM', 7);
    expect(named).toHaveLength(plain.filter(({ name }) => name.startsWith('Abraham')).length);
    const refuel = await pages('/stations?services=refuel,repair&minPad=L', 100);
    expect(ids(refuel)).toEqual(
      plain
        .filter(({ flags, pad }) => flags.refuel === 'Y' && flags.repair === 'Y' && pad === 'L')
        .map(({ id }) => id),
    );
    const [first] = plain as [PlainStation];
    const told = await pages(`/systems/${first.system.id}/stations`, 2);
    const there = plain.filter(({ system }) => system.id === first.system.id);
    expect(told).toMatchObject(there.map(({ id: marketId, body }) => ({ marketId, body })));
    expect(await get(`/stations/${first.id}`)).toMatchObject({ marketId: first.id });
  });

  test('what is stale, along a route too, and what came last', async () => {
    const route = plain.filter(({ system }) => !system.name.startsWith('Twin')).slice(0, 3);
    const along = route.map(({ system }) => encodeURIComponent(system.name)).join();
    const stale = await pages(`/freshness/stale?along=${along}&within=25&olderThan=20d&carriers=included`, 6);
    const construction = generation === 'v13' ? [10, 14] : [];
    const expected = plain
      .filter(
        (station) =>
          (station.atS !== null || station.flags.market === 'Y') &&
          (station.atS ?? 0) <= NOW_S - 20 * DAY_S &&
          !construction.includes(station.typeId) &&
          route.some(({ system }) => away(station, system.at) <= 25),
      )
      .sort((a, b) => (a.atS ?? 0) - (b.atS ?? 0) || a.id - b.id);
    expect(ids(stale)).toEqual(expected.map(({ id }) => id));
    expect(stale.map(({ moreInSystem }) => moreInSystem)).toEqual(
      expected.map(({ system }) => expected.filter((each) => each.system.id === system.id).length - 1),
    );
    const seen = plain.filter(({ atS }) => atS !== null);
    const newest = seen.sort((a, b) => b.atS! - a.atS! || a.id - b.id).slice(0, 5);
    expect(ids((await get('/freshness/recent?limit=5')).entries)).toEqual(newest.map(({ id }) => id));
    await get(`/freshness/stale?along=${along}&near=1,2,3`, 400);
  });

  test('ages are counted between their bounds, around a place too', async () => {
    const construction = generation === 'v13' ? [10, 14] : [];
    for (const [query, withinLy] of [
      ['carriers=included', Infinity],
      ['carriers=included&near=1,2,3&within=40', 40],
    ] as const) {
      const markets = plain.filter(
        (station) =>
          (station.atS !== null || station.flags.market === 'Y') &&
          !construction.includes(station.typeId) &&
          away(station, [1, 2, 3]) <= withinLy,
      );
      const told = (await get(`/freshness/histogram?${query}`)) as unknown as Histogram;
      expect(told.total).toBe(markets.length);
      expect(told.neverSeen).toBe(markets.filter(({ atS }) => atS === null).length);
      expect(told.ages.map(({ toS }) => toS).slice(0, -1)).toEqual(
        told.ages.map(({ fromS }) => fromS).slice(1),
      );
      for (const { fromS, toS, markets: counted } of told.ages) {
        const isBetween = (ageS: number) => (fromS === 0 || ageS > fromS) && ageS <= (toS ?? Infinity);
        expect(counted).toBe(markets.filter(({ atS }) => atS !== null && isBetween(NOW_S - atS)).length);
      }
    }
  });

  test('hops and spreads', async () => {
    const from = plain.find(({ rows }) => (rows.get(GOLD)?.[3] ?? 0) > 0 && rows.get(GOLD)![4]! > 0)!;
    const body = await get(`/hops?from=${from.id}&within=500&maxAge=200d&carriers=included&limit=1000`);
    for (const hop of body.entries) {
      const to = plain.find(({ id }) => id === hop.marketId)!;
      const goods = hop.goods as { commodityId: number; profit: number }[];
      for (const { commodityId, profit } of goods) {
        expect(profit).toBe(to.rows.get(commodityId)![0]! - from.rows.get(commodityId)![3]!);
      }
    }
    expect(body.total).toBeGreaterThan(10);
    const to = Number(body.entries[0]!.marketId);
    expect(ids((await get(`/hops?from=${from.id}&to=${to}&maxAge=200d`)).entries)).toEqual([to]);

    const spreads = await get('/spreads?maxAge=200d&carriers=included');
    for (const { commodityId, spread, seller, buyer } of spreads.entries) {
      const traded = (side: number) =>
        plain.flatMap(({ rows }) => {
          const row = rows.get(Number(commodityId));
          return row !== undefined && row[side]! > 0 && row[side + 1]! >= 1 ? [row[side]!] : [];
        });
      expect(seller).toMatchObject({ price: Math.min(...traded(3)) });
      expect(buyer).toMatchObject({ price: Math.max(...traded(0)) });
      expect(spread).toBe(Math.max(...traded(0)) - Math.min(...traded(3)));
    }
    expect(spreads.entries).toHaveLength(3);
  });

  describe('manners', () => {
    test.each([
      ['/commodities/gold/sellers?limit=0', /limit: /],
      ['/commodities/gold/sellers?maxAge=12', /maxAge: a number and its unit is needed/],
      ['/commodities/gold/sellers?minpad=L', /no such parameter: minpad \(there are near, within, minPad/],
      ['/commodities/gold/sellers?cursor=zzz', /cursor: give `next` of the page before/],
      ['/stations?services=coffee', /services/],
      ['/markets?ids=1,x', /ids/],
      ['/systems', /prefix/],
    ])('%s is a 400 that says why', async (path, reason) => {
      expect((await get(path, 400)).error).toMatch(reason);
    });

    test('an answer has a tag, a time to live, and comes compressed to who takes that', async () => {
      const plainAnswer = await ask(`${base}/commodities`);
      expect(plainAnswer.headers).toMatchObject({
        'cache-control': 'public, max-age=60',
        'content-type': 'application/json; charset=utf-8',
      });
      const again = await ask(`${base}/freshness/recent?limit=100`, { 'accept-encoding': 'gzip' });
      expect(again.headers['content-encoding']).toBe('gzip');
      const etag = plainAnswer.headers.etag!;
      expect((await ask(`${base}/commodities`, { 'if-none-match': etag })).status).toBe(304);
    });

    test('whatever is asked, no question ends in a 500', async () => {
      const value = fc.oneof(
        fc.string({ maxLength: 30 }),
        fc.oneof(fc.integer(), fc.double()).map(String),
        fc.constantFrom(
          '',
          '0',
          '-1',
          '1e309',
          'NaN',
          'null',
          "'; DROP TABLE System; --",
          '%00',
          '\u{1f680}',
          '1,2,3',
        ),
      );
      const parameter = fc.tuple(fc.constantFrom(...Object.keys(schemas.parameters)), value);
      const path = fc.tuple(fc.constantFrom(...schemas.paths), fc.array(parameter, { maxLength: 5 }), value);
      await fc.assert(
        fc.asyncProperty(path, async ([template, query, inPath]) => {
          const url = template.replaceAll(/\{\w+\}/g, () => encodeURIComponent(inPath === '' ? ' ' : inPath));
          const search = new URLSearchParams(query).toString();
          const { status } = await ask(`${base.replace('/api/v1', '')}${url}?${search}`);
          expect([200, 304, 400, 404]).toContain(status);
        }),
        { numRuns: times(60, 300) },
      );
    });
  });
}
