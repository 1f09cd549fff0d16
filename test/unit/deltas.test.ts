import { expect, test } from 'vitest';
import {
  isDue,
  keptOf,
  reachedFrom,
  restMs,
  type Delta,
  type DeltaKind,
} from '../../src/domain/deltas/deltas.ts';

const point = (seq: number, at = '2026-11-28T18:00:00.000Z') => ({ seq, at });

function delta(kind: DeltaKind, from: number, to: number): Delta {
  return {
    ...{ name: `${kind}-${to}.json`, kind, logId: 'a', from: point(from), to: point(to) },
    ...{ rows: 1, stations: 1, bytes: 1, sha256: '', files: [] },
  };
}

const hours = (first: number, last: number) =>
  Array.from({ length: last - first }, (_, i) => delta('hourly', first + i, first + i + 1));

test.each([
  ['hourly', '2026-11-28T18:00:00.000Z', '2026-11-28T18:59:59.999Z', false],
  ['hourly', '2026-11-28T18:59:59.999Z', '2026-11-28T19:00:00.000Z', true],
  ['hourly', '2026-11-28T18:00:00.000Z', '2026-12-02T18:00:00.000Z', true],
  ['daily', '2026-11-28T00:00:00.000Z', '2026-11-28T23:59:59.999Z', false],
  ['daily', '2026-11-28T23:59:59.999Z', '2026-11-29T00:00:00.000Z', true],
  // A clock that was ahead has been set right.
  ['hourly', '2031-01-01T00:00:00.000Z', '2026-11-28T18:00:00.000Z', true],
] as const)('the %s one that ended at %s is followed by another at %s: %s', (kind, at, now, due) => {
  expect(isDue(kind, point(1, at), Date.parse(now))).toBe(due);
});

test('the rest of an hour', () => {
  expect(restMs(Date.parse('2026-11-28T18:59:59.999Z'))).toBe(1);
  expect(restMs(Date.parse('2026-11-28T18:00:00.000Z'))).toBe(3_600_000);
});

test('two days of hourly ones are kept, and two weeks of daily ones, oldest first', () => {
  const days = Array.from({ length: 20 }, (_, i) => delta('daily', i * 24, i * 24 + 24));
  const kept = keptOf([...hours(400, 480).toReversed(), ...days]);
  expect(kept.filter(({ kind }) => kind === 'hourly').map(({ to }) => to.seq)).toEqual(
    Array.from({ length: 48 }, (_, i) => 433 + i),
  );
  expect(kept.filter(({ kind }) => kind === 'daily').map(({ from }) => from.seq)).toEqual(
    Array.from({ length: 14 }, (_, i) => (6 + i) * 24),
  );
});

test('of two that end together the longer one comes first', () => {
  const both = [delta('hourly', 23, 24), delta('daily', 0, 24), delta('hourly', 22, 23)];
  const kept = keptOf(both).map(({ kind, from }) => [kind, from.seq]);
  expect(kept).toEqual([
    ['hourly', 22],
    ['daily', 0],
    ['hourly', 23],
  ]);
});

test.each([
  ['nothing', [], 9, 9],
  ['hours', hours(3, 9), 9, 3],
  ['a gap', [...hours(0, 4), ...hours(5, 9)], 9, 5],
  ['a gap that a day closes', [...hours(0, 4), ...hours(5, 9), delta('daily', 2, 6)], 9, 0],
  ['days that end before the hours begin', [...hours(5, 9), delta('daily', 0, 4)], 9, 5],
  ['days alone, behind', [delta('daily', 0, 4)], 9, 9],
  ['days that meet the hours', [...hours(4, 9), delta('daily', 0, 4)], 9, 0],
])('how far back one may begin with %s', (_, deltas, to, expected) => {
  expect(reachedFrom(deltas, point(to)).seq).toBe(expected);
  expect(reachedFrom(deltas.toReversed(), point(to)).seq).toBe(expected);
  // Whoever is in between always finds one that leads on.
  for (let seq = expected; seq < to; seq++) {
    expect(deltas.some((each) => each.from.seq <= seq && seq < each.to.seq)).toBe(true);
  }
});
