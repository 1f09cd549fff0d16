import { describe, expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import { useApi, type Entry } from './api-world.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { GOLD, NOON_S } from './store-world.ts';

const DAY_S = 86_400;
const NOW_S = NOON_S + 3_600;

/** What a market sells of gold, or buys. */
interface Offer {
  readonly station: PlainStation;
  readonly price: number;
  readonly units: number;
}

/** Each condition of the API by itself, beside plain SQL. */
export function apiFiltersContract(use: () => QueryWorld, generation: Generation): void {
  const get = useApi(use, NOW_S);
  const isCarrier = ({ typeId }: PlainStation) => typeId === (generation === 'v12' ? 24 : 5);
  const ageS = ({ atS }: PlainStation) => NOW_S - atS!;

  function offers(side: 'buyers' | 'sellers'): Offer[] {
    const at = side === 'buyers' ? 0 : 3;
    return use().plain.flatMap((station) => {
      const row = station.rows.get(GOLD);
      const [price = 0, units = 0] = row?.slice(at, at + 2) ?? [];
      return price > 0 ? [{ station, price, units }] : [];
    });
  }

  describe.each(['sellers', 'buyers'] as const)('%s', (side) => {
    test.each<[string, (offer: Offer) => boolean]>([
      ['minUnits=0', () => true],
      ['minUnits=500', ({ units }) => units >= 500],
      ['minUnits=501', ({ units }) => units > 500],
      ['minUnits=0&minPrice=1000', ({ price }) => price >= 1_000],
      ['minUnits=0&maxPrice=1000', ({ price }) => price <= 1_000],
      ['minUnits=0&minPrice=900&maxPrice=1500', ({ price }) => price >= 900 && price <= 1_500],
      ['minUnits=0&minPad=M', ({ station }) => 'ML'.includes(station.pad)],
      ['minUnits=0&minPad=L', ({ station }) => station.pad === 'L'],
      ['minUnits=0&maxLs=100000', ({ station: { ls } }) => ls !== null && ls <= 100_000],
      ['minUnits=0&planetary=only', ({ station }) => station.planetary === 'Y'],
      ['minUnits=0&planetary=excluded', ({ station }) => station.planetary === 'N'],
      ['minUnits=0&carriers=only', ({ station }) => isCarrier(station)],
      ['minUnits=0&carriers=excluded', ({ station }) => !isCarrier(station)],
      ['minUnits=0&maxAge=20d', ({ station }) => ageS(station) <= 20 * DAY_S],
      ['minUnits=0&olderThan=20d', ({ station }) => ageS(station) >= 20 * DAY_S],
      ['minUnits=0&plausible=unknown', ({ station }) => station.ratio === null],
    ])('%s', async (asked, fits) => {
      const all = 'maxAge=300d&carriers=included&limit=1000'
        .split('&')
        .filter((each) => !asked.includes(each.split('=')[0]!));
      const { total, entries } = await get(`/commodities/${GOLD}/${side}?${[asked, ...all].join('&')}`);
      const expected = offers(side).filter(fits);
      expect(new Set(entries.map(({ marketId }) => marketId))).toEqual(
        new Set(expected.map(({ station }) => station.id)),
      );
      expect([entries.length, total]).toEqual([expected.length, expected.length]);
      expect(entries.length).toBeGreaterThan(0);
    });

    test('nearest and freshest first', async () => {
      const all = 'minUnits=0&maxAge=300d&carriers=included&limit=1000';
      const keys = async (sort: string, key: (entry: Entry) => unknown) =>
        (await get(`/commodities/${GOLD}/${side}?near=0,0,0&within=100&${all}&sort=${sort}`)).entries.map(
          (entry) => Number(key(entry)),
        );
      for (const found of [
        await keys('distance', ({ distanceLy }) => distanceLy),
        await keys('age', ({ marketAgeS }) => marketAgeS),
      ]) {
        expect(found.length).toBeGreaterThan(10);
        expect(found).toEqual(found.toSorted((a, b) => a - b));
      }
    });
  });

  test('what a hop is worth an hour and a light year', async () => {
    const { station: from } = offers('sellers').find(({ units }) => units > 0)!;
    const { entries } = await get(
      `/hops?from=${from.id}&within=500&maxAge=300d&carriers=included&limit=1000`,
    );
    expect(entries.length).toBeGreaterThan(10);
    for (const hop of entries) {
      const goods = hop.goods as { profit: number }[];
      const best = Math.max(...goods.map(({ profit }) => profit));
      const distanceLy = hop.distanceLy as number;
      const perHour = (best * 3_600) / (hop.seconds as number);
      // Seconds are told as whole ones.
      expect(Math.abs((hop.profitPerHour as number) / perHour - 1)).toBeLessThan(0.01);
      expect(hop.profitPerLy).toBe(distanceLy === 0 ? null : best / distanceLy);
    }
  });

  test('a market that is named is told whatever it is like, but not what it paid long ago', async () => {
    const { station: from } = offers('sellers').find(({ units }) => units > 0)!;
    const { entries } = await get(`/hops?from=${from.id}&within=500&maxAge=300d&carriers=included`);
    const to = entries[0]!.marketId;
    const ageD = Math.ceil(ageS(use().plain.find(({ id }) => id === to)!) / DAY_S);
    const named = `/hops?from=${from.id}&to=${to}&minProfit=-99999&minPad=L&maxLs=0&within=1`;
    const marketIds = async (path: string) => (await get(path)).entries.map(({ marketId }) => marketId);
    expect(await marketIds(`${named}&maxAge=${ageD}d`)).toEqual([to]);
    expect(await marketIds(`${named}&maxAge=${ageD - 1}d`)).toEqual([]);
    expect((await get(`/hops?from=${from.id}&to=${from.id}`)).error).toMatch(/same market/);
    expect((await get(`/hops?from=${from.id}&to=4242`)).error).toMatch(/4242/);
  });

  test.each([
    ['/commodities/gold/sellers?maxPrice=', 'maxPrice: say something, or leave it out'],
    ['/commodities/gold/sellers?maxLs=%20&minUnits=', 'maxLs, minUnits: say something, or leave it out'],
    ['/commodities/gold/sellers?sort=distance', 'sort: distance needs `near`'],
    ['/freshness/stale?sort=distance', 'sort: distance needs `near` or `along`'],
  ])('%s: %s', async (path, error) => {
    expect(await get(path)).toEqual({ error });
  });
}
