import { beforeEach, expect, test } from 'vitest';
import { stationKinds } from '../../src/domain/galaxy/stations/station-types.ts';
import type { FreshnessFilter, TradeFilter } from '../../src/domain/galaxy/search.ts';
import type { StationFilter } from '../../src/domain/galaxy/stations/station-filter.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { serviceBits, STATION_SERVICES, type HopRequest } from '../../src/domain/ports/store/queries.ts';
import { SeededRandom } from '../support/random.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { FUEL, GOLD, NOON_S } from './store-world.ts';

const EVERYTHING = { limit: 10_000, after: null };
const DAY_S = 86_400;

/** Searches, beside an independent computation over plain rows. */
export function searchContract(use: () => QueryWorld, generation: Generation): void {
  let world: QueryWorld;
  let plain: readonly PlainStation[];
  const carrier = generation === 'v12' ? 24 : 5;

  beforeEach(() => {
    world = use();
    plain = world.plain;
  });

  const away = (station: PlainStation, from: { x: number; y: number; z: number }) =>
    Math.sqrt(
      (station.system.at[0]! - from.x) ** 2 +
        (station.system.at[1]! - from.y) ** 2 +
        (station.system.at[2]! - from.z) ** 2,
    );

  const plausibleOf = ({ ratio }: PlainStation) => (ratio === null ? null : ratio >= 0.5 && ratio <= 2);

  function fits(station: PlainStation, filter: StationFilter): boolean {
    const { near, along, alongWithinLy = 0, minPad, maxLs, planetary, carriers, services, systemId } = filter;
    if (near !== undefined && away(station, near) > near.withinLy) return false;
    if (along !== undefined && !along.some((point) => away(station, point) <= alongWithinLy)) return false;
    if (minPad !== undefined && '?SML'.indexOf(station.pad) < 'SML'.indexOf(minPad) + 1) return false;
    if (maxLs !== undefined && (station.ls === null || station.ls > maxLs)) return false;
    if (planetary !== undefined && station.planetary !== (planetary ? 'Y' : 'N')) return false;
    if (carriers !== undefined && (station.typeId === carrier) !== carriers) return false;
    if (systemId !== undefined && station.system.id !== systemId) return false;
    if (filter.plausible !== undefined && !filter.plausible.includes(plausibleOf(station))) return false;
    return STATION_SERVICES.every(
      (service) => ((services ?? 0) & serviceBits([service])) === 0 || station.flags[service] === 'Y',
    );
  }

  /** Conditions by chance, each left out half of the time. */
  function anyFilter(random: SeededRandom): StationFilter {
    const some = <T>(value: T) => (random.chance(0.5) ? value : undefined);
    const point = () => ({
      x: random.between(-40, 40),
      y: random.between(-40, 40),
      z: random.between(-40, 40),
    });
    const filter = {
      near: some({ ...point(), withinLy: random.between(20, 90) }),
      minPad: some(random.pick(['S', 'M', 'L'] as const)),
      maxLs: some(random.integer(1_000, 300_000)),
      planetary: random.chance(0.2) ? random.chance(0.5) : undefined,
      carriers: random.chance(0.3) ? random.chance(0.5) : undefined,
      plausible: random.chance(0.2) ? [true, false, null].filter(() => random.chance(0.5)) : undefined,
      services: random.chance(0.2) ? serviceBits([random.pick(STATION_SERVICES)]) : undefined,
    };
    return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  }

  test('sellers and buyers of a good, whatever is asked', async () => {
    const random = new SeededRandom(1);
    for (let i = 0; i < 60; i++) {
      const filter: TradeFilter = {
        ...anyFilter(random),
        side: random.pick(['supply', 'demand'] as const),
        sort: 'price',
        ...(random.chance(0.5) && { minUnits: random.pick([1, 500, 1_000_000]) }),
        ...(random.chance(0.3) && { maxPrice: random.integer(1, 30) * 100 }),
        ...(random.chance(0.3) && { minPrice: random.integer(1, 30) * 100 }),
        ...(random.chance(0.3) && { seenAfterS: NOON_S - 30 * DAY_S }),
      };
      const sorts: readonly TradeFilter['sort'][] = ['price', 'age', 'distance'];
      const sort = random.pick(filter.near === undefined ? sorts.slice(0, 2) : sorts);
      const asked: TradeFilter = { ...filter, sort };
      const first = filter.side === 'supply' ? 3 : 0;
      const expected = plain
        .flatMap((station) => {
          const row = station.rows.get(GOLD);
          const price = row?.[first] ?? 0;
          const units = row?.[first + 1] ?? 0;
          const isOffered =
            price > 0 &&
            units >= (filter.minUnits ?? 0) &&
            price >= (filter.minPrice ?? 0) &&
            price <= (filter.maxPrice ?? Infinity) &&
            station.atS! >= (filter.seenAfterS ?? 0);
          if (!isOffered || !fits(station, filter)) return [];
          const ly = filter.near === undefined ? 0 : away(station, filter.near);
          const key = { price: filter.side === 'supply' ? price : -price, age: -station.atS!, distance: ly };
          return [{ id: station.id, key: key[sort], price }];
        })
        .sort((a, b) => a.key - b.key || a.id - b.id);

      const { entries, total, next } = await world.queries.trades(GOLD, asked, EVERYTHING);
      expect(entries.map(({ station }) => station.id)).toEqual(expected.map(({ id }) => id));
      expect(total).toBe(expected.length);
      expect(next).toBeNull();
      expect(entries.map(({ quote }) => quote[`${filter.side}Price`])).toEqual(
        expected.map(({ price }) => price),
      );
    }
  });

  test('pages of any size are the whole list, each entry once', async () => {
    const filter: TradeFilter = { side: 'supply', sort: 'price' };
    const { entries: whole } = await world.queries.trades(FUEL, filter, EVERYTHING);
    expect(whole.length).toBeGreaterThan(50);
    for (const limit of [1, 7, 50]) {
      const ids: number[] = [];
      let after = null;
      do {
        const page = await world.queries.trades(FUEL, filter, { limit, after });
        expect(page.total).toBe(whole.length);
        ids.push(...page.entries.map(({ station }) => station.id));
        after = page.next;
      } while (after !== null);
      expect(ids).toEqual(whole.map(({ station }) => station.id));
    }
  });

  test('a station comes as the tables have it, what is unknown as null', async () => {
    const { entries } = await world.queries.stations({}, EVERYTHING);
    expect(entries.map(({ station }) => station.id)).toEqual(plain.map(({ id }) => id));
    const flag = (text: string) => (text === '?' ? null : text === 'Y');
    for (const [i, { station, distanceLy }] of entries.entries()) {
      const expected = plain[i]!;
      expect(distanceLy).toBeNull();
      expect(station).toMatchObject({
        name: expected.name,
        type: stationKinds(generation).get(expected.typeId)?.name ?? null,
        lsFromStar: expected.ls,
        maxPad: expected.pad === '?' ? null : expected.pad,
        isPlanetary: flag(expected.planetary),
        services: Object.fromEntries(STATION_SERVICES.map((each) => [each, flag(expected.flags[each]!)])),
        marketAtS: expected.atS,
        priceRatio: expected.ratio,
        updatedAtS: NOON_S,
      });
      expect(station.system).toMatchObject({ id: expected.system.id, name: expected.system.name });
      expect([station.system.x, station.system.y, station.system.z]).toEqual(expected.system.at);
    }
  });

  test('stations near a place, with services, nearest first', async () => {
    const random = new SeededRandom(2);
    for (let i = 0; i < 30; i++) {
      const filter = anyFilter(random);
      const expected = plain
        .filter((station) => fits(station, filter))
        .map(({ id, ...rest }) => ({
          id,
          ly: filter.near === undefined ? 0 : away({ id, ...rest }, filter.near),
        }))
        .sort((a, b) => a.ly - b.ly || a.id - b.id);
      const { entries } = await world.queries.stations(filter, EVERYTHING);
      expect(entries.map(({ station }) => station.id)).toEqual(expected.map(({ id }) => id));
    }
  });

  test('what is stale: near a place or along a route, never seen apart or among them', async () => {
    const random = new SeededRandom(3);
    for (let i = 0; i < 40; i++) {
      const { near, ...rest } = anyFilter(random);
      const route = Array.from({ length: 3 }, () => ({
        x: random.between(-40, 40),
        y: random.between(-40, 40),
        z: random.between(-40, 40),
      }));
      const where = random.chance(0.5)
        ? near === undefined
          ? {}
          : { near }
        : { along: route, alongWithinLy: random.between(10, 40) };
      const filter: FreshnessFilter = {
        ...rest,
        ...where,
        neverSeen: random.pick(['included', 'only', 'excluded'] as const),
        sort: random.pick(['oldest', 'newest'] as const),
        ...(random.chance(0.5) && { seenBeforeS: NOON_S - random.integer(1, 60) * DAY_S }),
      };
      const expected = plain
        .filter((station) => {
          if (station.atS === null && station.flags.market !== 'Y') return false;
          if (station.atS === null ? filter.neverSeen === 'excluded' : filter.neverSeen === 'only')
            return false;
          return (station.atS ?? 0) <= (filter.seenBeforeS ?? Infinity) && fits(station, filter);
        })
        .map(({ id, atS }) => ({ id, key: filter.sort === 'oldest' ? (atS ?? 0) : -(atS ?? 0) }))
        .sort((a, b) => a.key - b.key || a.id - b.id);
      const { entries, total } = await world.queries.freshness(filter, EVERYTHING);
      expect(entries.map(({ station }) => station.id)).toEqual(expected.map(({ id }) => id));
      expect(total).toBe(expected.length);
      const systemOf = (id: number) => plain.find((each) => each.id === id)!.system.id;
      const page = await world.queries.freshness(filter, { limit: 3, after: null });
      expect(page.entries.map(({ moreInSystem }) => moreInSystem)).toEqual(
        expected
          .slice(0, 3)
          .map(({ id }) => expected.filter((each) => systemOf(each.id) === systemOf(id)).length - 1),
      );
    }
  });

  test('where the goods of a market sell best, signed', async () => {
    const random = new SeededRandom(4);
    const sellers = plain.filter(({ rows }) => [...rows.values()].some((row) => row[3]! > 0));
    for (let i = 0; i < 20; i++) {
      const from = random.pick(sellers);
      const [x, y, z] = from.system.at as [number, number, number];
      const filter: StationFilter = {
        ...anyFilter(random),
        near: { x, y, z, withinLy: random.between(5, 80) },
      };
      const request: HopRequest = {
        fromId: from.id,
        filter,
        jumpRangeLy: 20,
        minUnits: random.pick([0, 1, 500]),
        minProfit: random.pick([-10_000, 1]),
        sort: 'profit',
      };
      const expected = plain
        .filter((to) => to.id !== from.id && to.atS !== null && fits(to, filter))
        .map((to) => {
          const profits = [...from.rows].flatMap(([item, row]) => {
            const [demandPrice = 0, demandUnits = 0] = to.rows.get(item) ?? [];
            const isCarried =
              row[3]! > 0 &&
              row[4]! >= request.minUnits &&
              demandPrice > 0 &&
              demandUnits >= request.minUnits;
            return isCarried ? [demandPrice - row[3]!] : [];
          });
          return { id: to.id, profit: Math.max(...profits) };
        })
        .filter(({ profit }) => profit >= request.minProfit)
        .sort((a, b) => b.profit - a.profit || a.id - b.id);
      const found = await world.queries.hops(request, EVERYTHING);
      expect(
        found!.entries.map(({ station, goods }) => ({ id: station.id, profit: goods[0]!.profit })),
      ).toEqual(expected);
      expect(found!.considered).toBe(found!.candidates);
      for (const { distanceLy, jumps } of found!.entries)
        expect(jumps).toBe(Math.ceil((distanceLy * 1.15) / 20));
    }
    expect(
      await world.queries.hops(
        { fromId: 42, filter: {}, jumpRangeLy: 20, minUnits: 1, minProfit: 1, sort: 'profit' },
        EVERYTHING,
      ),
    ).toBeNull();
  });

  test('statistics of a good', async () => {
    const seenAfterS = NOON_S - 40 * DAY_S;
    const { supply, demand } = await world.queries.prices(GOLD, { seenAfterS });
    for (const [spread, first] of [
      [supply, 3],
      [demand, 0],
    ] as const) {
      const rows = plain.flatMap(({ rows, atS }) =>
        rows.has(GOLD) && atS! >= seenAfterS ? [rows.get(GOLD)!] : [],
      );
      const traded = rows.filter((row) => row[first]! > 0 && row[first + 1]! >= 1);
      const prices = traded.map((row) => row[first]!).sort((a, b) => a - b);
      expect(spread).toMatchObject({
        markets: prices.length,
        min: prices[0],
        max: prices.at(-1),
        mean: Math.round(prices.reduce((sum, price) => sum + price, 0) / prices.length),
        units: traded.reduce((sum, row) => sum + row[first + 1]!, 0),
      });
      expect(spread!.percentiles[2]).toBe(prices[Math.round((prices.length - 1) / 2)]);
    }
    expect(await world.queries.prices(GOLD, { seenAfterS: NOON_S + DAY_S })).toEqual({
      supply: null,
      demand: null,
    });
  });
}
