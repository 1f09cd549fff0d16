import { expect, test } from 'vitest';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import { CATEGORIES } from '../../src/domain/generation.ts';
import type { Log } from '../../src/domain/ports/log.ts';
import {
  createLeftOutLog,
  findItem,
  leftOutOf,
  meanPrices,
  seedItems,
  withoutItems,
} from '../../src/infra/store/shared/seed-items.ts';
import { FUEL, FUEL_ROW, GOLD, GOLD_ROW, PLATINUM, PLATINUM_ROW, snapshot } from '../contract/store-world.ts';

const CATEGORY_IDS = new Map(CATEGORIES.map((name, i) => [name.toLowerCase(), i + 1]));

function good(id: number, name: string, category = 'Metals', rare = false): Commodity {
  return { id, symbol: name, name, category, rare };
}

test('goods are numbered in each category by name, whatever its case, and of one name by id', () => {
  const seeds = seedItems(
    [
      good(4, 'silver', 'METALS'),
      good(3, 'Zinc'),
      good(9, 'Water', 'Chemicals'),
      good(2, 'gold'),
      good(1, 'Gold'),
    ],
    CATEGORY_IDS,
  );
  const metals = CATEGORY_IDS.get('metals');
  expect(seeds.filter(({ categoryId }) => categoryId === metals)).toEqual([
    { itemId: 1, name: 'Gold', categoryId: metals, uiOrder: 1 },
    { itemId: 2, name: 'gold', categoryId: metals, uiOrder: 2 },
    { itemId: 4, name: 'silver', categoryId: metals, uiOrder: 3 },
    { itemId: 3, name: 'Zinc', categoryId: metals, uiOrder: 4 },
  ]);
  expect(seeds.filter(({ itemId }) => itemId === 9)).toMatchObject([{ uiOrder: 1 }]);
});

test('a category after the other, and no rare, and none of a category that there is not', () => {
  const seeds = seedItems(
    [
      good(1, 'Rare', 'Metals', true),
      good(2, 'Odd', 'Oddities'),
      good(3, 'Water', 'Chemicals'),
      good(4, 'Tin'),
    ],
    CATEGORY_IDS,
  );
  expect(seeds.map(({ itemId }) => itemId)).toEqual([4, 3]);
});

test('the mean price of the newest observation counts, in whatever order they are written', () => {
  const told = (row: typeof GOLD_ROW, mean: number, at: number) =>
    snapshot([[row[0], row[1], row[2], row[3], row[4], row[5], row[6], mean]], { at });
  const [older, newer] = [told(GOLD_ROW, 9_000, 100), told(GOLD_ROW, 9_100, 200)];
  expect(meanPrices([older, newer])).toEqual([[GOLD, 9_100]]);
  expect(meanPrices([newer, older])).toEqual([[GOLD, 9_100]]);
  // 0: none is told.
  expect(meanPrices([older, told(GOLD_ROW, 0, 300)])).toEqual([[GOLD, 9_000]]);
  expect(meanPrices([told(FUEL_ROW, 110, 1), told(PLATINUM_ROW, 19_000, 1)])).toEqual([
    [PLATINUM, 19_000],
    [FUEL, 110],
  ]);
});

test('a good that a market lists is found by its id, or it is said what is unknown', () => {
  const catalogue = new Map(
    [good(1, 'Gold', ' metals '), good(2, 'Odd', 'Oddities')].map((one) => [one.id, one]),
  );
  expect(findItem(1, catalogue, CATEGORY_IDS)).toEqual({
    name: 'Gold',
    categoryId: CATEGORY_IDS.get('metals'),
  });
  expect(findItem(2, catalogue, CATEGORY_IDS)).toBe('unknown category Oddities');
  expect(findItem(3, catalogue, CATEGORY_IDS)).toBe('unknown item 3');
});

test('rows of unknown goods are left out, the others stay whole', () => {
  const market = snapshot([GOLD_ROW, FUEL_ROW, PLATINUM_ROW]);
  const left = withoutItems(market, new Map([[PLATINUM, 'unknown item']]));
  expect(left).toEqual(snapshot([GOLD_ROW, FUEL_ROW]));
  expect(withoutItems(market, new Map([[1, 'unknown item']]))).toBe(market);
  expect(withoutItems(market, new Map())).toBe(market);
});

test('a market of which no row is left is not taken for an empty one', () => {
  expect(withoutItems(snapshot([GOLD_ROW]), new Map([[GOLD, 'unknown item']]))).toBe('unknown item');
  const empty = snapshot([]);
  expect(withoutItems(empty, new Map([[GOLD, 'unknown item']]))).toBe(empty);
});

test('why rows were left out is told with the outcome, and each reason once to the operator', () => {
  const reasons = new Map([
    [1, 'unknown item 1'],
    [2, 'unknown category Oddities'],
    [3, 'unknown category Oddities'],
  ]);
  expect(leftOutOf(new Map())).toEqual({});
  const { leftOut } = leftOutOf(reasons);
  expect(leftOut).toEqual(['unknown item 1', 'unknown category Oddities']);

  const told: unknown[] = [];
  const tell = createLeftOutLog({
    warn: (fields: object, message: string) => told.push([fields, message]),
  } as unknown as Log);
  const outcome = (reason: string): WriteOutcome => ({
    ...{ status: 'written', rows: 1, station: 'known', leftOut: [reason] },
  });
  tell([
    outcome('unknown item 1'),
    { status: 'unknownSystem' },
    { status: 'written', rows: 2, station: 'known' },
  ]);
  tell([outcome('unknown item 1')]);
  expect(told).toEqual([
    [
      { reason: 'unknown item 1' },
      'unknown item 1: its rows are left out, the others of a market are written',
    ],
  ]);
  createLeftOutLog(undefined)([outcome('unknown item 1')]);
});
