import { describe, expect, test } from 'vitest';
import type { Violation } from '../support/client-violation.ts';
import { check, checkChanged, GOOD, LISTINGS } from '../support/client-sets.ts';

describe.each(['listings.csv', 'listings-live.csv'])('%s', (file) => {
  test.each<[string, string | RegExp, string, Violation['effect'], number, string]>([
    ['another header', 'supply,supply_bracket', 'supply_bracket,supply', 'file refused', 1, 'header is'],
    ['an empty field', ',20,1,', ',,1,', 'row skipped', 3, 'not integers'],
    ['a decimal', '9500', '9500.0', 'row skipped', 3, 'not integers'],
    ['a quoted number', '9500', "'9500'", 'row skipped', 3, 'not integers'],
    ['a column too few', ',1795170000', '', 'row skipped', 4, '9 columns'],
    ['a row without prices', '9500,9400', '0,0', 'row skipped', 3, 'both prices are 0'],
    ['a number that is not the next', '\n3,', '\n4,', 'row skipped', 4, 'not number 3'],
    ['a negative amount', ',20,1,', ',-20,1,', 'row skipped', 3, 'amount out of range'],
    ['an amount above an INT', '1936721850', '2147483648', 'row skipped', 4, 'amount out of range'],
    ['an unknown bracket', ',20,1,', ',20,4,', 'row skipped', 3, 'bracket out of range'],
    ['milliseconds', '1795170000', '1795170000000', 'row skipped', 4, 'time out of range'],
    [
      'items out of order',
      '128049152',
      '128049155',
      'market damaged',
      3,
      'items of a station are not ascending',
    ],
    ['an item twice', '128049152', '128049154', 'market damaged', 3, 'items of a station are not ascending'],
    ['stations out of order', '3700000001', '128000000', 'market damaged', 4, 'stations are not ascending'],
    ['two times of a station', /1795176000\n3/, '1795176001\n3', 'market damaged', 3, 'two times'],
    ['no line feed at the end', /\n$/, '', 'row skipped', 4, 'no line feed at the end'],
  ])('%s', (_, from, to, effect, line, problem) => {
    expect(checkChanged('v13', file, from, to)).toContainEqual({
      ...{ file, line, effect },
      problem: expect.stringContaining(problem) as unknown,
    });
  });

  test('no rows are well', () => {
    const header = LISTINGS.slice(0, LISTINGS.indexOf('\n') + 1);
    expect(check('v13', { ...GOOD.v13, [file]: header })).toEqual([]);
  });
});

test.each([
  ['station', /3700000001,/, '3700000002,'],
  ['item', /128049154,0/, '128049999,0'],
])('a %s that is in no table: not in listings.csv, but in live ones', (_, from, to) => {
  expect(checkChanged('v13', 'listings.csv', from, to)).toMatchObject([{ effect: 'row skipped', line: 4 }]);
  expect(checkChanged('v13', 'listings-live.csv', from, to)).toEqual([]);
});
