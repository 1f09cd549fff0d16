import { expect, test } from 'vitest';
import { LogTail } from '../../src/actors/subscription/log-tail.ts';
import { RecentMarkets } from '../../src/actors/subscription/recent-markets.ts';
import type { Change } from '../../src/domain/ports/store/changes.ts';
import type { MarketRow, StationRecord } from '../../src/domain/ports/store/queries.ts';

const gold = (supplyPrice: number): MarketRow => ({
  itemId: 1,
  ...{ demandPrice: 0, demandUnits: 0, demandLevel: 0 },
  ...{ supplyPrice, supplyUnits: 1, supplyLevel: 1 },
});

const START = { logId: 'log', seq: 0 };

/** A log of these markets, one entry after the other; each has the price that is its id. */
function tailOf(ids: readonly number[], kind: Change['kind'] = 'market') {
  const changes = ids.map((id, i): Change => ({
    ...{ seq: i + 1, kind, id: BigInt(id), source: 'live', observedAtS: 0, writtenAtS: 0 },
  }));
  return new LogTail({
    changesSince: (after, limit) =>
      Promise.resolve({
        ...{ logId: 'log', lastSeq: ids.length },
        changes: changes.slice(after, after + limit),
      }),
    stations: () => Promise.reject(new Error('nobody asks')),
    markets: (asked) =>
      Promise.resolve(asked.map((id) => ({ station: { id } as StationRecord, rows: [gold(id)], atS: null }))),
  });
}

test('every market that has changed is told, however many have', async () => {
  const ids = Array.from({ length: 120 }, (_, i) => 1_000 + i);
  const page = await tailOf(ids).read(START, Infinity, null);
  expect(page?.updates.map(({ station }) => station.id)).toEqual(ids);
  expect(page?.position).toEqual({ logId: 'log', seq: 120 });
});

test('each once, where it changed last, with where it changed first', async () => {
  const page = await tailOf([7, 8, 7, 9, 8]).read(START, Infinity, null);
  expect(page?.updates.map(({ station, change, oldestSeq }) => [station.id, oldestSeq, change.seq])).toEqual([
    [7, 1, 3],
    [9, 4, 4],
    [8, 2, 5],
  ]);
});

test('up to an entry, and on from there', async () => {
  const tail = tailOf([7, 8, 9]);
  const first = await tail.read(START, 2, null);
  expect(first?.updates.map(({ station }) => station.id)).toEqual([7, 8]);
  expect(first).toMatchObject({ position: { seq: 2 }, lastSeq: 3 });
  const next = await tail.read(first!.position, Infinity, null);
  expect(next?.updates.map(({ station }) => station.id)).toEqual([9]);
  const end = await tail.read(next!.position, Infinity, null);
  expect(end).toMatchObject({ position: { seq: 3 }, updates: [] });
});

test('what is told is remembered, and said of the next change as what was', async () => {
  const recent = new RecentMarkets();
  const tail = tailOf([7, 7]);
  const [first] = (await tail.read(START, 1, recent))!.updates;
  expect(first?.isWhole, 'nobody knows what was').toBe(true);
  expect(recent.get(7)).toEqual([gold(7)]);
  recent.set(7, [gold(3)]);
  const [second] = (await tail.read({ ...START, seq: 1 }, Infinity, recent))!.updates;
  expect(second).toMatchObject({ isWhole: false, rows: [{ before: gold(3), now: gold(7) }] });
});

test('a system is no market, and of a station nothing is told but itself', async () => {
  expect((await tailOf([7], 'system').read(START, Infinity, null))?.updates).toEqual([]);
  const recent = new RecentMarkets();
  expect((await tailOf([7], 'station').read(START, Infinity, recent))?.updates).toMatchObject([
    { station: { id: 7 }, rows: [], isWhole: false },
  ]);
  expect(recent.get(7)).toBeUndefined();
});

test('another log is none in which one can go on', async () => {
  expect(await tailOf([7]).read({ ...START, logId: 'other' }, Infinity, null)).toBeNull();
});
