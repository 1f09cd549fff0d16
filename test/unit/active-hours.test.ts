import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { onClocks, parseActiveHours } from '../../src/domain/active-hours.ts';

const at = (iso: string) => Date.parse(iso);

/** Clocks go forward at 2026-03-29T01:00Z and back at 2026-10-25T01:00Z in Berlin. */
test.each<[string, string, string, boolean, string?]>([
  // window, zone, instant, open, next opening (where closed)
  ['08:30-18:00', 'UTC', '2026-01-05T08:29:59.999Z', false, '2026-01-05T08:30:00Z'],
  ['08:30-18:00', 'UTC', '2026-01-05T08:30:00Z', true],
  ['08:30-18:00', 'UTC', '2026-01-05T17:59:59.999Z', true],
  ['08:30-18:00', 'UTC', '2026-01-05T18:00:00Z', false, '2026-01-06T08:30:00Z'],
  // several
  ['01:00-02:00,13:00-14:00', 'UTC', '2026-01-05T02:00:00Z', false, '2026-01-05T13:00:00Z'],
  ['13:00-14:00, 01:00-02:00', 'UTC', '2026-01-05T23:00:00Z', false, '2026-01-06T01:00:00Z'],
  // overnight
  ['22:00-06:00', 'UTC', '2026-01-05T23:00:00Z', true],
  ['22:00-06:00', 'UTC', '2026-01-06T05:59:59Z', true],
  ['22:00-06:00', 'UTC', '2026-01-06T06:00:00Z', false, '2026-01-06T22:00:00Z'],
  ['22:00-24:00', 'UTC', '2026-01-06T00:00:00Z', false, '2026-01-06T22:00:00Z'],
  ['22:00-00:00', 'UTC', '2026-01-05T23:59:59.999Z', true],
  // two windows that meet
  ['00:00-12:00,12:00-24:00', 'UTC', '2026-01-05T12:00:00Z', true],
  ['00:00-12:00,12:00-24:00', 'UTC', '2026-01-05T00:00:00Z', true],
  // always
  ['00:00-24:00', 'Europe/Berlin', '2026-03-29T00:59:59.999Z', true],
  ['00:00-24:00', 'UTC', '2026-01-05T23:59:59.999Z', true],
  ['07:15-07:15', 'UTC', '2026-01-05T03:00:00Z', true],
  ['00:00-00:00', 'UTC', '2026-01-05T00:00:00Z', true],
  ['10:00-11:00,07:15-07:15', 'UTC', '2026-01-05T03:00:00Z', true],
  // ...though the day before never was
  ['07:15-07:15', 'Pacific/Apia', '2011-12-30T13:00:00Z', true],
  // written with blanks
  [' 08:30 - 18:00 ', 'UTC', '2026-01-05T08:30:00Z', true],
  // leap day, year's end
  ['10:00-11:00', 'UTC', '2028-02-28T12:00:00Z', false, '2028-02-29T10:00:00Z'],
  ['10:00-11:00', 'UTC', '2028-02-29T10:30:00Z', true],
  ['23:00-01:00', 'UTC', '2028-03-01T00:30:00Z', true],
  ['10:00-11:00', 'UTC', '2026-12-31T23:00:00Z', false, '2027-01-01T10:00:00Z'],
  // zones, whole and broken offsets
  ['08:00-09:00', 'Europe/Berlin', '2026-01-05T07:30:00Z', true],
  ['08:00-09:00', 'Europe/Berlin', '2026-07-05T06:30:00Z', true],
  ['08:00-09:00', 'Asia/Kathmandu', '2026-01-05T02:15:00Z', true],
  ['08:00-09:00', 'Asia/Kathmandu', '2026-01-05T02:14:59Z', false, '2026-01-05T02:15:00Z'],
  ['08:00-09:00', 'Pacific/Auckland', '2026-01-04T18:59:00Z', false, '2026-01-04T19:00:00Z'],
  // the next opening lies behind a change of the clocks
  ['08:30-18:00', 'Europe/Berlin', '2026-03-28T18:00:00Z', false, '2026-03-29T06:30:00Z'],
  ['08:30-18:00', 'Europe/Berlin', '2026-10-24T18:00:00Z', false, '2026-10-25T07:30:00Z'],
  // spring: an hour less
  ['22:00-06:00', 'Europe/Berlin', '2026-03-29T03:59:59Z', true],
  ['22:00-06:00', 'Europe/Berlin', '2026-03-29T04:00:00Z', false, '2026-03-29T20:00:00Z'],
  ['02:30-06:00', 'Europe/Berlin', '2026-03-29T01:29:59Z', false, '2026-03-29T01:30:00Z'],
  ['02:30-06:00', 'Europe/Berlin', '2026-03-29T04:00:00Z', false, '2026-03-30T00:30:00Z'],
  ['01:30-02:30', 'Europe/Berlin', '2026-03-29T01:29:59Z', true],
  ['01:30-02:30', 'Europe/Berlin', '2026-03-29T01:30:00Z', false, '2026-03-29T23:30:00Z'],
  // a window within the hour that does not exist is not missed
  ['02:00-03:00', 'Europe/Berlin', '2026-03-29T00:59:59Z', false, '2026-03-29T01:00:00Z'],
  ['02:00-03:00', 'Europe/Berlin', '2026-03-29T01:59:59Z', true],
  ['02:00-03:00', 'Europe/Berlin', '2026-03-29T02:00:00Z', false, '2026-03-30T00:00:00Z'],
  ['02:15-02:45', 'Europe/Berlin', '2026-03-29T01:15:00Z', true],
  ['02:30-03:15', 'Europe/Berlin', '2026-03-29T01:30:00Z', true],
  // autumn: an hour more, and one hour twice
  ['22:00-06:00', 'Europe/Berlin', '2026-10-25T04:59:59Z', true],
  ['22:00-06:00', 'Europe/Berlin', '2026-10-25T05:00:00Z', false, '2026-10-25T21:00:00Z'],
  ['02:30-04:00', 'Europe/Berlin', '2026-10-25T00:29:59Z', false, '2026-10-25T00:30:00Z'],
  ['02:30-04:00', 'Europe/Berlin', '2026-10-25T01:15:00Z', true],
  ['02:15-02:45', 'Europe/Berlin', '2026-10-25T00:30:00Z', true],
  ['02:15-02:45', 'Europe/Berlin', '2026-10-25T01:30:00Z', false, '2026-10-26T01:15:00Z'],
  // clocks that jump by half an hour
  ['02:10-02:20', 'Australia/Lord_Howe', '2026-10-03T15:29:00Z', false, '2026-10-03T15:40:00Z'],
])('%s %s at %s: open %s', (windows, zone, instant, open, next) => {
  const hours = parseActiveHours(windows, zone);
  expect(hours.isOpen(at(instant))).toBe(open);
  expect(hours.nextOpen(at(instant))).toBe(at(next ?? instant));
});

