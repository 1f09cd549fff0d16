import { expect, test } from 'vitest';
import { isKept, logStateOf } from '../../src/infra/store/shared/changed-stations.ts';

/** Entries 5 to 9 are kept. */
const LOG = logStateOf(['a', 9n, 5n]);

test.each([
  ['the newest', 9, true],
  ['one whose successors are all there', 6, true],
  ['the one before the oldest', 4, true],
  ['one whose successor is gone', 3, false],
  ['one that is not written yet', 10, false],
])('whoever has seen %s', (_, seq, kept) => {
  expect(isKept(LOG, { logId: 'a', seq })).toBe(kept);
});

test('a place in another log is none in this one', () => {
  expect(isKept(LOG, { logId: 'b', seq: 9 })).toBe(false);
});

test('in a log whose entries are all gone only the newest place is', () => {
  const empty = logStateOf(['a', 9n, null]);
  expect(isKept(empty, { logId: 'a', seq: 9 })).toBe(true);
  expect(isKept(empty, { logId: 'a', seq: 8 })).toBe(false);
});
