import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import { checkPublishedSet } from '../support/client-rules.ts';
import type { Violation } from '../support/client-violation.ts';
import { check, checkChanged, GOOD, MODIFIED } from '../support/client-sets.ts';
import { tempDir } from '../support/temp-dir.ts';

test.each(['v12', 'v13'] as const)('a good %s set has nothing wrong', (generation) => {
  expect(check(generation, GOOD[generation])).toEqual([]);
});

test('columns that may be NULL may be absent', () => {
  const narrow = GOOD.v12['System.csv']!.replace(',added_id@Added.added_id', '')
    .replace("0,'','1970", "0,'1970")
    .replace('96875,20,', '96875,');
  expect(check('v12', { ...GOOD.v12, 'System.csv': narrow })).toEqual([]);
  expect(check('v13', { ...GOOD.v13, 'System.csv': narrow })).toEqual([]);
});

test('clients of one generation refuse files of the other', () => {
  const told = (violations: Violation[]) =>
    violations
      .filter(({ effect }) => effect === 'file refused')
      .map(({ file, problem }) => `${file} ${problem}`);
  expect(told(check('v12', GOOD.v13))).toEqual(
    expect.arrayContaining([
      'System.csv no column lookup_name',
      'Item.csv no column rare_station_id',
      'Upgrade.csv is missing',
    ]),
  );
  expect(told(check('v13', GOOD.v12))).toEqual(['System.csv no column added_id']);
});

describe.each(['v12', 'v13'] as const)('%s files', (generation) => {
  const files = Object.keys(GOOD[generation]);

  test.each(files.filter((file) => file !== 'listings-live.csv'))('%s must be there', (file) => {
    expect(check(generation, { ...GOOD[generation], [file]: null })).toContainEqual({
      ...{ file, line: null },
      ...{ problem: 'is missing', effect: 'file refused' },
    });
  });

  test.each(files)('%s must not be empty', (file) => {
    expect(check(generation, { ...GOOD[generation], [file]: '' })).toContainEqual({
      ...{ file, line: null },
      ...{ problem: 'is empty', effect: 'file refused' },
    });
  });

  test.each(files)('%s must have LF only', (file) => {
    const text = GOOD[generation][file]!.replaceAll('\n', '\r\n');
    expect(check(generation, { ...GOOD[generation], [file]: text })).toContainEqual(
      expect.objectContaining({ file, problem: 'has carriage returns' }),
    );
  });
});

test('live listings need not be there yet', () => {
  expect(check('v13', { ...GOOD.v13, 'listings-live.csv': null })).toEqual([]);
});

test('text must be UTF-8', () => {
  const dir = tempDir();
  for (const [name, text] of Object.entries(GOOD.v13)) writeFileSync(join(dir, name), text);
  rmSync(join(dir, 'Ship.csv'));
  writeFileSync(join(dir, 'Ship.csv'), Buffer.from("unq:ship_id,name,cost\n1,'\xe9',''\n", 'latin1'));
  expect(checkPublishedSet(dir, 'v13')).toContainEqual(
    expect.objectContaining({ file: 'Ship.csv', problem: 'is not UTF-8' }),
  );
});

