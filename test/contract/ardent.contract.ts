import { beforeEach, expect, test } from 'vitest';
import { stationKinds } from '../../src/domain/galaxy/stations/station-types.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { NOW_S, useArdent, type Row } from './ardent-world.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { GOLD } from './store-world.ts';

const DAY_S = 86_400;

/** The keys of Ardent's rows, from its source. */
const SYSTEM_KEYS = ['systemAddress', 'systemName', 'systemX', 'systemY', 'systemZ', 'updatedAt'];
const COMMODITY_KEYS = [
  'commodityName',
  'marketId',
  'stationName',
  'stationType',
  'distanceToArrival',
  'maxLandingPadSize',
  'bodyId',
  'bodyName',
  'systemAddress',
  'systemName',
  'systemX',
  'systemY',
  'systemZ',
  'buyPrice',
  'demand',
  'demandBracket',
  'meanPrice',
  'sellPrice',
  'stock',
  'stockBracket',
  'updatedAt',
];
const MARKET_KEYS = [
  'systemAddress',
  'systemName',
  'marketId',
  'stationName',
  'stationType',
  'primaryEconomy',
  'secondaryEconomy',
  'distanceToArrival',
  'maxLandingPadSize',
  'allegiance',
  'government',
  'controllingFaction',
  'updatedAt',
];

