import { beforeEach, expect, test } from 'vitest';
import { stationKinds } from '../../src/domain/galaxy/stations/station-types.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { NOW_S, useArdent, type Row } from './ardent-world.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { FUEL, GOLD, PLATINUM } from './store-world.ts';

/** Economies as its collector names them. */
const NAMED: Readonly<Record<string, string>> = {
  agri: 'Agriculture',
  hightech: 'HighTech',
  industrial: 'Industrial',
  refinery: 'Refinery',
};

/** What Ardent's API v2 tells of stations beyond Trade Dangerous' tables, and of the whole galaxy. */
export function ardentToldContract(use: () => QueryWorld, generation: Generation): void {
  const get = useArdent(use);
  const carrier = generation === 'v12' ? 24 : 5;
  let plain: readonly PlainStation[];

  beforeEach(() => {
    plain = use().plain;
  });

  test('at which body, and of which economies: by the feed and dumps, of carriers only the body', async () => {
    for (const station of plain.filter(
      ({ id, typeId }) => id % 5 === 0 && stationKinds(generation).has(typeId),
    )) {
      const [first, second] = station.typeId === carrier ? [] : station.economies;
      const economies = {
        primaryEconomy: NAMED[first!] ?? null,
        secondaryEconomy: NAMED[second!] ?? null,
      };
      const row = await get<Row>(`/market/${station.id}`);
      expect(row).toMatchObject({ marketId: station.id, bodyId: null, bodyName: station.body, ...economies });
      const base = `/system/address/${station.system.id}`;
      const ofIt = (rows: readonly Row[]) => rows.filter(({ marketId }) => marketId === station.id);
      expect(ofIt(await get(`${base}/stations`))).toEqual([row]);
      if (station.flags.market === 'Y') expect(ofIt(await get(`${base}/markets`))).toMatchObject([economies]);
      for (const offer of ofIt(await get(`${base}/commodities`))) expect(offer.bodyName).toBe(station.body);
    }
    const offers = [
      ...(await get('/commodity/name/gold/imports')),
      ...(await get('/commodity/name/gold/exports')),
    ];
    expect(offers.map(({ bodyName }) => bodyName)).toEqual(
      offers.map(({ marketId }) => plain.find(({ id }) => id === marketId)!.body),
    );
    expect(new Set(offers.map(({ bodyName }) => bodyName)).size).toBeGreaterThan(3);
    const [found] = await get('/search/station/name/Jameson');
    expect(found!.bodyName).toBe(plain.find(({ id }) => id === found!.marketId)!.body);
  });

  test('statistics', async () => {
    expect(await get('/version')).toEqual({ version: '1.2.3' });
    const seen = plain.filter(({ atS }) => atS !== null);
    expect(await get('/stats')).toMatchObject({
      systems: 60,
      stations: { carriers: plain.filter(({ typeId }) => typeId === carrier).length },
      trade: {
        stations: seen.filter(({ typeId }) => typeId !== carrier).length,
        tradeOrders: seen.reduce((sum, { rows }) => sum + rows.size, 0),
        uniqueCommodities: 3,
      },
      timestamp: new Date(NOW_S * 1000).toISOString(),
    });
    const types = await get<{ total: number; stationTypes: Record<string, number> }>('/stats/stations/types');
    expect(types.total).toBe(plain.length);
    expect(types.stationTypes.FleetCarrier).toBe(plain.filter(({ typeId }) => typeId === carrier).length);
    const settled = plain.filter(({ typeId }) => typeId !== carrier);
    const count = (at: number) => {
      const names = settled.map(({ economies }) => NAMED[economies[at]!] ?? 'null');
      return Object.fromEntries(
        [...new Set(names)].map((name) => [name, names.filter((each) => each === name).length]),
      );
    };
    expect(await get('/stats/stations/economies')).toEqual({
      ...{ primary: count(0), secondary: count(1) },
      fleetCarriers: plain.length - settled.length,
      timestamp: new Date(NOW_S * 1000).toISOString(),
    });

    const report = await get('/commodities');
    expect(report.map(({ commodityName }) => commodityName)).toEqual(['gold', 'hydrogenfuel', 'platinum']);
    for (const [name, item] of [
      ['gold', GOLD],
      ['hydrogenfuel', FUEL],
      ['platinum', PLATINUM],
    ] as const) {
      const rows = plain.flatMap(({ rows: own, typeId }) =>
        own.has(item) && typeId !== carrier ? [own.get(item)!] : [],
      );
      const offered = rows.filter((row) => row[3]! > 0 && row[4]! > 0).map((row) => row[3]!);
      expect(await get<Row>(`/commodity/name/${name}`)).toMatchObject({
        minBuyPrice: Math.min(...offered),
        maxBuyPrice: Math.max(...offered),
        avgBuyPrice: Math.trunc(offered.reduce((sum, price) => sum + price, 0) / offered.length),
        totalStock: rows.reduce((sum, row) => sum + row[4]!, 0),
      });
    }
    await get('/commodity/name/unobtainium', 404);
  });
}
