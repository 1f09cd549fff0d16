import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTimestamp, parseTimestamp } from '../../src/domain/timestamp.ts';

/** 2022-05-11T01:37:51Z */
const AT_S = 1_652_233_071;

describe('parseTimestamp', () => {
  test.each([
    ['2022-05-11T01:37:51Z'],
    ['2022-05-11t01:37:51z'],
    ['2022-05-11T01:37:51'],
    ['2022-05-11 01:37:51'],
    ['2022-05-11 01:37:51.000000'],
    ['2022-05-11 01:37:51+00'],
    ['2022-05-11 01:37:51.977+00'],
    ['2022-05-11 01:37:51 +0000'],
    ['2022-05-11T01:37:51+00:00'],
    ['2022-05-11T01:37:51-00:00'],
    ['2022-05-11T01:37:51.9Z'],
    ['2022-05-11T01:37:51.999999999Z'],
    ['2022-05-11T03:37:51+02'],
    ['2022-05-11T03:37:51+0200'],
    ['2022-05-10T21:07:51.5-04:30'],
    [' 2022-05-11T01:37:51Z '],
    ['1652233071'],
    ['1652233071.9'],
    [1_652_233_071],
    [1_652_233_071.977],
  ])('reads %j', (text) => {
    expect(parseTimestamp(text)).toBe(AT_S);
  });

  test('takes a date alone as its midnight', () => {
    expect(parseTimestamp('2022-05-11')).toBe(AT_S - (1 * 3600 + 37 * 60 + 51));
  });

  test.each([
    // Leap seconds and the end of the day, as ISO 8601 has them.
    ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'],
    ['2016-12-31T23:59:60.999Z', '2017-01-01T00:00:00Z'],
    ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00Z'],
    ['2025-01-01T24:00:00Z', '2025-01-02T00:00:00Z'],
    ['2025-12-31 24:00', '2026-01-01T00:00:00Z'],
    ['2025-01-01T12:34Z', '2025-01-01T12:34:00Z'],
    ['2025-01-01 12:34', '2025-01-01T12:34:00Z'],
    ['2025-01-01T12:34+02:00', '2025-01-01T10:34:00Z'],
    ['2025-01-01T12:34:00z', '2025-01-01T12:34:00Z'],
    ['2025-01-01 12:34:00+14:59', '2024-12-31T21:35:00Z'],
  ])('reads the odd but legal %s as %s', (odd, plain) => {
    expect(parseTimestamp(odd)).toBe(Date.parse(plain) / 1000);
  });

  test('reads the epoch itself, and the last second', () => {
    expect(parseTimestamp('1970-01-01 00:00:00')).toBe(0);
    expect(parseTimestamp('9999-12-31T23:59:59Z')).toBe(253_402_300_799);
    expect(parseTimestamp(253_402_300_800)).toBeNull();
  });

  test('knows leap days', () => {
    expect(parseTimestamp('2024-02-29T00:00:00Z')).toBe(1_709_164_800);
  });

  test.each([
    ['2025-02-29T00:00:00Z'],
    ['2025-02-30T00:00:00Z'],
    ['2025-04-31'],
    ['2025-13-01'],
    ['2025-00-10'],
    ['2025-01-00'],
    ['2025-01-01T24:00:01Z'],
    ['2025-01-01T24:01:00Z'],
    ['2025-01-01T25:00:00Z'],
    ['2025-01-01T12:60:00Z'],
    ['2025-01-01T12:00:61Z'],
    ['2025-01-01T12'],
    ['2025-01-01T12:'],
    ['2025-01-01T12:00:00+15:00'],
    ['2025-01-01T12:00:00+01:60'],
    ['2025-01-01T12:00:00 UTC'],
    ['2025-01-01T'],
    ['2025-1-1'],
    ['01/02/2025'],
    ['1969-12-31T23:59:59Z'],
    ['1970-01-01T00:00:00+01:00'],
    ['0050-01-01'],
    ['+012025-01-01T00:00:00Z'],
    ['2025'],
    ['20250101'],
    ['now'],
    [''],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1_652_233_071_000],
    ['1652233071000'],
    [null],
    [undefined],
    [true],
    [{}],
  ])('refuses %j', (value) => {
    expect(parseTimestamp(value)).toBeNull();
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.anything(), (value) => void parseTimestamp(value)));
  });
});

describe('formatTimestamp', () => {
  test('writes Trade Dangerous form', () => {
    expect(formatTimestamp(AT_S)).toBe('2022-05-11 01:37:51');
  });

  test('is read back to the same second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 253_402_300_799 }), (seconds) => {
        expect(parseTimestamp(formatTimestamp(seconds))).toBe(seconds);
      }),
    );
  });
});
