import { expect, test } from 'vitest';
import { literal, orUpdate, statements, tableNamed, wholeLines } from '../../src/infra/store/mariadb/sql.ts';

test('cells are written as MariaDB reads them', () => {
  expect([5, 9_223_372_036_854_775_807n, null, "O'Neil \\"].map(literal)).toEqual([
    '5',
    '9223372036854775807',
    'NULL',
    "'O\\'Neil \\\\'",
  ]);
});

test('a row of the same key becomes the one given, in every column that is named', () => {
  expect(orUpdate(['a', 'b'])).toBe(' ON DUPLICATE KEY UPDATE a = VALUES(a),b = VALUES(b)');
});

test('parts are put into as few statements as their bytes allow, and none is left out', () => {
  const cut = (maxBytes?: number) => [...statements('IN (', ['11', '22', '33'], ')', maxBytes)];
  expect(cut()).toEqual(['IN (11,22,33)']);
  expect(cut(14)).toEqual(['IN (11,22,33)']);
  expect(cut(13)).toEqual(['IN (11,22)', 'IN (33)']);
  expect(cut(11)).toEqual(['IN (11,22)', 'IN (33)']);
  expect(cut(10)).toEqual(['IN (11)', 'IN (22)', 'IN (33)']);
  // One that is too large is sent alone: the server may take it.
  expect(cut(1)).toEqual(['IN (11)', 'IN (22)', 'IN (33)']);
});

test('bytes are counted, not letters', () => {
  expect([...statements('é', ['üü', 'üü'], 'ß', 13)]).toEqual(['éüüß', 'éüüß']);
  expect([...statements('é', ['üü', 'üü'], 'ß', 14)]).toEqual(['éüü,üüß']);
});

test('of no parts there is no statement', () => {
  expect([...statements('IN (', [], ')')]).toEqual([]);
});

test('a text of lines that the server cut short is none', () => {
  expect(wholeLines('a\nb\n', 2)).toEqual(['a', 'b']);
  expect(wholeLines('', 0)).toEqual([]);
  expect(wholeLines('a\nb', 2)).toBeUndefined();
  expect(wholeLines('a\n', 2)).toBeUndefined();
});

test('a table of ours is looked for in the database that is in use', () => {
  expect(tableNamed('tdl_fact')).toContain("TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tdl_fact'");
});