/** Ardent's API v2 over a store, beside an independent computation of what its SQL says. */
export function ardentContract(use: () => QueryWorld, generation: Generation): void {
  const get = useArdent(use);
  let plain: readonly PlainStation[];

  beforeEach(() => {
    plain = use().plain;
  });

  const carrier = generation === 'v12' ? 24 : 5;
  const away = (a: PlainStation, b: PlainStation) =>
    Math.round(Math.hypot(...a.system.at.map((each, axis) => each - b.system.at[axis]!)));
  const ids = (rows: readonly Row[]) => rows.map(({ marketId }) => marketId);
  /** Later than midnight of the day after so many days ago. */
  const isFresh = (station: PlainStation, days: number) =>
    new Date(station.atS! * 1000).toISOString().slice(0, 10) >
    new Date((NOW_S - days * DAY_S) * 1000).toISOString().slice(0, 10);
  const single = () => plain.find(({ system, rows }) => !system.name.startsWith('Twin') && rows.has(GOLD))!;

  test('importers: best paying first, a demand of 0 counts as without limit, days from midnight to midnight', async () => {
    const expected = (days: number, minVolume: number, minPrice: number) =>
      plain
        .filter((station) => {
          const [price = 0, units = 0] = station.rows.get(GOLD) ?? [];
          return (
            price >= Math.max(1, minPrice) && (units >= minVolume || units === 0) && isFresh(station, days)
          );
        })
        .sort((a, b) => b.rows.get(GOLD)![0]! - a.rows.get(GOLD)![0]! || a.id - b.id)
        .slice(0, 100)
        .map(({ id }) => id);
    const rows = await get('/commodity/name/Gold/imports');
    expect(ids(rows)).toEqual(expected(90, 1, 1));
    expect(Object.keys(rows[0]!)).toEqual(COMMODITY_KEYS);
    expect(ids(await get('/commodity/name/gold/imports?maxDaysAgo=20&minVolume=500&minPrice=1000'))).toEqual(
      expected(20, 500, 1000),
    );
    expect(await get('/commodity/name/gold/imports', 200, '/api/v2')).toEqual(rows);
  });

  test('exporters: cheapest first, with and without carriers, around a system', async () => {
    const from = single();
    const expected = plain
      .filter((station) => {
        const [, , , price = 0, units = 0] = station.rows.get(GOLD) ?? [];
        const isNear = away(station, from) <= 40;
        return (
          price > 0 &&
          price <= 2_000 &&
          units >= 1 &&
          isFresh(station, 90) &&
          isNear &&
          station.typeId !== carrier
        );
      })
      .sort((a, b) => a.rows.get(GOLD)![3]! - b.rows.get(GOLD)![3]! || a.id - b.id);
    const around = `systemAddress=${from.system.id}&maxDistance=40`;
    const rows = await get(`/commodity/name/gold/exports?maxPrice=2000&fleetCarriers=false&${around}`);
    expect(ids(rows)).toEqual(expected.map(({ id }) => id));
    expect(rows.map(({ distance }) => distance)).toEqual(expected.map((station) => away(station, from)));
    const carriers = await get('/commodity/name/gold/exports?fleetCarriers=1');
    expect(new Set(carriers.map(({ stationType }) => stationType))).toEqual(new Set(['FleetCarrier']));
  });

  test('a row says what the tables say, 0 for what is not traded', async () => {
    const station = single();
    const row = await get<Row>(`/market/${station.id}/commodity/name/gold`);
    const [sellPrice, demand, demandBracket, buyPrice, stock, stockBracket] = station.rows.get(GOLD)!;
    expect(row).toEqual({
      commodityName: 'gold',
      marketId: station.id,
      stationName: station.name,
      stationType: row.stationType,
      distanceToArrival: station.ls,
      maxLandingPadSize: { S: 1, M: 2, L: 3 }[station.pad] ?? null,
      bodyId: null,
      bodyName: station.body,
      systemAddress: Number(station.system.id),
      systemName: station.system.name,
      systemX: station.system.at[0],
      systemY: station.system.at[1],
      systemZ: station.system.at[2],
      ...{ sellPrice, demand, buyPrice, stock, meanPrice: null },
      demandBracket: demandBracket! < 0 ? null : demandBracket,
      stockBracket: stockBracket! < 0 ? null : stockBracket,
      updatedAt: new Date(station.atS! * 1000).toISOString(),
    });
    const market = await get(`/market/${station.id}/commodities`);
    expect(market).toHaveLength(station.rows.size);
    expect(await get(`/market/42/commodities`, 404)).toEqual({
      error: 'Not Found',
      message: 'Market not found',
    });
    const named = encodeURIComponent(station.name.toUpperCase());
    const inSystem = await get(`/system/address/${station.system.id}/market/name/${named}/commodities`);
    expect(inSystem.filter(({ marketId }) => marketId === station.id)).toEqual(market);
  });

  test('a system by name and by address; namesakes in disambiguation', async () => {
    const { system } = single();
    const byName = await get<Row>(`/system/name/${encodeURIComponent(system.name.toUpperCase())}`);
    expect(Object.keys(byName)).toEqual(SYSTEM_KEYS);
    expect(await get(`/system/address/${system.id}`)).toEqual(byName);
    const twin = await get<Row & { disambiguation: Row[] }>('/system/name/twin%201');
    expect(twin.disambiguation).toHaveLength(2);
    expect(await get('/system/name/Nowhere', 404)).toEqual({
      error: 'Not Found',
      message: 'System not found',
    });
    expect(await get('/system/sector/1', 404)).toEqual({ error: 'Not Found', message: 'System not found' });
    const found = await get('/search/system/name/twin');
    expect(found).toHaveLength(6);
    expect(found.every(({ ambiguous }) => ambiguous === true)).toBe(true);
    expect(await get('/search/station/name/Jameson')).toHaveLength(
      Math.min(25, plain.filter(({ name }) => name.startsWith('Jameson')).length),
    );
  });

  test('what is in a system: stations by kind, markets, goods, imports and exports', async () => {
    const { system } = single();
    const base = `/system/address/${system.id}`;
    const here = plain.filter((station) => station.system.id === system.id);
    const markets = await get(`${base}/markets`);
    expect(new Set(ids(markets))).toEqual(
      new Set(here.filter(({ flags }) => flags.market === 'Y').map(({ id }) => id)),
    );
    if (markets.length > 0) expect(Object.keys(markets[0]!)).toEqual(MARKET_KEYS);
    const stations = await get(`${base}/stations`);
    expect(new Set(ids(stations))).toEqual(
      new Set(here.filter(({ typeId }) => stationKinds(generation).has(typeId)).map(({ id }) => id)),
    );
    const kinds = await Promise.all(
      ['ports', 'outposts', 'settlements', 'megaships', 'carriers'].map((kind) =>
        get(`${base}/stations/${kind}`),
      ),
    );
    expect(new Set(ids(kinds.flat()))).toEqual(new Set(ids(stations)));
    const rows = await get(`${base}/commodities`);
    expect(rows).toHaveLength(here.reduce((sum, station) => sum + station.rows.size, 0));
    const imports = await get(`${base}/commodities/imports?maxDaysAgo=200&minPrice=500`);
    expect(imports).toHaveLength(
      here
        .flatMap(({ rows: own }) => [...own.values()])
        .filter(([price, units]) => price! >= 500 && units! >= 0).length,
    );
    const gold = await get(`${base}/commodity/name/gold?maxDaysAgo=200`);
    expect(new Set(ids(gold))).toEqual(
      new Set(here.filter((station) => station.rows.has(GOLD)).map(({ id }) => id)),
    );
  });

  test('what is nearby: systems, offers elsewhere, services', async () => {
    const from = single();
    const base = `/system/address/${from.system.id}`;
    const nearby = await get(`${base}/nearby?maxDistance=30`);
    expect(nearby.map(({ systemAddress }) => systemAddress)).not.toContain(Number(from.system.id));
    const all = await use().db.sql(
      'SELECT system_id, pos_x + 0.0 AS x, pos_y + 0.0 AS y, pos_z + 0.0 AS z FROM System',
    );
    const [x, y, z] = from.system.at as [number, number, number];
    const distances = all
      .filter(({ system_id }) => BigInt(system_id!) !== from.system.id)
      .map((each) => Math.round(Math.hypot(Number(each.x) - x, Number(each.y) - y, Number(each.z) - z)))
      .filter((ly) => ly <= 30)
      .sort((a, b) => a - b);
    expect(nearby.map(({ distance }) => distance)).toEqual(distances);

    for (const [sort, key] of [
      ['price', (station: PlainStation) => -station.rows.get(GOLD)![0]!],
      ['distance', (station: PlainStation) => away(station, from)],
    ] as const) {
      const rows = await get(`${base}/commodity/name/gold/nearby/imports?maxDistance=50&sort=${sort}`);
      const expected = plain.filter((station) => {
        const [price = 0] = station.rows.get(GOLD) ?? [];
        const isElsewhere = station.system.id !== from.system.id;
        return price > 0 && isElsewhere && isFresh(station, 90) && away(station, from) <= 50;
      });
      expect(new Set(ids(rows))).toEqual(new Set(expected.map(({ id }) => id)));
      const keys = rows.map(({ marketId }) => key(plain.find(({ id }) => id === marketId)!));
      expect(keys).toEqual([...keys].sort((a, b) => a - b));
    }

    const repair = await get(`${base}/nearest/repair?minLandingPadSize=2`);
    expect(repair).toHaveLength(
      Math.min(20, plain.filter(({ flags, pad }) => flags.repair === 'Y' && 'ML'.includes(pad)).length),
    );
    expect(repair.every(({ repair: offered }) => offered === 1)).toBe(true);
    for (const [path, service] of [
      ['interstellar-factors', 'facilitator'],
      ['material-trader', 'materialtrader'],
      ['technology-broker', 'techbroker'],
      ['universal-cartographics', 'exploration'],
      ['search-and-rescue', 'searchrescue'],
    ] as const) {
      const found = await get(`${base}/nearest/${path}?minLandingPadSize=2`);
      const offering = plain.filter(({ listed, pad }) => listed.includes(service) && 'ML'.includes(pad));
      expect(found.map(({ distance }) => distance)).toEqual(
        offering
          .map((station) => away(station, from))
          .sort((a, b) => a - b)
          .slice(0, 20),
      );
      const known = new Set(offering.map(({ id }) => id));
      expect(found.every(({ marketId }) => known.has(marketId as number))).toBe(true);
    }
    expect(await get(`${base}/nearest/coffee`, 404)).toEqual({
      error: 'Not Found',
      message: 'Service unknown',
    });
  });

  test.each([
    ['/commodity/name/gold/imports?minVolume=many', 400],
    ['/commodity/name/gold/imports?systemName=Nowhere', 404],
    ['/market/x/commodities', 400],
    ['/system/address/99999999999999999999999', 404],
    ['/commodity/name/unobtainium/imports', 200],
  ])('%s is a %i', (path, status) => get(path, status));
}
