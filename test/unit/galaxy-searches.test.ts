import { describe, expect, test } from 'vitest';
import { mapMarkets, type MapFilter } from '../../src/domain/galaxy/map.ts';
import { Quotes } from '../../src/domain/galaxy/quotes.ts';
import {
  countAges,
  findMarkets,
  findStations,
  findSystems,
  findTrades,
  priceSpread,
  type Found,
} from '../../src/domain/galaxy/search.ts';
import type { StationFilter } from '../../src/domain/galaxy/stations/station-filter.ts';
import { stationKinds } from '../../src/domain/galaxy/stations/station-types.ts';
import { facts, galaxyOf, SOL } from '../support/small-galaxy.ts';

const KINDS = stationKinds('v13');
const [CORIOLIS, CARRIER, OUTPOST] = [2, 5, 9];
const PAGE = { limit: 100, after: null };
const NONE = { neverSeen: 'included', sort: 'oldest' } as const;
describe('a station fits', () => {
  const galaxy = galaxyOf(
    facts({ id: 30, pad: 3, typeId: CORIOLIS, isPlanetary: false, lsFromStar: 100, services: 0b11 }),
    facts({
      id: 20,
      systemId: 2n,
      pad: 2,
      typeId: OUTPOST,
      isPlanetary: true,
      lsFromStar: 101,
      services: 0b01,
    }),
    facts({ id: 10, systemId: 3n, pad: 1, typeId: CARRIER, marketAtS: 1, priceRatio: 3 }),
    facts({ id: 40, systemId: 3n, marketAtS: 1, priceRatio: 1 }),
  );
  const around = { near: { ...SOL, withinLy: 100 } };

  test.each<[string, StationFilter, number[]]>([
    ['whatever is asked of nothing, by id', {}, [10, 20, 30, 40]],
    ['near a place, the nearest first', { near: { ...SOL, withinLy: 12 } }, [30, 20, 10, 40]],
    ['no farther than that', { near: { ...SOL, withinLy: 11.9 } }, [30, 20]],
    [
      'along a way',
      {
        along: [
          { x: 3, y: 4, z: 1 },
          { x: 0, y: 0, z: 10 },
        ],
        alongWithinLy: 2,
      },
      [20, 10, 40],
    ],
    ['with a pad as large, known', { minPad: 'M', ...around }, [30, 20]],
    ['no farther from the star, known', { maxLs: 100 }, [30]],
    ['on a planet, known', { planetary: true }, [20]],
    ['on none, known', { planetary: false }, [30]],
    ['carriers', { carriers: true }, [10]],
    ['all but carriers', { carriers: false }, [20, 30, 40]],
    ['of some kinds', { groups: ['port', 'carrier'] }, [10, 30]],
    ['of all but some kinds, unknown ones too', { exceptGroups: ['port', 'carrier'] }, [20, 40]],
    ['with all services', { services: 0b11 }, [30]],
    ['with a service', { services: 0b01 }, [20, 30]],
    ['by name', { only: new Set([20, 40]) }, [20, 40]],
    ['whose prices are plausible', { plausible: [true] }, [40]],
    ['whose are not, or unknown', { plausible: [false, null] }, [10, 20, 30]],
    ['in a system', { systemId: 3n }, [10, 40]],
    ['in a system that nobody knows', { systemId: 9n }, []],
    ['in all but a system', { exceptSystemId: 3n }, [20, 30]],
    ['in all but one that nobody knows', { exceptSystemId: 9n }, [10, 20, 30, 40]],
  ])('%s', (_, filter, ids) => {
    const { indexes, total, next } = findStations(galaxy, KINDS, filter, PAGE);
    expect(indexes.map((at) => galaxy.stationIds[at])).toEqual(ids);
    expect([total, next]).toEqual([ids.length, null]);
  });

  test('pages go on where the one before ended', () => {
    const first = findStations(galaxy, KINDS, around, { limit: 3, after: null });
    const second = findStations(galaxy, KINDS, around, { limit: 3, after: first.next });
    expect([...first.indexes, ...second.indexes].map((at) => galaxy.stationIds[at])).toEqual([
      30, 20, 10, 40,
    ]);
    expect([first.next, second.next]).toEqual([{ key: 12, id: 10 }, null]);
  });
});

test('systems around a place, the nearest first', () => {
  const galaxy = galaxyOf();
  const found = (withinLy: number) =>
    findSystems(galaxy, { ...SOL, withinLy }, PAGE).indexes.map((at) => galaxy.systemIds[at]);
  expect(found(12)).toEqual([1n, 2n, 3n]);
  expect(found(11)).toEqual([1n, 2n]);
});

