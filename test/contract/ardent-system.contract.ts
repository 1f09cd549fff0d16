import { describe, expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import { NOW_S, useArdent, type Row } from './ardent-world.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { FUEL, GOLD, PLATINUM } from './store-world.ts';

const DAY_S = 86_400;
const NAMES = new Map([
  [GOLD, 'gold'],
  [FUEL, 'hydrogenfuel'],
  [PLATINUM, 'platinum'],
]);

/** One row of a market of a system. */
interface Plain {
  readonly station: PlainStation;
  readonly good: number;
  readonly price: number;
  readonly units: number;
  /** Between the midnights of the day it was seen and of today. */
  readonly days: number;
}

/** What is traded in a system, by each condition of Ardent's API, beside plain SQL. */
export function ardentSystemContract(use: () => QueryWorld, generation: Generation): void {
  const get = useArdent(use);
  const isCarrier = ({ typeId }: PlainStation) => typeId === (generation === 'v12' ? 24 : 5);

  /** The system of which most is known. */
  function richest(): PlainStation['system'] {
    const rows = new Map<bigint, number>();
    for (const { system, rows: own } of use().plain)
      rows.set(system.id, (rows.get(system.id) ?? 0) + own.size);
    return use()
      .plain.map(({ system }) => system)
      .toSorted((a, b) => rows.get(b.id)! - rows.get(a.id)!)[0]!;
  }

  function traded(at: 0 | 3): Plain[] {
    const { id } = richest();
    return use().plain.flatMap((station) =>
      station.system.id !== id
        ? []
        : [...station.rows].map(([good, row]) => ({
            ...{ station, good, price: row[at]!, units: row[at + 1]! },
            days: Math.floor(NOW_S / DAY_S) - Math.floor(station.atS! / DAY_S),
          })),
    );
  }

  const seen = (rows: readonly Row[]) =>
    rows.map(({ marketId, commodityName }) => `${String(marketId)} ${String(commodityName)}`).toSorted();
  const known = (rows: readonly Plain[]) =>
    rows.map(({ station, good }) => `${station.id} ${NAMES.get(good)!}`).toSorted();

  describe.each([
    ['imports', 0],
    ['exports', 3],
  ] as const)('%s', (path, at) => {
    test.each<[string, (row: Plain) => boolean]>([
      ['', () => true],
      ['minVolume=500', ({ units }) => units >= 500 || (at === 0 && units === 0)],
      ['minVolume=0', () => true],
      ['minPrice=1500', ({ price }) => at === 3 || price >= 1_500],
      ['maxPrice=1500', ({ price }) => at === 0 || price <= 1_500],
      ['fleetCarriers=true', ({ station }) => isCarrier(station)],
      ['fleetCarriers=1', ({ station }) => isCarrier(station)],
      ['fleetCarriers=FALSE', ({ station }) => !isCarrier(station)],
      ['fleetCarriers=0', ({ station }) => !isCarrier(station)],
      ['maxDaysAgo=30', ({ days }) => days < 30],
    ])('%s', async (asked, fits) => {
      const whole = { maxDaysAgo: '200', minVolume: '1', ...Object.fromEntries(new URLSearchParams(asked)) };
      const rows = await get(
        `/system/address/${richest().id}/commodities/${path}?${String(new URLSearchParams(whole))}`,
      );
      const expected = traded(at).filter(
        (row) => row.price > 0 && fits(row) && (row.units > 0 || at === 0 || whole.minVolume === '0'),
      );
      expect(seen(rows)).toEqual(known(expected));
      const names = rows.map(({ commodityName }) => commodityName as string);
      expect(names).toEqual(names.toSorted());
    });
  });

  test('one good of it, as old as is asked for', async () => {
    for (const days of [30, 200]) {
      const rows = await get(`/system/address/${richest().id}/commodity/name/gold?maxDaysAgo=${days}`);
      expect(seen(rows)).toEqual(known(traded(0).filter((row) => row.good === GOLD && row.days < days)));
    }
  });

  test('a name that no database can hold is nobody', async () => {
    expect(await get('/system/name/%00', 404)).toMatchObject({ message: 'System not found' });
    expect(await get('/system/name/a%00b', 404)).toMatchObject({ message: 'System not found' });
    // To MariaDB it is nothing in a name.
    for (const path of ['system', 'station']) await get(`/search/${path}/name/a%00`, 200);
  });

  test('a market that nobody knows, and a good that is none', async () => {
    const base = `/system/address/${richest().id}`;
    expect(await get(`${base}/market/name/nowhere/commodities`, 404)).toEqual({
      ...{ error: 'Not Found', message: 'Market not found' },
    });
    for (const path of ['', '/nearby/imports', '/nearby/exports'])
      expect(await get(`${base}/commodity/name/unobtainium${path}`)).toEqual([]);
    expect(await get(`/market/42/commodity/name/gold`, 404)).toEqual({
      ...{ error: 'Not Found', message: 'Market and/or commodity not found' },
    });
    expect(await get(`${base}/commodities/imports?minPrice=much`, 400)).toMatchObject({
      error: 'Bad Request',
    });
  });
}
