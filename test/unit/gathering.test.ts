import { describe, expect, test } from 'vitest';
import { Gathering } from '../../src/actors/station-coalescer/gathering.ts';
import { settingsFrom } from '../../src/app/settings.ts';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { config } from '../support/config.ts';

const gathering = () => new Gathering({ rows: 4, records: 2 });

function snapshot(marketId: number, observedAtS: number, fields: Partial<Snapshot> = {}, rows = 2): Snapshot {
  const names = { systemName: 'Sol', stationName: 'Galileo' };
  return {
    marketId,
    ...names,
    observedAtS,
    receivedAtMs: 0,
    rows: new Int32Array(rows * ROW_WIDTH),
    ...fields,
  };
}

const takenFrom = (held: Gathering) => Array.from(held.taken(), ({ marketId }) => marketId);

describe('of two observations of a market', () => {
  test.each([
    ['the newer one stays', 2, { isConfirmed: true }],
    ['the later one of the same second stays', 1, {}],
  ])('%s', (_, observedAtS, proof) => {
    const held = gathering();
    const [first, second] = [snapshot(1, 1), snapshot(1, observedAtS)];
    expect(held.add(first)).toBeNull();
    expect(held.add(second)).toEqual({ older: first, gaveWay: true });
    expect([...held.taken()]).toEqual([{ ...second, ...proof }]);
  });

  test('an older one that comes later gives way, and proves nothing', () => {
    const held = gathering();
    held.add(snapshot(1, 2));
    expect(held.add(snapshot(1, 1))).toMatchObject({ older: { observedAtS: 1 }, gaveWay: true });
    expect([...held.taken()]).toEqual([snapshot(1, 2)]);
  });

  test('what is confirmed stays so in the same second, and not under another name', () => {
    const held = gathering();
    for (const observedAtS of [1, 2, 2]) held.add(snapshot(1, observedAtS));
    expect(held.add(snapshot(1, 3, { systemName: 'Alioth' }))).toMatchObject({
      older: { isConfirmed: true },
    });
    expect([...held.taken()]).toEqual([snapshot(1, 3, { systemName: 'Alioth' })]);
  });

  test.each([
    ['of other stations', { stationName: 'Hutton Orbital' }],
    ['of other systems', { systemName: 'Alioth' }],
    ['of which one clears the market', { rows: new Int32Array() }],
  ])('each is written for itself: %s', (_, fields) => {
    for (const observedAtS of [1, 3]) {
      const held = gathering();
      held.add(snapshot(1, 2));
      const told = held.add(snapshot(1, observedAtS, fields));
      expect(told).toMatchObject({ older: { observedAtS: Math.min(2, observedAtS) }, gaveWay: false });
      expect([...held.taken()]).toMatchObject([{ observedAtS: Math.max(2, observedAtS) }]);
    }
  });
});

test('files are gathered where no history of prices is kept', async () => {
  const gatherOf = async (historyDays: number, gathers: boolean) =>
    settingsFrom(await config({ history_days: historyDays }), false, gathers).stations.gather;
  expect(await gatherOf(0, true)).toMatchObject({ rows: 2_000_000 });
  expect([await gatherOf(30, true), await gatherOf(0, false)]).toEqual([null, null]);
});

describe('is due', () => {
  test('when more rows are held than may be, those first of which nothing came for longest', () => {
    const held = gathering();
    held.add(snapshot(1, 1));
    held.add(snapshot(2, 1));
    expect([held.isDue, held.excess(2), held.gathers(2), held.gathers(3)]).toEqual([false, 0, true, false]);
    held.add(snapshot(1, 2));
    held.add(snapshot(3, 1));
    expect([held.isDue, held.excess(2), held.excess(7), held.gathers(1)]).toEqual([true, 1, 6, false]);
    expect(takenFrom(held)).toEqual([2, 1, 3]);
    expect([held.size, held.isDue, held.excess(0), held.gathers(1)]).toEqual([0, false, 0, true]);
  });

  test('when nothing more comes, until something does', () => {
    const held = gathering();
    held.end();
    expect([held.isDue, held.gathers(0)]).toEqual([false, false]);
    held.add(snapshot(1, 1));
    expect(held.isDue).toBe(true);
    held.goOn();
    expect([held.isDue, held.gathers(0)]).toEqual([false, true]);
  });

  test('may be left', () => {
    const held = gathering();
    for (const id of [1, 2, 3]) held.add(snapshot(id, 1));
    expect([held.clear(), held.size, held.isDue]).toEqual([3, 0, false]);
  });

  test('may be taken in part', () => {
    const held = gathering();
    for (const id of [1, 2, 3]) held.add(snapshot(id, 1));
    for (const { marketId } of held.taken()) if (marketId === 1) break;
    expect([held.size, held.isDue]).toEqual([2, false]);
    expect(takenFrom(held)).toEqual([2, 3]);
  });
});
