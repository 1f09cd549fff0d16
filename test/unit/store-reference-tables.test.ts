import { expect, test } from 'vitest';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import { CATEGORIES } from '../../src/domain/generation.ts';
import type { RareCommodity } from '../../src/domain/ports/store/galaxy-store.ts';
import {
  categoriesOf,
  missingCategories,
  newCategories,
  rareRows,
  rareStations,
  renumbered,
  warnOfNewCategories,
} from '../../src/infra/store/shared/reference-tables.ts';

const CANONICAL = CATEGORIES.map((name, i) => ({ id: i + 1, name }));
const NOTHING = { commodities: null, rares: null };

function good(id: number, category: string): Commodity {
  return { id, symbol: `G${id}`, name: `Good ${id}`, category, rare: false };
}

function rare(id: number, name: string, marketId: bigint, category = 'Legal Drugs'): RareCommodity {
  return { id, symbol: name, name, category, marketId };
}

test('a table without categories gets those of Trade Dangerous, and the new ones behind them', () => {
  expect(missingCategories([], NOTHING)).toEqual(CANONICAL);
  expect(missingCategories([], { commodities: [good(1, 'Oddities')], rares: null })).toEqual([
    ...CANONICAL,
    { id: 17, name: 'Oddities' },
  ]);
});

test('a table that has them gets only what is new', () => {
  expect(missingCategories(CANONICAL, NOTHING)).toEqual([]);
  const upper = CANONICAL.map(({ id, name }) => ({ id, name: ` ${name.toUpperCase()} ` }));
  const tables = { commodities: [good(1, 'metals ')], rares: [rare(2, 'Relic', 1n, 'Relics')] };
  expect(missingCategories(upper, tables)).toEqual([{ id: 17, name: 'Relics' }]);
});

test.each([
  ['another name', CANONICAL.with(2, { id: 3, name: 'Ores' }), 'category 3 is Ores instead of Chemicals'],
  ['a gap', CANONICAL.toSpliced(2, 1), 'category 3 is missing instead of Chemicals'],
])('categories with %s are refused: goods would be in a wrong one', (_, stored, message) => {
  expect(() => missingCategories(stored, NOTHING)).toThrow(
    expect.objectContaining({
      code: 'refused',
      message,
      advice: 'have Trade Dangerous rebuild the database, or name an empty one; nothing was changed',
    }),
  );
});

test('new categories are numbered on by name, each once, as it is written first', () => {
  const goods = [good(1, ' Zoo '), good(2, 'antiques'), good(3, 'ZOO'), good(4, 'Metals'), good(5, 'Bones')];
  expect(
    newCategories(
      [
        { id: 40, name: 'Metals' },
        { id: 7, name: 'Foods' },
      ],
      goods,
    ),
  ).toEqual([
    { id: 41, name: 'antiques' },
    { id: 42, name: 'Bones' },
    { id: 43, name: 'Zoo' },
  ]);
});

test('the category of a good is found by its id, among rares and others', () => {
  const both = { commodities: [good(1, ' Metals ')], rares: [rare(2, 'Brandy', 1n)] };
  expect(categoriesOf(both)).toEqual([
    [2, 'Legal Drugs'],
    [1, 'Metals'],
  ]);
  expect(categoriesOf(NOTHING)).toEqual([]);
});

test('goods are numbered in each category by name, and only those that move are told', () => {
  const item = (id: number, name: string, categoryId: number, uiOrder: number) => ({
    ...{ id, name, categoryId, uiOrder },
  });
  expect(
    renumbered([
      item(1, 'silver', 1, 3),
      item(2, 'Gold', 1, 7),
      item(3, 'gold', 1, 0),
      item(5, 'gold', 1, 0),
      item(4, 'Water', 3, 0),
    ]),
  ).toMatchObject([
    { id: 2, uiOrder: 1 },
    { id: 3, uiOrder: 2 },
    { id: 5, uiOrder: 3 },
    { id: 1, uiOrder: 4 },
    { id: 4, uiOrder: 1 },
  ]);
  expect(renumbered([item(2, 'B', 1, 2), item(1, 'A', 1, 1)])).toEqual([]);
});

test('a rare has a row where its station and category are known, the lowest id of a name', () => {
  const categories = new Map([['legal drugs', 8]]);
  const isStation = (id: bigint) => id !== 9n;
  const rows = rareRows(
    [
      rare(5, 'Brandy', 2n),
      rare(4, ' brandy ', 1n),
      rare(3, 'Relic', 1n, 'Relics'),
      rare(2, 'Ale', 9n),
      rare(1, 'Rum', 3n),
    ],
    categories,
    isStation,
  );
  expect(rows).toEqual([
    { id: 1, stationId: 3n, categoryId: 8, name: 'Rum' },
    { id: 4, stationId: 1n, categoryId: 8, name: ' brandy ' },
  ]);
});

test('a good is the rare of its name and category, and only what changes is told', () => {
  const brandy = { id: 1, name: 'Lavian Brandy', categoryId: 8, stationId: null };
  const row = { id: 71, stationId: 5n, categoryId: 8, name: 'LAVIAN-BRANDY' };
  expect(rareStations([brandy], [row])).toMatchObject([{ id: 1, stationId: 5n }]);
  expect(rareStations([{ ...brandy, stationId: 5n }], [row])).toEqual([]);
  expect(rareStations([{ ...brandy, stationId: 5n }], [])).toMatchObject([{ id: 1, stationId: null }]);
  expect(rareStations([brandy], [{ ...row, categoryId: 9 }])).toEqual([]);
});

test('festive gifts are sold in many places, and so are a rare of none', () => {
  const gifts = { id: 2, name: 'Festive Gifts', categoryId: 8, stationId: null };
  expect(rareStations([gifts], [{ id: 72, stationId: 5n, categoryId: 8, name: 'Festive Gifts' }])).toEqual(
    [],
  );
});

test('the operator is told of each category that is new', () => {
  const told: [object, string][] = [];
  const note = (details: object, text: string) => void told.push([details, text]);
  warnOfNewCategories({ debug: note, info: note, warn: note, error: note }, ['Oddities', 'Relics']);
  expect(told).toEqual([
    [{ category: 'Oddities' }, 'new category "Oddities": added to the database'],
    [{ category: 'Relics' }, 'new category "Relics": added to the database'],
  ]);
  expect(() => warnOfNewCategories(undefined, ['Oddities'])).not.toThrow();
});
