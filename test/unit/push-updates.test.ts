import { describe, expect, test } from 'vitest';
import { canonicalWatch, subscriptionId } from '../../src/domain/push/definition.ts';
import type { Change } from '../../src/domain/ports/store/changes.ts';
import type { MarketRow, StationRecord } from '../../src/domain/ports/store/queries.ts';
import { isSameMarket, merged, narrowed, updateOf } from '../../src/domain/push/update.ts';

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

test('a market is the same when every good of it is', () => {
  expect(isSameMarket([row(1, 5), row(2, 6)], [row(2, 6), row(1, 5)])).toBe(true);
  expect(isSameMarket([row(1, 5)], [row(1, 6)])).toBe(false);
  expect(isSameMarket([row(1, 5)], [row(1, 5), row(2, 6)])).toBe(false);
  expect(isSameMarket([row(1, 5), row(2, 6)], [row(1, 5)])).toBe(false);
});

/** The station itself is another than it was. */
function stationUpdate(seq: number) {
  const change = { seq, kind: 'station' } as Change;
  return updateOf({ change, oldestSeq: seq, station, market: [] }, []);
}

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

  test('are by item, whichever came first', () => {
    const both = merged(update(1, [row(3, 6)], [row(3, 5)]), update(2, [row(3, 6), row(1, 7)], [row(3, 6)]));
    expect(prices(both)).toEqual([
      [1, null, 7],
      [3, 5, 6],
    ]);
  });

  test('are what is gone where it was there before both, nothing where it came and went', () => {
    expect(prices(merged(update(1, [row(1, 6)], [row(1, 5)]), update(2, [], [row(1, 6)])))).toEqual([
      [1, 5, null],
    ]);
    expect(merged(update(1, [row(1, 6)], []), update(2, [], [row(1, 6)]))).toBeNull();
  });

  test('are the newer one where that is of the station, or nobody remembers what was before it', () => {
    const whole = update(2, [row(1, 7)]);
    expect(merged(update(1, [row(1, 6)], [row(1, 5)]), whole)).toEqual(whole);
    expect(merged(stationUpdate(1), stationUpdate(2))).toEqual(stationUpdate(2));
  });

  test('are the whole market where nobody remembers what was', () => {
    const both = merged(update(1, [row(1, 6), row(2, 1)]), update(2, [row(1, 7)], [row(1, 6), row(2, 1)]));
    expect(both?.isWhole).toBe(true);
    expect(prices(both)).toEqual([[1, undefined, 7]]);
  });
});

describe('what is watched', () => {
  const some = update(1, [row(1, 100), row(2, 0, 30), row(4, 0)], [row(1, 50), row(3, 80)]);
  test.each([
    // Also what has no price.
    [{}, [1, 2, 3, 4]],
    [{ itemIds: new Set([2]) }, [2]],
    [{ side: 'supply' }, [2]],
    [{ side: 'demand' }, [1, 3]],
    [{ minPrice: 100 }, [1]],
    // It has just ceased to fit.
    [{ maxPrice: 50, side: 'demand' }, [1]],
    [{ minUnits: 500 }, [2]],
    [{ marketIds: new Set([2]) }, undefined],
    [{ systemIds: new Set([7n]) }, [1, 2, 3, 4]],
    [{ systemIds: new Set([8n]) }, undefined],
    [{ near: { x: 0, y: 0, z: 0, withinLy: 5 } }, [1, 2, 3, 4]],
    [{ near: { x: 0, y: 0, z: 0, withinLy: 4.9 } }, undefined],
    [{ itemIds: new Set([9]) }, undefined],
  ] as const)('%o', (watch, items) => {
    expect(narrowed(watch, some)?.rows.map(({ itemId }) => itemId)).toEqual(items);
  });

  test.each([{}, { side: 'demand' }] as const)(
    'what is whole by %o is the very same, to be written once',
    (watch) => {
      const whole = update(1, [row(1, 100)], [row(1, 50)]);
      expect(narrowed(watch, whole)).toBe(whole);
    },
  );

  test('a station that has changed is told to whoever watches any of its goods', () => {
    expect(narrowed({ itemIds: new Set([1]) }, stationUpdate(1))).toEqual(stationUpdate(1));
  });

  test('a market of which nobody remembers anything is told though nothing of it fits', () => {
    expect(narrowed({ itemIds: new Set([9]) }, update(1, [row(1, 5)]))).toMatchObject({
      isWhole: true,
      rows: [],
    });
  });
});

describe('definitions of what is watched', () => {
  const watch = { near: 'Sol', within: 20, commodities: ['Gold', 'Silver'], markets: [7, 11] } as const;

  test('are the same in whatever order and case they are written', () => {
    const other = {
      ...{ markets: [11, 7, 11], commodities: ['silver', 'GOLD', 'gold'], within: 20, near: 'SOL' },
      side: undefined,
    };
    expect(canonicalWatch(other as never)).toBe(canonicalWatch(watch));
  });

  test.each([
    [{ ...watch, near: 'Diso' }],
    [{ ...watch, within: 21 }],
    [{ ...watch, commodities: ['Gold'] }],
    [{ ...watch, markets: [7, 12] }],
    [{ ...watch, side: 'supply' as const }],
  ])('are others where anything else is asked: %j', (other) => {
    expect(canonicalWatch(other)).not.toBe(canonicalWatch(watch));
  });

  test('have names that are compared without case', () => {
    expect(subscriptionId('Gold of Diso')).toBe(subscriptionId('gold OF diso'));
    expect(subscriptionId('gold')).not.toBe(subscriptionId('silver'));
  });
});
