import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyCarrier } from '../../src/domain/colonisation/book/carrier.ts';
import { emptyCommander } from '../../src/domain/colonisation/book/commander.ts';
import type { Tonnes } from '../../src/domain/colonisation/book/goods.ts';
import { UNKNOWN_HOLD, type Hold } from '../../src/domain/colonisation/book/hold.ts';
import { shoppingList } from '../../src/domain/colonisation/supply/shopping-list.ts';
import { emptySite, siteOfDepot, type Site } from '../../src/domain/colonisation/book/site.ts';

const hold = (goods: Tonnes): Hold => ({ ...UNKNOWN_HOLD, list: { atS: 1, goods } });
const carrier = (id: number, goods: Tonnes) => ({ ...emptyCarrier(id, true), hold: hold(goods) });
const commander = (fid: string, goods: Tonnes) => ({ ...emptyCommander(fid), cargo: hold(goods) });

/** @param goods `symbol: [required, provided, payment]` */
function site(marketId: number, goods: Readonly<Record<string, readonly [number, number, number]>>): Site {
  const told = Object.entries(goods).map(([symbol, [required, provided, payment]]) => [
    symbol,
    { name: symbol.toUpperCase(), required, provided, payment },
  ]);
  const depot = { atS: 10, progress: null, isComplete: false, isFailed: false };
  return siteOfDepot(marketId, {
    ...depot,
    goods: Object.fromEntries(told) as NonNullable<Site['depot']>['goods'],
  });
}

test('a list of two sites, with what is on carriers and aboard', () => {
  const sites = [
    site(1, { steel: [100, 40, 10], copper: [50, 50, 7] }),
    site(2, { steel: [60, 0, 20], gold: [5, 0, 9] }),
  ];
  const { needs, summary } = shoppingList(sites, {
    carriers: [carrier(7, { steel: 30, water: 9 }), emptyCarrier(8, true)],
    commanders: [commander('F1', { steel: 20 }), commander('F2', { steel: 8, gold: 50 })],
    capacity: 50,
  });
  expect(needs).toEqual([
    {
      ...{ symbol: 'steel', name: 'STEEL', required: 160, provided: 40, percent: 25, remaining: 120 },
      ...{
        onCarriers: 30,
        aboard: 28,
        toBuy: 62,
        loads: { remaining: 3, toBuy: 2 },
        payment: 15,
        sites: [1, 2],
      },
    },
    {
      ...{ symbol: 'gold', name: 'GOLD', required: 5, provided: 0, percent: 0, remaining: 5 },
      ...{ onCarriers: 0, aboard: 50, toBuy: 0, loads: { remaining: 1, toBuy: 0 }, payment: 9, sites: [2] },
    },
    {
      ...{ symbol: 'copper', name: 'COPPER', required: 50, provided: 50, percent: 100, remaining: 0 },
      ...{ onCarriers: 0, aboard: 0, toBuy: 0, loads: { remaining: 0, toBuy: 0 }, payment: 7, sites: [] },
    },
  ]);
  expect(summary).toEqual({
    ...{ sites: 2, unknownSites: [], goods: 2, required: 215, provided: 90, percent: 41.86, remaining: 125 },
    ...{ onCarriers: 30, aboard: 78, toBuy: 62, loads: { remaining: 3, toBuy: 2 } },
    ...{ payment: 120 * 15 + 5 * 9, mostNeeded: 'steel', unknownCarriers: [8] },
  });
});

test('what one site has too much of helps no other, and a site nobody knows the goods of is named', () => {
  const { needs, summary } = shoppingList(
    [site(1, { steel: [10, 25, 1] }), site(2, { steel: [10, 0, 1] }), emptySite(3)],
    {
      ...{ carriers: [], commanders: [], capacity: null },
    },
  );
  expect(needs).toMatchObject([{ required: 20, provided: 10, remaining: 10, loads: null, sites: [2] }]);
  expect(summary).toMatchObject({ sites: 3, unknownSites: [3], loads: null });
});

test('of what is needed as much each, the list goes by the names; where nothing is asked for, there is no share', () => {
  const { needs } = shoppingList(
    [site(1, { tea: [5, 0, 1], gold: [5, 0, 1], zinc: [5, 0, 1], copper: [5, 0, 1], steel: [0, 0, 1] })],
    { carriers: [], commanders: [], capacity: null },
  );
  expect(needs.map(({ symbol, percent }) => [symbol, percent])).toEqual([
    ...[
      ['copper', 0],
      ['gold', 0],
      ['tea', 0],
      ['zinc', 0],
    ],
    ['steel', null],
  ]);
});

test('what nobody tells the payment of has none', () => {
  const plain = site(1, { steel: [5, 0, 1] });
  const steel = { ...plain.depot!.goods.steel!, payment: null };
  const { needs, summary } = shoppingList([{ ...plain, depot: { ...plain.depot!, goods: { steel } } }], {
    ...{ carriers: [], commanders: [], capacity: null },
  });
  expect([needs[0]?.payment, summary.payment]).toEqual([null, 0]);
});

test('nothing is needed where there are no sites', () => {
  expect(shoppingList([], { carriers: [], commanders: [], capacity: 10 })).toMatchObject({
    needs: [],
    summary: { required: 0, percent: null, remaining: 0, mostNeeded: null },
  });
});

test('it adds up, whatever is needed and wherever it is', () => {
  const tonnes = fc.nat(100);
  const goods = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.tuple(tonnes, tonnes, tonnes));
  const hoards = fc.array(fc.dictionary(fc.constantFrom('a', 'b', 'c'), tonnes), { maxLength: 3 });
  fc.assert(
    fc.property(
      fc.array(goods, { maxLength: 4 }),
      hoards,
      hoards,
      fc.integer({ min: 1, max: 50 }),
      (asked, held, carried, capacity) => {
        const sites = asked.map((each, at) => site(at + 1, each));
        const { needs, summary } = shoppingList(sites, {
          carriers: held.map((each, at) => carrier(at, each)),
          commanders: carried.map((each, at) => commander(`F${at}`, each)),
          capacity,
        });
        for (const need of needs) {
          const open = asked.reduce(
            (sum, each) => sum + Math.max(0, (each[need.symbol]?.[0] ?? 0) - (each[need.symbol]?.[1] ?? 0)),
            0,
          );
          const has = [...held, ...carried].reduce((sum, each) => sum + (each[need.symbol] ?? 0), 0);
          expect(need.remaining).toBe(open);
          expect(need.toBuy).toBe(Math.max(0, open - has));
          expect(need.loads?.toBuy).toBe(Math.ceil(need.toBuy / capacity));
        }
        expect(summary.remaining).toBe(needs.reduce((sum, need) => sum + need.remaining, 0));
        expect(summary.provided + summary.remaining).toBe(summary.required);
      },
    ),
    { numRuns: 100 },
  );
});
