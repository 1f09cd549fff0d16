import { expect, test } from 'vitest';
import { archivesOf, daysBetween, isDay } from '../../src/domain/eddn/archives.ts';

test('of each day there are the archives of what is learned, in the order in which it places things, then of markets', () => {
  const days = ['2026-10-31', '2026-11-01'];
  const archives = archivesOf('https://x.example/EDDN', days, ['shipyard', 'commodity', 'navroute']);
  expect(archives.map(({ name }) => name)).toEqual([
    'Journal.NavRoute-2026-10-31.jsonl.bz2',
    'Shipyard-2026-10-31.jsonl.bz2',
    'Commodity-2026-10-31.jsonl.bz2',
    'Journal.NavRoute-2026-11-01.jsonl.bz2',
    'Shipyard-2026-11-01.jsonl.bz2',
    'Commodity-2026-11-01.jsonl.bz2',
  ]);
  expect(archives[2]).toMatchObject({
    day: '2026-10-31',
    url: 'https://x.example/EDDN/2026-10/Commodity-2026-10-31.jsonl.bz2',
  });
});

test('who learns nothing takes the markets only', () => {
  expect(archivesOf('http://x', ['2026-11-01'], []).map(({ url }) => url)).toEqual([
    'http://x/2026-11/Commodity-2026-11-01.jsonl.bz2',
  ]);
});

test.each([
  ['2026-02-27', '2026-03-01', ['2026-02-27', '2026-02-28', '2026-03-01']],
  ['2026-03-01', '2026-03-01', ['2026-03-01']],
  ['2026-03-02', '2026-03-01', null],
  ['0001-01-01', '9999-12-31', null],
])('from %s to %s', (from, to, days) => {
  expect(daysBetween(from, to)).toEqual(days);
});

test.each([
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-1-01', false],
  ['+002026-01-01', false],
  ['2026-01-01T00', false],
  ['2026', false],
  ['today', false],
])('%j is a day: %j', (text, is) => {
  expect(isDay(text)).toBe(is);
});