describe('table files', () => {
  test.each<
    [string, Generation, string, string | RegExp, string, Violation['effect'], number | null, string]
  >([
    ['an unknown column', 'v13', 'Ship.csv', 'cost', 'price', 'file refused', 1, 'no column price'],
    ['a column too few', 'v13', 'System.csv', ',pos_z', '', 'file refused', 1, 'pos_z is missing'],
    ['a column twice', 'v13', 'Ship.csv', 'cost', 'name', 'file refused', 1, 'name is there twice'],
    ['a quoted header', 'v13', 'Ship.csv', ',cost', ",'cost'", 'file refused', 1, 'cost is quoted'],
    [
      'double quotes',
      'v13',
      'Ship.csv',
      "'Eagle'",
      '"Eagle"',
      'batch rolled back',
      3,
      "must be quoted with '",
    ],
    ['a bare name', 'v13', 'Ship.csv', "'Eagle'", 'Eagle', 'batch rolled back', 3, "must be quoted with '"],
    [
      'a quoted number',
      'v13',
      'Ship.csv',
      '128049255',
      "'128049255'",
      'batch rolled back',
      3,
      'must be bare',
    ],
    ['a bare NULL', 'v13', 'Ship.csv', "''", '', 'batch rolled back', 2, "must be ''"],
    ['NULL for a name', 'v13', 'Ship.csv', "'Eagle'", "''", 'batch rolled back', 3, 'must not be NULL'],
    ['a quote not doubled', 'v13', 'System.csv', "d''s", "d's", 'file refused', null, 'cannot be parsed'],
    ['a name too long', 'v13', 'Ship.csv', 'Eagle', 'x'.repeat(129), 'batch rolled back', 3, 'refuses'],
    ['a cell too many', 'v13', 'Ship.csv', '44800', '44800,1', 'row skipped', 3, '4 columns instead of 3'],
    ['an empty line', 'v13', 'Ship.csv', "\n128049255,'Eagle',44800", '\n', 'row skipped', 3, '1 columns'],
    [
      'a key twice',
      'v13',
      'Ship.csv',
      '128049255',
      '128049249',
      'row skipped',
      3,
      'ship_id 128049249 is there twice',
    ],
    ['a pair twice', 'v13', 'ShipVendor.csv', '128049255', '128049249', 'row skipped', 3, 'there twice'],
    [
      'a name twice',
      'v12',
      'RareItem.csv',
      "'N'\n",
      "'N'\n2,128000001,2,'lavian brandy','','','?','?'\n",
      'row skipped',
      3,
      'name lavian brandy is there twice',
    ],
    ['an id of 0', 'v13', 'Ship.csv', '128049255', '0', 'batch rolled back', 3, 'refuses'],
    [
      'an id above 2^63-1',
      'v13',
      'System.csv',
      '9223372036854775807',
      '9223372036854775808',
      'batch rolled back',
      3,
      'refuses',
    ],
    [
      'an id in float form',
      'v13',
      'System.csv',
      '10477373803',
      '10477373803.0',
      'batch rolled back',
      2,
      'refuses',
    ],
    ['no flag', 'v13', 'Station.csv', "'N',8", "'X',8", 'batch rolled back', 2, 'planetary X'],
    ['no pad size', 'v13', 'Station.csv', "'L'", "'XL'", 'batch rolled back', 2, 'max_pad_size XL'],
    ['a type of v12', 'v13', 'Station.csv', "'N',5", "'N',24", 'batch rolled back', 3, 'type_id 24'],
    ['a type of v13', 'v12', 'Station.csv', "'N',24", "'N',5", 'batch rolled back', 3, 'type_id 5'],
    ['a negative distance', 'v13', 'Station.csv', ',505,', ',-1,', 'batch rolled back', 2, 'ls_from_star -1'],
    [
      'a coordinate that is none',
      'v13',
      'System.csv',
      '-3.03125',
      'NaN',
      'batch rolled back',
      3,
      'pos_x NaN',
    ],
    ['a time with a zone', 'v13', 'Station.csv', "00:00'", "00:00Z'", 'batch rolled back', 2, 'modified'],
    [
      'a day that is none',
      'v13',
      'Station.csv',
      '2026-11-20',
      '2026-02-30',
      'batch rolled back',
      2,
      'modified',
    ],
    ['no time', 'v13', 'Station.csv', MODIFIED, "''", 'batch rolled back', 2, 'must not be NULL'],
    [
      'a price above an INT',
      'v13',
      'Item.csv',
      ',19800,',
      ',2147483648,',
      'batch rolled back',
      2,
      'avg_price',
    ],
    ['a rating of two letters', 'v12', 'Upgrade.csv', "'A'", "'AB'", 'batch rolled back', 2, 'rating AB'],
    [
      'an orphan station',
      'v13',
      'Station.csv',
      '10477373803',
      '10477373804',
      'batch rolled back',
      2,
      'system_id 10477373804 is not in System',
    ],
    [
      'an orphan item',
      'v13',
      'Item.csv',
      "'Gold',1",
      "'Gold',9",
      'batch rolled back',
      3,
      'category_id 9 is not in Category',
    ],
    [
      'a rare of no station',
      'v13',
      'Item.csv',
      '128000001',
      '128000009',
      'batch rolled back',
      3,
      'rare_station_id',
    ],
    [
      'a vendor of no ship',
      'v13',
      'ShipVendor.csv',
      '128049255',
      '5',
      'batch rolled back',
      3,
      'is not in Ship',
    ],
    [
      'a vendor of no station',
      'v13',
      'ShipVendor.csv',
      '128000001',
      '5',
      'batch rolled back',
      2,
      'is not in Station',
    ],
    [
      'a vendor of no upgrade',
      'v12',
      'UpgradeVendor.csv',
      '128064001',
      '5',
      'batch rolled back',
      2,
      'is not in Upgrade',
    ],
    [
      'a rare item of no station',
      'v12',
      'RareItem.csv',
      '128000001',
      '5',
      'batch rolled back',
      2,
      'is not in Station',
    ],
    [
      'an origin of no template',
      'v12',
      'System.csv',
      ',20,',
      ',37,',
      'batch rolled back',
      3,
      'is not in Added',
    ],
    [
      'another first category',
      'v13',
      'Category.csv',
      "1,'Metals'\n2,'Minerals'",
      "1,'Minerals'\n2,'Metals'",
      'file refused',
      2,
      'not Metals',
    ],
    ['no first category', 'v13', 'Category.csv', "1,'Metals'\n", '', 'file refused', null, 'no category 1'],
  ])('%s', (_, generation, file, from, to, effect, line, problem) => {
    expect(checkChanged(generation, file, from, to)).toContainEqual({
      ...{ file, line, effect },
      problem: expect.stringContaining(problem) as unknown,
    });
  });
});
