import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/domain/ports/store/changes.ts';
import type { MarketRow, StationRecord } from '../../src/domain/ports/store/queries.ts';
import { merged, narrowed, updateOf } from '../../src/domain/push/update.ts';

const station = { id: 1, system: { id: 7n, x: 3, y: 4, z: 0 } } as StationRecord;

function row(itemId: number, demandPrice: number, supplyPrice = 0): MarketRow {
  return {
    itemId,
    ...{ demandPrice, demandUnits: 10, demandLevel: 1 },
    ...{ supplyPrice, supplyUnits: supplyPrice && 500, supplyLevel: 1 },
  };
}

function update(seq: number, market: readonly MarketRow[], before?: readonly MarketRow[]) {
  const change = { seq, kind: 'market' } as Change;
  return updateOf({ change, oldestSeq: seq, station, market }, before);
}

const prices = (some: ReturnType<typeof merged>) =>
  some?.rows.map(({ itemId, before, now }) => [
    itemId,
    before?.demandPrice ?? before,
    now?.demandPrice ?? null,
  ]);

test('what has come, gone and changed', () => {
  const some = update(1, [row(2, 6), row(3, 7), row(4, 9)], [row(1, 5), row(2, 5), row(3, 7)]);
  expect(prices(some)).toEqual([
    [1, 5, null],
    [2, 5, 6],
    [4, null, 9],
  ]);
});

describe('two changes told as one', () => {
  test('tell what was before both, and what is now', () => {
    const both = merged(
      update(1, [row(1, 6), row(2, 1)], [row(1, 5)]),
      update(2, [row(1, 7)], [row(1, 6), row(2, 1)]),
    );
    expect(prices(both)).toEqual([[1, 5, 7]]);
    expect(both?.change.seq).toBe(2);
  });

  test('are none where all is as it was', () => {
    expect(merged(update(1, [row(1, 6)], [row(1, 5)]), update(2, [row(1, 5)], [row(1, 6)]))).toBeNull();
  });

  test('are the whole market where nobody remembers what was', () => {
    const both = merged(update(1, [row(1, 6), row(2, 1)]), update(2, [row(1, 7)], [row(1, 6), row(2, 1)]));
    expect(both?.isWhole).toBe(true);
    expect(prices(both)).toEqual([[1, undefined, 7]]);
  });
});

describe('what is watched', () => {
  const some = update(1, [row(1, 100), row(2, 0, 30)], [row(1, 50), row(3, 80)]);
  test.each([
    [{}, [1, 2, 3]],
    [{ itemIds: new Set([2]) }, [2]],
    [{ side: 'supply' }, [2]],
    [{ side: 'demand' }, [1, 3]],
    [{ minPrice: 90 }, [1]],
    // It has just ceased to fit.
    [{ maxPrice: 60, side: 'demand' }, [1]],
    [{ minUnits: 100 }, [2]],
    [{ marketIds: new Set([2]) }, undefined],
    [{ systemIds: new Set([7n]) }, [1, 2, 3]],
    [{ near: { x: 0, y: 0, z: 0, withinLy: 5 } }, [1, 2, 3]],
    [{ near: { x: 0, y: 0, z: 0, withinLy: 4.9 } }, undefined],
    [{ itemIds: new Set([9]) }, undefined],
  ] as const)('%o', (watch, items) => {
    expect(narrowed(watch, some)?.rows.map(({ itemId }) => itemId)).toEqual(items);
  });

  test('a market of which nobody remembers anything is told though nothing of it fits', () => {
    expect(narrowed({ itemIds: new Set([9]) }, update(1, [row(1, 5)]))).toMatchObject({
      isWhole: true,
      rows: [],
    });
  });
});