describe('markets', () => {
  const galaxy = galaxyOf(
    facts({ id: 30, systemId: 2n, marketAtS: 300 }),
    facts({ id: 99 }),
    facts({ id: 20, systemId: 3n, marketAtS: 200, typeId: CARRIER }),
    facts({ id: 10, marketAtS: 100 }),
    facts({ id: 40, marketAtS: 0 }),
  );
  const near = { ...SOL, withinLy: 100 };
  const idOf = (market: number) => galaxy.stationIds[galaxy.stationOf[market]!];
  const ids = ({ indexes }: Found) => indexes.map(idOf);
  const good = new Quotes();
  const quote = (id: number, price: number, units: number) => {
    const market = galaxy.marketIndex(galaxy.stationIndex(id)!)!;
    const supply = { supplyPrice: price, supplyUnits: units, supplyLevel: 2 };
    good.set(market, { ...supply, demandPrice: price * 2, demandUnits: units, demandLevel: -1 });
  };
  quote(30, 50, 10);
  quote(20, 40, 0);
  quote(10, 60, 5);

  test.each<[string, Partial<Parameters<typeof findMarkets>[2]>, number[]]>([
    ['all, one that nobody has seen as the oldest', {}, [40, 10, 20, 30]],
    ['the newest first', { sort: 'newest' }, [30, 20, 10, 40]],
    ['the nearest first', { sort: 'distance', near }, [10, 40, 30, 20]],
    ['that somebody has seen', { neverSeen: 'excluded' }, [10, 20, 30]],
    ['that nobody has seen', { neverSeen: 'only' }, [40]],
    ['seen after', { seenAfterS: 200 }, [20, 30]],
    ['seen before', { seenBeforeS: 200 }, [40, 10, 20]],
    ['at stations that fit', { carriers: true }, [20]],
  ])('by age: %s', (_, filter, expected) => {
    expect(ids(findMarkets(galaxy, KINDS, { ...NONE, ...filter }, PAGE))).toEqual(expected);
  });

  test('are counted by age', () => {
    expect(countAges(galaxy, KINDS, {}, [300, 200, 150])).toEqual({ seen: [1, 1, 0, 1], neverSeen: 1 });
    expect(countAges(galaxy, KINDS, { carriers: true }, [250])).toEqual({ seen: [0, 1], neverSeen: 0 });
  });

  test.each<[string, Partial<Parameters<typeof findTrades>[3]>, number[]]>([
    ['the cheapest seller first', {}, [20, 30, 10]],
    ['the best paying buyer first', { side: 'demand' }, [10, 30, 20]],
    ['the nearest first', { sort: 'distance', near }, [10, 30, 20]],
    ['the freshest first', { sort: 'age' }, [30, 20, 10]],
    ['with enough', { minUnits: 6 }, [30]],
    ['with enough, or none', { minUnits: 6, orNoUnits: true }, [20, 30]],
    ['not too cheap', { minPrice: 50 }, [30, 10]],
    ['not too dear', { maxPrice: 50 }, [20, 30]],
    ['seen after', { seenAfterS: 200 }, [20, 30]],
    ['seen before', { seenBeforeS: 200 }, [20, 10]],
    ['at stations that fit', { carriers: false }, [30, 10]],
  ])('that trade a good: %s', (_, filter, expected) => {
    const asked = { side: 'supply', sort: 'price', ...filter } as const;
    expect(ids(findTrades(galaxy, good, KINDS, asked, PAGE))).toEqual(expected);
  });

  test.each<[string, MapFilter, number[]]>([
    ['all', {}, [10, 20, 30, 40]],
    ['seen after', { seenAfterS: 200 }, [20, 30]],
    ['seen before', { seenBeforeS: 200 }, [10, 20, 40]],
    ['that have some of a good', { good: { itemId: 1, side: 'supply' } }, [10, 30]],
    ['at stations that fit', { carriers: true }, [20]],
  ])('on a map: %s', (_, filter, expected) => {
    const map = mapMarkets(galaxy, KINDS, filter, good);
    expect([...map.marketIds]).toEqual(expected);
    const told = new Map([
      [10, [0, 0, 0, 100]],
      [20, [0, 0, 12, 200]],
      [30, [3, 4, 0, 300]],
      [40, [0, 0, 0, 0]],
    ]);
    const { x, y, z, seenAtS } = map;
    expect(expected.map((_id, at) => [x[at], y[at], z[at], seenAtS[at]])).toEqual(
      expected.map((id) => told.get(id)),
    );
  });

  test('one that is gone is not on the map', () => {
    const less = galaxyOf(facts({ id: 1, marketAtS: 5 }), facts({ id: 2, marketAtS: 5 }));
    less.setStation(facts({ id: 1 }));
    expect([...mapMarkets(less, KINDS, {}, null).marketIds]).toEqual([2]);
  });
});

describe('the prices of a good', () => {
  const galaxy = galaxyOf(
    ...Array.from({ length: 21 }, (_, i) =>
      facts({ id: i + 1, marketAtS: 100 + i, typeId: i === 20 ? CARRIER : 0 }),
    ),
  );
  const quotes = new Quotes();
  for (let i = 0; i <= 20; i++) {
    const price = i === 20 ? 1_000 : 100 + i * 5;
    const supply = { supplyPrice: price, supplyUnits: i, supplyLevel: 1 };
    quotes.set(i, { ...supply, demandPrice: 0, demandUnits: 0, demandLevel: 0 });
  }
  const spread = (filter: Partial<Parameters<typeof priceSpread>[3]> = {}) =>
    priceSpread(galaxy, quotes, KINDS, { side: 'supply', ...filter });

  test('are told of all markets that have some', () => {
    expect(spread()).toEqual({
      ...{ markets: 20, units: 210, min: 105, max: 1_000 },
      mean: Math.round((19 * 150 + 1_000) / 20),
      percentiles: [115, 130, 155, 175, 190],
    });
    expect(spread({ minUnits: 0 })).toMatchObject({ markets: 21, min: 100 });
    expect(spread({ minUnits: 3 })).toMatchObject({ markets: 18, min: 115 });
  });

  test('are those of markets that fit', () => {
    expect(spread({ carriers: false })).toMatchObject({ markets: 19, max: 195 });
    expect(spread({ seenAfterS: 119 })).toMatchObject({ markets: 2 });
    expect(spread({ seenBeforeS: 102 })).toMatchObject({ markets: 2, units: 3, mean: 108 });
  });

  test('nobody tells what nobody trades', () => {
    expect(spread({ side: 'demand', minUnits: 0 })).toBeNull();
  });
});
