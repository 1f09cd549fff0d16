import { expect, test } from 'vitest';
import { amountOf, eventName, exactId, objectsOf, parseEvent } from '../../src/domain/journal/event.ts';
import { journalsAmong } from '../../src/domain/journal/file-names.ts';
import { journalLine, JOURNAL_S } from '../support/journals.ts';

test('journals are known by both forms of their names, and sorted by when the game began', () => {
  expect(
    journalsAmong([
      'Journal.2025-04-09T133314.10.log',
      'Journal.2025-04-09T133314.100.log',
      'Journal.2025-04-09T133314.02.log',
      'JournalAlpha.2025-04-09T133314.01.log',
      'JournalBeta.170101000000.01.log',
      'Journal.2025-04-09T133314.01.log.bak',
      'Journal.220101000000.01.log',
      'Journal.170713092401.01.log',
      'Market.json',
      'Journal.2022-03-15T000000.01.log',
      'Journal.2025-04-09T093314.11.log',
      'Journal.200101000000.99.log',
      'Journal.200101000000.100.log',
      'Journal.200101000000.2.log',
      'Old.Journal.200101000000.01.log',
    ]),
  ).toEqual([
    'Journal.170713092401.01.log',
    'Journal.200101000000.2.log',
    'Journal.200101000000.99.log',
    'Journal.200101000000.100.log',
    'Journal.220101000000.01.log',
    'Journal.2022-03-15T000000.01.log',
    'Journal.2025-04-09T093314.11.log',
    'Journal.2025-04-09T133314.02.log',
    'Journal.2025-04-09T133314.10.log',
    'Journal.2025-04-09T133314.100.log',
  ]);
});

test('a line is an event when it is whole', () => {
  const line = journalLine(5, 'Docked', { StationName: 'A "b": "event"' });
  expect(parseEvent(line)).toMatchObject({ event: 'Docked', atS: JOURNAL_S + 5, text: line });
  expect(parseEvent(`${line}\r`)).toMatchObject({ event: 'Docked' });
  for (const broken of [
    line.slice(0, -1),
    line.slice(5),
    '',
    '\r',
    '[]',
    'null',
    '7',
    '{"event":"Docked"}',
  ]) {
    expect(parseEvent(broken), broken).toBeNull();
  }
  expect(parseEvent('{"timestamp":"yesterday","event":"Docked"}')).toBeNull();
  expect(parseEvent(line.replace('"Docked"', '7'))).toBeNull();
});

test('numbers that are none are unknown, and spoil nothing else', () => {
  const event = parseEvent(
    '{ "timestamp":"2026-05-01T12:00:00Z", "event":"Scan", "A":-nan(ind), "B":[nan, 1,inf],"C":-inf, "D":"nan(ind)", "E":7 }',
  );
  expect(event?.body).toMatchObject({ A: null, B: [null, 1, null], C: null, D: 'nan(ind)', E: 7 });
});

test('the name of an event is told without parsing, where the line begins as the game writes lines', () => {
  expect(eventName('{ "timestamp":"2016-06-10T14:31:00Z", "event":"FileHeader", "part":1 }')).toBe(
    'FileHeader',
  );
  expect(eventName('{"a":{"timestamp":"x","event":"No"}}')).toBeNull();
  expect(eventName('{"timestamp":"2016-06-10T14:31:00Z","ev')).toBeNull();
});

test('ids of systems stay exact beyond 2^53', () => {
  expect(exactId('{"SystemAddress": 9223372036854775807,"x":1}', 'SystemAddress')).toBe(
    '9223372036854775807',
  );
  expect(exactId('{"SystemAddress":9223372036854775808}', 'SystemAddress')).toBeNull();
  expect(exactId('{"SystemName":"x"}', 'SystemAddress')).toBeNull();
});

test('an amount is a number from 0 on', () => {
  expect([0, 0.5, 720].map(amountOf)).toEqual([0, 0.5, 720]);
  expect([-1, Infinity, 1e308, NaN, '720', null, undefined].map(amountOf)).toEqual(Array(7).fill(null));
});

test('of a list only objects count, and what is no list is an empty one', () => {
  expect(objectsOf([{ Name: 'gold' }, null, 'silver', 7])).toEqual([{ Name: 'gold' }]);
  expect(objectsOf({ Name: 'gold' })).toEqual([]);
});
