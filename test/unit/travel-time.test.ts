import { expect, test } from 'vitest';
import { jumpsFor, legSeconds, TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';

const SPACE = { lsFromStar: 15, isPlanetary: false, isCarrier: false };

test('a route is some longer than the straight line', () => {
  expect(jumpsFor(0, 20)).toBe(0);
  expect(jumpsFor(17, 20)).toBe(1);
  expect(jumpsFor(18, 20)).toBe(2);
});

test.each([
  ['another station of the system', { ...SPACE, distanceLy: 0 }, 226 + 44],
  ['a carrier of the system', { ...SPACE, distanceLy: 0, isCarrier: true }, 207 + 44],
  ['a port on the ground of the system', { ...SPACE, distanceLy: 0, isPlanetary: true }, 404 + 44],
  ['one jump', { ...SPACE, distanceLy: 10 }, 52 + 18 + 146 + 14.7 * Math.log(15) + 44],
  ['three jumps', { ...SPACE, distanceLy: 50 }, 52 + 18 + 120 + 146 + 14.7 * Math.log(15) + 44],
  [
    'to the ground',
    { distanceLy: 10, lsFromStar: 1000, isPlanetary: true, isCarrier: false },
    52 + 18 + 166 + 27.6 * Math.log(1000) + 44,
  ],
  [
    'unknown facts are taken for a station in space at 500 ls',
    { distanceLy: 10, lsFromStar: null, isPlanetary: null, isCarrier: false },
    52 + 18 + 146 + 14.7 * Math.log(500) + 44,
  ],
])('%s', (_, leg, seconds) => {
  expect(legSeconds(leg, 20)).toBeCloseTo(seconds);
});

test('farther than anybody has measured, a cruise goes through what players name', () => {
  const arrivalS = (ls: number) => legSeconds({ ...SPACE, distanceLy: 10, lsFromStar: ls }, 20);
  expect(arrivalS(100_000) - arrivalS(10_000)).toBeCloseTo(385 - 170);
  expect(arrivalS(1_000_000) - arrivalS(10_000)).toBeCloseTo(1_165 - 170);
  expect(arrivalS(50_000)).toBeGreaterThan(arrivalS(20_000));
});

test('times can be others', () => {
  const slow = { ...TRAVEL_TIMES, jumpToJumpS: 90, routeFactor: 1 };
  expect(
    legSeconds({ ...SPACE, distanceLy: 60 }, 20, slow) - legSeconds({ ...SPACE, distanceLy: 20 }, 20, slow),
  ).toBe(180);
});
