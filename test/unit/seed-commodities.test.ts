import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { seedCommodities } from '../../src/infra/edcd/seed-commodities.ts';
import { hasSharedData, SHARED_DATA } from '../support/shared-data.ts';

const goods = seedCommodities();

test('what ships with the program is whole: ids once, symbols once, a name and a category each', () => {
  expect(new Set(goods.map(({ id }) => id)).size).toBe(goods.length);
  expect(new Set(goods.map(({ symbol }) => symbol.toLowerCase())).size).toBe(goods.length);
  expect(goods.filter(({ id, symbol, name, category }) => id === 0 || !symbol || !name || !category)).toEqual(
    [],
  );
  expect(goods.filter(({ rare }) => rare).map(({ symbol }) => symbol)).toContain('LavianBrandy');
});

const tables = new URL('fdevids/', SHARED_DATA);

test.skipIf(!hasSharedData).each([
  ['commodity.csv', false],
  ['rare_commodity.csv', true],
])('it says what %s says', (file, rare) => {
  const rows = parse<Record<string, string>>(readFileSync(new URL(file, tables)), {
    columns: true,
    trim: true,
  });
  const told = rows.map(({ id, symbol, category, name }) => ({
    id: Number(id),
    symbol,
    category,
    name,
    rare,
  }));
  const byId = (a: { readonly id: number }, b: { readonly id: number }) => a.id - b.id;
  expect(goods.filter((good) => good.rare === rare).sort(byId)).toEqual(told.sort(byId));
});
