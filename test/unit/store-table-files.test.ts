import { expect, test } from 'vitest';
import { formatRows, tableFiles } from '../../src/infra/store/shared/table-files.ts';

const [category] = tableFiles('v13').filter(({ name }) => name === 'Category');
const [station] = tableFiles('v13').filter(({ name }) => name === 'Station');

test('numbers are bare in a file, ids, too, that a database gives as text; names are quoted, whatever they look like', () => {
  const name = "O'Neil, 12";
  expect(
    formatRows(category!, [
      ['12', name],
      [13n, '14'],
      [15, null],
    ]),
  ).toBe("12,'O''Neil, 12'\n13,'14'\n15,''\n");
  const of = (id: string) => [
    id,
    'Port',
    '9007199254740993',
    3,
    'N',
    'L',
    'Y',
    'Y',
    'Y',
    'Y',
    'Y',
    'Y',
    'N',
    0,
  ];
  expect(formatRows(station!, [[...of('9223372036854775807'), '2026-03-01 12:00:00']])).toBe(
    "9223372036854775807,'Port',9007199254740993,3,'N','L','Y','Y','Y','Y','Y','Y','N',0,'2026-03-01 12:00:00'\n",
  );
});

test('of no rows there is no line', () => {
  expect(formatRows(category!, [])).toBe('');
});
