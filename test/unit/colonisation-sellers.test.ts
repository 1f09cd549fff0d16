import { describe, expect, test } from 'vitest';
import { sellersNear, topSuppliers, type FoundSeller } from '../../src/domain/colonisation/supply/sellers.ts';
import { supplyOf } from '../../src/domain/colonisation/supply/supply.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import type { Queries, StationRecord } from '../../src/domain/ports/store/queries.ts';

interface Offer {
  readonly id: number;
  readonly price: number;
  readonly stock: number;
  readonly ly?: number;
  readonly atS?: number;
  readonly station?: Partial<StationRecord>;
}

const FIELD = { price: 'price', distance: 'ly', age: 'atS' } as const;

/** Markets that sell goods, by item id, and what was asked. */
function world(goods: Readonly<Record<number, readonly Offer[]>>) {
  const asked: { readonly itemId: number; readonly limit: number; readonly trade: object }[] = [];
  const trades: Queries['trades'] = (itemId, trade, { limit, after }) => {
    asked.push({ itemId, limit, trade });
    const by = FIELD[trade.sort];
    const all = (goods[itemId] ?? []).toSorted(
      (a, b) => (trade.sort === 'age' ? -1 : 1) * ((a[by] ?? 0) - (b[by] ?? 0)),
    );
    const from = after === null ? 0 : after.id;
    const entries = all.slice(from, from + limit).map(({ id, price, stock, ly = 0, station }) => ({
      station: {
        ...{ id, name: `Port ${id}`, system: { id: 7n, name: 'Sol', x: ly, y: 0, z: 0 } },
        ...{
          lsFromStar: 100,
          isPlanetary: false,
          group: 'port',
          journalType: 'Coriolis',
          priceRatio: 1,
          ...station,
        },
      } as StationRecord,
      quote: { supplyPrice: price, supplyUnits: stock },
      distanceLy: ly,
    }));
    const next = from + limit < all.length ? { id: from + limit } : null;
    return Promise.resolve({ entries, total: all.length, next } as never);
  };
  return { trades, asked };
}

const [STEEL, GOLD] = [1, 2];
const SITE = { name: 'Orbital Construction Site: X' };

describe('where a good is bought', () => {
  test('is told of the nearest, the cheapest and the freshest that really sell', async () => {
    const { trades, asked } = world({
      [STEEL]: [
        { id: 1, price: 1, stock: 100, ly: 1, atS: 99, station: SITE },
        { id: 2, price: 9, stock: 10, ly: 2, atS: 3 },
        { id: 3, price: 4, stock: 20, ly: 8, atS: 4, station: { priceRatio: 50 } },
        { id: 4, price: 7, stock: 40, ly: 9, atS: 5 },
      ],
    });
    const { nearest, cheapest, freshest, ...rest } = await supplyOf({ trades }, STEEL, { maxLs: 500 });
    expect([nearest, cheapest, freshest].map((seller) => seller?.station.id)).toEqual([2, 3, 4]);
    expect(rest).toEqual({ sellers: 3, implausibleSellers: 1, stock: 70 });
    const wanted = { maxLs: 500, exceptGroups: ['construction'], side: 'supply', minUnits: 1 };
    expect(asked).toEqual([
      { itemId: STEEL, limit: 1_000, trade: { ...wanted, sort: 'price' } },
      { itemId: STEEL, limit: 10, trade: { ...wanted, sort: 'distance' } },
      { itemId: STEEL, limit: 10, trade: { ...wanted, sort: 'age' } },
    ]);
  });

  test('is nowhere where only a site has it', async () => {
    const { trades } = world({ [STEEL]: [{ id: 1, price: 1, stock: 100, station: SITE }] });
    expect(await supplyOf({ trades }, STEEL, {})).toEqual({
      ...{ nearest: null, cheapest: null, freshest: null, sellers: 0, implausibleSellers: 0, stock: 0 },
    });
  });
});

describe('sellers of what is wanted', () => {
  const wanted = (symbol: string, itemId: number, tonnes: number) => ({ symbol, itemId, tonnes });
  const many = (count: number, stock: number) =>
    Array.from({ length: count }, (_, at) => ({ id: at + 1, price: 5, stock, ly: at }));

  test('are each one, with all that it sells of it', async () => {
    const { trades, asked } = world({
      [STEEL]: [
        { id: 1, price: 5, stock: 7, ly: 3 },
        { id: 2, price: 6, stock: 8, ly: 4 },
        { id: 9, price: 1, stock: 9, station: SITE },
      ],
      [GOLD]: [{ id: 2, price: 90, stock: 1, ly: 4, station: { group: 'carrier' } }],
    });
    const found = await sellersNear({ trades }, [wanted('steel', STEEL, 99), wanted('gold', GOLD, 1)], {
      maxLs: 9,
    });
    expect(found.map(({ marketId, distanceLy, offers }) => [marketId, distanceLy, offers])).toEqual([
      [1, 3, { steel: { price: 5, stock: 7 } }],
      [2, 4, { steel: { price: 6, stock: 8 }, gold: { price: 90, stock: 1 } }],
    ]);
    expect(found[0]).toMatchObject({
      position: { x: 3 },
      lsFromStar: 100,
      isCarrier: false,
      station: { id: 1 },
    });
    expect(asked[0]).toEqual({
      ...{ itemId: STEEL, limit: 100 },
      trade: { maxLs: 9, side: 'supply', minUnits: 1, sort: 'distance' },
    });
  });

  test.each([
    ['three times what is needed is found', many(500, 1), 50, 200],
    ['there are no more', many(150, 1), 50_000, 150],
    ['a thousand have been seen', many(1_500, 1), 50_000, 1_000],
  ])('are looked for until %s', async (_, offers, tonnes, count) => {
    const { trades } = world({ [STEEL]: offers });
    expect(await sellersNear({ trades }, [wanted('steel', STEEL, tonnes)], {})).toHaveLength(count);
  });

  test('are sorted by what a flight to them brings in a second', () => {
    const seller = (marketId: number, distanceLy: number, offers: FoundSeller['offers']) =>
      ({
        marketId,
        distanceLy,
        offers,
        lsFromStar: 100,
        isPlanetary: false,
        isCarrier: false,
      }) as FoundSeller;
    const steel = (stock: number) => ({ steel: { price: 1, stock } });
    const sellers = [
      seller(1, 10, steel(10)),
      // As far, with more of what is needed, and of another good.
      seller(2, 10, { ...steel(20), gold: { price: 1, stock: 30 } }),
      seller(3, 10, steel(40)),
      // Not needed.
      seller(4, 10, { tea: { price: 1, stock: 1_000 } }),
      // No more than is needed counts, nor than a flight carries.
      seller(5, 20, steel(10_000)),
      seller(6, 500, steel(10_000)),
    ];
    const goods = [wanted('steel', STEEL, 60), wanted('gold', GOLD, 25)];
    const flight = { capacity: 50, jumpRangeLy: 20, times: TRAVEL_TIMES };
    expect(topSuppliers(sellers, goods, flight).map(({ marketId }) => marketId)).toEqual([2, 5, 3, 1, 6, 4]);
    expect(sellers.map(({ marketId }) => marketId)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});
