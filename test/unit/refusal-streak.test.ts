import { expect, test } from 'vitest';
import { RefusalStreak } from '../../src/actors/writer/refusal-streak.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';

const failed = (reason: string): WriteOutcome => ({ status: 'failed', reason });
const NO = failed("no row 1 of 'Galileo'");
const WRITTEN: WriteOutcome = { status: 'written', rows: 1, station: 'known' };
const STALE: WriteOutcome = { status: 'stale', storedAtS: 1 };

type Batch = Readonly<Record<number, WriteOutcome>>;

/** @returns what is said after each batch, by market id: of which markets, and why */
function said(...batches: readonly Batch[]): (readonly [string, string] | null)[] {
  const streak = new RefusalStreak();
  return batches.map((batch) => {
    const snapshots = Object.keys(batch).map((id) => ({ marketId: Number(id) }) as Snapshot);
    const { every, some } = streak.after(snapshots, Object.values(batch));
    if (every !== undefined) return ['every', every.message];
    return some === undefined ? null : ['some', some];
  });
}

test.each<[string, readonly Batch[], readonly (string | null)[]]>([
  [
    'mended in the middle of a batch',
    [
      { 1: NO, 2: NO, 3: NO },
      { 1: NO, 2: WRITTEN },
    ],
    ['every', null],
  ],
  ['three in a batch', [{ 1: NO, 2: failed("no row 27 of 'Daedalus'"), 3: NO }], ['every']],
  ['one after the other', [{ 1: NO }, { 2: NO }, { 3: NO }, { 4: NO }], [null, null, 'every', 'every']],
  [
    'one market again and again',
    [{ 1: NO }, { 1: NO }, { 1: NO }, { 1: NO }],
    [null, 'some', 'some', 'some'],
  ],
  ['one of them is taken', [{ 1: NO, 2: NO, 3: NO, 4: WRITTEN }], ['some']],
  ['one is taken between them', [{ 1: NO, 2: NO }, { 3: WRITTEN }, { 4: NO }], [null, null, null]],
  ['another reason', [{ 1: NO, 2: NO }, { 3: failed('something else') }], [null, null]],
  ['what was not tried proves nothing', [{ 1: NO, 2: NO }, { 3: STALE }, { 4: NO }], [null, null, 'every']],
  [
    'it is over when one is taken',
    [{ 1: NO, 2: NO, 3: NO }, { 1: WRITTEN }, { 2: NO }],
    ['every', null, null],
  ],
])('%s', (_, batches, whose) => {
  expect(said(...batches).map((told) => told?.[0] ?? null)).toEqual(whose);
});

test('the reason is told', () => {
  expect(said({ 1: NO, 2: NO, 3: NO })).toEqual([
    ['every', "the database refuses every market: no row 1 of 'Galileo'"],
  ]);
});
