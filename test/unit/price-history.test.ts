import { describe, expect, test } from 'vitest';
import { dayName, dayNamed, dayOf } from '../../src/domain/history/days.ts';
import { priceChanges } from '../../src/domain/history/price-changes.ts';
import { spells } from '../../src/domain/history/spells.ts';
import { steadiness } from '../../src/domain/history/steadiness.ts';
import type { PricePoint } from '../../src/domain/ports/publishing/history.ts';

describe('days', () => {
  test.each([
    ['1970-01-01', 0],
    ['2026-11-28', 20_785],
  ])('%s is day %i, from its first second to its last', (name, day) => {
    expect(dayName(day)).toBe(name);
    expect(dayNamed(name)).toBe(day);
    expect([dayOf(day * 86_400), dayOf(day * 86_400 + 86_399)]).toEqual([day, day]);
  });

  test.each(['', '2026-13-01', '2026-11-28T00:00:00Z', 'x2026-11-28', '26-11-28'])('%j is none', (name) => {
    expect(dayNamed(name)).toBeNull();
  });
});

describe('what of a market is remembered', () => {
  /** Item id, demand price, units, level, supply price, units, level, mean. */
  const GOLD = [1, 50, 10, 2, 0, 0, 0, 45];
  const SILVER = [2, 0, 0, 0, 30, 500, 3, 25];
  const TEA = [3, 9, 1, 1, 8, 1, 1, 9];
  const rows = (...some: readonly (readonly number[])[]) => Int32Array.from(some.flat());
  const gone = (itemId: number) => [itemId, 0, 0, -1, 0, 0, -1, 0];
  const changed = (row: readonly number[], column: number) => row.with(column, 77);

  test('is all of it where nothing was known', () => {
    expect(priceChanges(null, rows(GOLD, TEA))).toEqual(rows(GOLD, TEA));
  });

  test.each([
    ['nothing, where all is as it was', [GOLD, SILVER], [GOLD, SILVER], []],
    ['no good whose units or mean alone moved', [TEA], [changed(changed(changed(TEA, 2), 5), 7)], []],
    ['a new demand price', [GOLD, TEA], [changed(GOLD, 1), TEA], [changed(GOLD, 1)]],
    ['a new demand level', [GOLD, TEA], [GOLD, changed(TEA, 3)], [changed(TEA, 3)]],
    ['a new supply price', [SILVER], [changed(SILVER, 4)], [changed(SILVER, 4)]],
    ['a new supply level', [SILVER], [changed(SILVER, 6)], [changed(SILVER, 6)]],
    ['a good that came, first', [SILVER, TEA], [GOLD, SILVER, TEA], [GOLD]],
    ['one in the middle', [GOLD, TEA], [GOLD, SILVER, TEA], [SILVER]],
    ['one at the end', [GOLD], [GOLD, SILVER, TEA], [SILVER, TEA]],
    ['the id of one that is gone, first', [GOLD, SILVER, TEA], [SILVER, TEA], [gone(1)]],
    ['one in the middle that is gone', [GOLD, SILVER, TEA], [GOLD, TEA], [gone(2)]],
    ['those at the end that are gone', [GOLD, SILVER, TEA], [GOLD], [gone(2), gone(3)]],
    ['one that went and one that came', [GOLD], [SILVER], [gone(1), SILVER]],
  ])('is %s', (_, before, now, expected) => {
    expect(priceChanges(rows(...before), rows(...now))).toEqual(rows(...expected));
  });
});

describe('how long a price was valid', () => {
  const point = (observedAtS: number, supplyPrice: number, demandPrice: number) =>
    ({ observedAtS, supplyPrice, demandPrice }) as PricePoint;
  const points = [point(10, 100, 0), point(30, 0, 7), point(60, 120, 8)];

  test('is until the next observation, the last one until the end that is asked for', () => {
    expect(spells(points, 'supply', 100)).toEqual([
      { value: 100, weight: 20 },
      { value: 120, weight: 40 },
    ]);
    expect(spells(points, 'demand', 100)).toEqual([
      { value: 7, weight: 30 },
      { value: 8, weight: 40 },
    ]);
  });

  test('is never less than no time', () => {
    expect(spells(points, 'demand', 50).at(-1)).toEqual({ value: 8, weight: 0 });
  });
});

describe('how steady values are', () => {
  test('is told of those that count, each by its weight', () => {
    // The mean is 100: three quarters of the weight at 80, a quarter at 160.
    expect(
      steadiness([
        { value: 80, weight: 3 },
        { value: 160, weight: 1 },
        { value: 9999, weight: 0 },
      ]),
    ).toEqual({ mean: 100, volatility: Math.sqrt((3 * 20 ** 2 + 60 ** 2) / 4) / 100, stability: 0 });
  });

  test('counts as near what is within 5 % of the mean', () => {
    const near = (offset: number) =>
      steadiness([
        { value: 200, weight: 2 },
        { value: 200 - offset, weight: 1 },
        { value: 200 + offset, weight: 1 },
      ])?.stability;
    expect([near(0), near(10), near(11)]).toEqual([1, 1, 0.5]);
  });

  test.each([[[]], [[{ value: 5, weight: 0 }]]])('is not told where nothing counts: %j', (values) => {
    expect(steadiness(values)).toBeNull();
  });
});
