import { expect, test } from 'vitest';
import { RefusalStreak } from '../../src/actors/writer/refusal-streak.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';

const failed = (reason: string): WriteOutcome => ({ status: 'failed', reason });
const NO = failed("no row 1 of 'Galileo'");
const WRITTEN: WriteOutcome = { status: 'written', rows: 1, station: 'known' };
const STALE: WriteOutcome = { status: 'stale', storedAtS: 1 };

type Batch = Readonly<Record<number, WriteOutcome>>;

/** @returns what is said after each batch, by market id */
function said(...batches: readonly Batch[]): (string | null)[] {
  const streak = new RefusalStreak();
  return batches.map((batch) => {
    const snapshots = Object.keys(batch).map((id) => ({ marketId: Number(id) }) as Snapshot);
    return streak.after(snapshots, Object.values(batch))?.message ?? null;
  });
}

test.each<[string, readonly Batch[], readonly boolean[]]>([
  ['three in a batch', [{ 1: NO, 2: failed("no row 27 of 'Daedalus'"), 3: NO }], [true]],
  ['one after the other', [{ 1: NO }, { 2: NO }, { 3: NO }, { 4: NO }], [false, false, true, true]],
  ['one market again and again', [{ 1: NO }, { 1: NO }, { 1: NO }, { 1: NO }], [false, false, false, false]],
  ['one of them is taken', [{ 1: NO, 2: NO, 3: NO, 4: WRITTEN }], [false]],
  ['one is taken between them', [{ 1: NO, 2: NO }, { 3: WRITTEN }, { 4: NO }], [false, false, false]],
  ['another reason', [{ 1: NO, 2: NO }, { 3: failed('something else') }], [false, false]],
  ['what was not tried proves nothing', [{ 1: NO, 2: NO }, { 3: STALE }, { 4: NO }], [false, false, true]],
  [
    'it is over when one is taken',
    [{ 1: NO, 2: NO, 3: NO }, { 1: WRITTEN }, { 2: NO }],
    [true, false, false],
  ],
])('%s', (_, batches, isTold) => {
  expect(said(...batches).map((message) => message !== null)).toEqual(isTold);
});

test('the reason is told', () => {
  expect(said({ 1: NO, 2: NO, 3: NO })).toEqual(["the database refuses every market: no row 1 of 'Galileo'"]);
});