test('a list of windows is their union', () => {
  const hours = parseActiveHours(['01:00-02:00', '03:00-04:00,05:00-06:00']);
  const open = [1, 2, 3, 4, 5, 6].filter((hour) => hours.isOpen(at(`2026-01-05T0${hour}:30:00Z`)));
  expect(open).toEqual([1, 3, 5]);
});

test('the next opening is open, and no moment before it is', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  const clock = fc
    .integer({ min: 0, max: 1439 })
    .map((n) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`);
  const instants = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2029-01-01T00:00:00Z') });
  fc.assert(
    fc.property(
      zones,
      clock,
      clock,
      instants,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (zone, from, to, now, share) => {
        const hours = parseActiveHours(`${from}-${to}`, zone);
        const next = hours.nextOpen(now);
        expect(next - now).toBeLessThanOrEqual(26 * 3_600_000);
        expect(hours.isOpen(next)).toBe(true);
        if (next > now) expect(hours.isOpen(Math.floor(now + share * (next - 1 - now)))).toBe(false);
      },
    ),
    { numRuns: 300 },
  );
});

describe('what is no window', () => {
  test.each([
    '',
    '8:30-18:00',
    '08:30',
    '08:30-18:60',
    '25:00-26:00',
    '24:00-06:00',
    '08:30-24:01',
    '08:30-18:00,',
    'x08:30-18:00',
    '08:30-18:00x',
    '08:30x-18:00',
    '08:30-x18:00',
  ])('"%s"', (text) => expect(() => parseActiveHours(text)).toThrow(/is no window: HH:MM-HH:MM/));

  test('is told as it was written', () => {
    expect(() => parseActiveHours('08:00-09:00, 9-10 ')).toThrow('"9-10" is no window');
  });

  test('an unknown time zone', () => {
    expect(() => parseActiveHours('08:00-09:00', 'Europe/Entenhausen')).toThrow(
      '"Europe/Entenhausen" is no IANA time zone',
    );
  });
});

test.each([
  ['2026-01-05T07:30:00Z', 'UTC', '2026-01-05 07:30 UTC'],
  ['2026-07-05T22:30:00Z', 'Europe/Berlin', '2026-07-06 00:30 Europe/Berlin'],
  ['2026-01-01T02:15:59Z', 'Asia/Kathmandu', '2026-01-01 08:00 Asia/Kathmandu'],
])('%s is on the clocks of %s %s', (iso, zone, shown) => {
  expect(onClocks(at(iso), zone)).toBe(shown);
});
