import { expect, test } from 'vitest';
import { jumpsFor, legSeconds } from '../../src/domain/galaxy/travel-time.ts';

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
