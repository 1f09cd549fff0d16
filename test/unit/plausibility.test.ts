import { expect, test } from 'vitest';
import {
  isImplausibleSql,
  isPlausible,
  priceRatio,
  usualPrices,
  type Prices,
  type UsualPrices,
} from '../../src/domain/market/plausibility.ts';
import { ROW, ROW_WIDTH } from '../../src/domain/market/snapshot.ts';

/** A good at markets with these prices. */
const markets = (itemId: number, demands: readonly number[], supply = 0): Prices[] =>
  demands.map((demand) => ({ itemId, demand, supply }));

const count = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test('the usual price of a good is the one in the middle of all, and a market that pays nothing tells none', () => {
  const told = usualPrices([
    ...markets(1, [...count(101, 120), 1_000_000], 7),
    ...markets(2, [...count(1, 20), ...Array.from({ length: 30 }, () => 0)]),
  ]);
  expect(told.get(1)).toEqual({ demand: 111, supply: 7 });
  expect(told.get(2)).toEqual({ demand: 11, supply: 0 });
});

test('what fewer than twenty markets tell is not usual', () => {
  expect(usualPrices(markets(1, count(1, 19))).get(1)).toEqual({ demand: 0, supply: 0 });
});

test('prices are compared by size, not by their digits', () => {
  expect(usualPrices(markets(1, [...count(1, 15), ...count(100, 115)])).get(1)?.demand).toBe(100);
});

/** Goods with a usual demand price of 100 and a supply price of 50. */
const usual: UsualPrices = new Map(count(1, 30).map((itemId) => [itemId, { demand: 100, supply: 50 }]));

function market(goods: readonly (readonly [itemId: number, demand: number, supply: number])[]): Int32Array {
  const rows = new Int32Array(goods.length * ROW_WIDTH);
  goods.forEach(([itemId, demand, supply], place) => {
    rows[place * ROW_WIDTH + ROW.itemId] = itemId;
    rows[place * ROW_WIDTH + ROW.demandPrice] = demand;
    rows[place * ROW_WIDTH + ROW.supplyPrice] = supply;
  });
  return rows;
}

const of = (goods: number, demand: number, supply: number) =>
  market(count(1, goods).map((itemId) => [itemId, demand, supply] as const));

test.each([
  ['bought at the usual price', 100, 0, 1],
  ['bought at twice of it', 200, 0, 2],
  ['sold at half of it', 0, 25, 0.5],
  ['bought and sold', 100, 150, 2],
])('the ratio of a market whose goods are %s', (_, demand, supply, ratio) => {
  expect(priceRatio(of(10, demand, supply), usual)).toBe(ratio);
});

test('it is that of the good in the middle', () => {
  const goods = count(1, 11).map((itemId) => [itemId, itemId * 10, 0] as const);
  expect(priceRatio(market(goods), usual)).toBe(0.6);
});

test('fewer than ten goods with a usual price tell nothing', () => {
  expect(priceRatio(of(9, 100, 0), usual)).toBeNull();
  expect(priceRatio(of(10, 0, 0), usual)).toBeNull();
  expect(
    priceRatio(market([...count(1, 9), 31].map((itemId) => [itemId, 100, 0] as const)), usual),
  ).toBeNull();
  expect(priceRatio(of(10, 100, 0), new Map([...usual, [10, { demand: 0, supply: 50 }]]))).toBeNull();
  expect(priceRatio(market([]), usual)).toBeNull();
});

test.each([
  [null, null],
  [0.49, false],
  [0.5, true],
  [2, true],
  [2.01, false],
])('a market at %j times the usual is plausible: %j', (ratio, plausible) => {
  expect(isPlausible(ratio)).toBe(plausible);
});

test('the tables are asked for the same', () => {
  expect(isImplausibleSql('price_ratio')).toBe('(price_ratio < 0.5 OR price_ratio > 2)');
});
