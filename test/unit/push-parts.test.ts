import { describe, expect, test } from 'vitest';
import { LogTail } from '../../src/actors/subscription/log-tail.ts';
import { isAwaited, reach } from '../../src/actors/subscription/reach.ts';
import { RecentMarkets } from '../../src/actors/subscription/recent-markets.ts';
import { snapshotOf } from '../../src/actors/subscription/snapshot.ts';
import type { Change, ChangeKind } from '../../src/domain/ports/store/changes.ts';
import type { MarketRow, Queries } from '../../src/domain/ports/store/queries.ts';
import { settled, VirtualTime } from '../support/virtual-time.ts';

const row = (itemId: number, supplyPrice = 1): MarketRow => ({
  itemId,
  ...{ demandPrice: 0, demandUnits: 0, demandLevel: 0 },
  ...{ supplyPrice, supplyUnits: 1, supplyLevel: 1 },
});
const change = (seq: number, kind: ChangeKind, id: number): Change => ({
  ...{ seq, kind, id: BigInt(id), source: 'live', observedAtS: 0, writtenAtS: 0 },
});

describe('the end of the change log', () => {
  function tailOf(changes: readonly Change[] | null, known: readonly number[] = [1, 2, 3], logId = 'log') {
    const asked: (readonly number[])[] = [];
    const limits: number[] = [];
    const tail = new LogTail({
      changesSince: (seq: number, limit: number) => {
        limits.push(limit);
        return Promise.resolve({
          ...{ logId, lastSeq: 90 },
          changes: changes?.filter((each) => each.seq > seq) ?? null,
        });
      },
      markets: (ids: readonly number[]) => {
        asked.push(ids);
        const found = ids.filter((id) => known.includes(id));
        return Promise.resolve(found.map((id) => ({ station: { id }, rows: [row(id)] })));
      },
    } as unknown as Queries);
    return { tail, asked, limits };
  }
  const start = { logId: 'log', seq: 0 };

  test('is told each thing once, in the order of its newest change, with the oldest it stands for', async () => {
    const { asked, tail } = tailOf([
      change(1, 'market', 1),
      change(2, 'system', 9),
      change(3, 'market', 2),
      change(4, 'station', 1),
      change(5, 'market', 1),
      change(6, 'market', 8),
    ]);
    const page = await tail.read(start, Infinity, null);
    expect(page).toMatchObject({ position: { logId: 'log', seq: 6 }, lastSeq: 90 });
    expect(
      page?.updates.map(({ change: { seq, kind }, oldestSeq, rows, isWhole }) => [
        seq,
        kind,
        oldestSeq,
        rows.length,
        isWhole,
      ]),
    ).toEqual([
      [3, 'market', 3, 1, true],
      [4, 'station', 4, 0, false],
      [5, 'market', 1, 1, true],
    ]);
    // The market of a station that has two kinds of changes is read once; what is no station any more tells nothing.
    expect(asked).toEqual([[2, 1, 8]]);
  });

  test('is looked at up to where it is wanted', async () => {
    const { tail } = tailOf([change(1, 'market', 1), change(2, 'market', 2)]);
    const page = await tail.read(start, 1, null);
    expect(page?.position.seq).toBe(1);
    expect(page?.updates).toHaveLength(1);
    expect(await tail.read(start, 0, null)).toMatchObject({ position: start, updates: [] });
  });

  test('tells what of a market is another than it was, as far as anybody remembers, who then knows it', async () => {
    const recent = new RecentMarkets();
    recent.set(1, [row(1, 5)]);
    const { tail } = tailOf([change(1, 'market', 1)]);
    const page = await tail.read(start, Infinity, recent);
    expect(page?.updates[0]).toMatchObject({
      isWhole: false,
      rows: [{ itemId: 1, before: { supplyPrice: 5 }, now: { supplyPrice: 1 } }],
    });
    expect(recent.get(1)).toEqual([row(1)]);
  });

  test('is read in pages, and fifty markets at a time', async () => {
    const ids = Array.from({ length: 101 }, (_, i) => i + 1);
    const { asked, limits, tail } = tailOf(
      ids.map((id) => change(id, 'market', id)),
      ids,
    );
    expect((await tail.read(start, Infinity, null))?.updates).toHaveLength(101);
    expect(asked.map(({ length }) => length)).toEqual([50, 50, 1]);
    expect(limits).toEqual([500]);
  });

  test('is not known where it is kept no longer, or is that of another log', async () => {
    expect(await tailOf(null).tail.read(start, Infinity, null)).toBe(null);
    expect(await tailOf([], [], 'other').tail.read(start, Infinity, null)).toBe(null);
    expect(await tailOf([]).tail.newest()).toEqual({ logId: 'log', seq: 90 });
    const none = new LogTail({ changesSince: () => Promise.resolve(null) } as unknown as Queries);
    expect(await none.newest()).toBe(null);
    expect(await none.read(start, Infinity, null)).toBe(null);
  });
});

describe('what is remembered of markets', () => {
  test('is bounded in rows: those that were used least lately are forgotten first', () => {
    const recent = new RecentMarkets();
    const rows = Array.from({ length: 100_000 }, () => row(1));
    recent.set(1, rows);
    recent.set(2, rows);
    recent.set(1, rows);
    expect([recent.get(1), recent.get(2)].map((held) => held?.length)).toEqual([100_000, 100_000]);
    recent.set(3, [row(1)]);
    expect([1, 2, 3].map((id) => recent.get(id)?.length)).toEqual([100_000, undefined, 1]);
    recent.clear();
    expect(recent.get(1)).toBe(undefined);
    recent.set(1, rows);
    recent.set(2, rows);
    expect(recent.get(1)).toHaveLength(100_000);
  });
});

describe('a place that was told elsewhere', () => {
  const place = { logId: 'log', seq: 5 };

  function replica() {
    const time = new VirtualTime(0);
    const state = {
      logId: 'log' as string | null,
      seq: 0,
      lag: { lagS: 1 } as { lagS: number | null } | null,
      isClosed: false,
    };
    const queries = {
      replicaLag: () => Promise.resolve(state.lag),
      changesSince: () =>
        Promise.resolve(
          state.logId === null ? null : { logId: state.logId, lastSeq: state.seq, changes: [] },
        ),
    };
    const reached = () => reach(place, { queries: queries, time }, () => state.isClosed);
    return { reached, state, time };
  }

  test.each([
    ['it can be read already', { seq: 5 }, true],
    ['another log', { seq: 9, logId: 'other' }, false],
    ['no log', { logId: null }, false],
    ['no replica, which has all there is', { seq: 4, lag: null }, false],
  ])('needs no wait: %s', async (_, changed, expected) => {
    const { reached, state } = replica();
    Object.assign(state, changed);
    expect(await reached()).toBe(expected);
  });

  test('is waited for at a replica that lags, as long as it may have it still', async () => {
    const { reached, state, time } = replica();
    let answer: boolean | undefined;
    void reached().then((is) => (answer = is));
    await settled();
    await time.advance(500);
    expect(answer).toBe(undefined);
    state.seq = 5;
    await time.advance(100);
    expect(answer).toBe(true);
  });

  test('is none of a replica that has come beyond the question without it', async () => {
    const { reached, time } = replica();
    let answer: boolean | undefined;
    void reached().then((is) => (answer = is));
    await settled();
    // A second behind: now it is where it was asked.
    await time.advance(900);
    expect(answer).toBe(undefined);
    await time.advance(100);
    expect(answer).toBe(false);
  });

  test.each([
    ['does not follow', 15_100, { lag: { lagS: null } }],
    ['is closed', 100, { isClosed: true }],
  ])('cannot be said of a replica that %s', async (_, afterMs, changed) => {
    const { reached, state, time } = replica();
    Object.assign(state, changed);
    const answer = reached();
    answer.catch(() => undefined);
    await settled();
    await time.advance(afterMs);
    await expect(answer).rejects.toMatchObject({
      code: 'unavailable',
      message: 'the replica does not follow',
    });
  });

  test('is looked for while it lies ahead in this log, and not for ever', () => {
    const awaited = { ...place, untilMs: 100 };
    expect(isAwaited(awaited, { logId: 'log', seq: 4 }, 99)).toBe(true);
    expect(isAwaited(awaited, { logId: 'log', seq: 4 }, 100)).toBe(false);
    expect(isAwaited(awaited, { logId: 'log', seq: 5 }, 0)).toBe(false);
    expect(isAwaited(awaited, { logId: 'other', seq: 4 }, 0)).toBe(false);
    expect(isAwaited(awaited, null, 0)).toBe(false);
    expect(isAwaited(null, { logId: 'log', seq: 4 }, 0)).toBe(false);
  });
});

describe('what there is when somebody begins to listen', () => {
  const station = (id: number, marketAtS: number | null = 1) => ({
    ...{ id, marketAtS, system: { id: BigInt(id), x: id, y: 0, z: 0 } },
  });

  function galaxyOf(
    pages: Readonly<Record<string, readonly ReturnType<typeof station>[]>>,
    next: unknown = null,
  ) {
    const filters: unknown[] = [];
    const asked: (readonly number[])[] = [];
    const queries = {
      stations: (filter: { systemId?: bigint }, page: unknown) => {
        filters.push([filter, page]);
        const entries = (pages[String(filter.systemId ?? 'all')] ?? []).map((each) => ({ station: each }));
        return Promise.resolve({ entries, next });
      },
      markets: (ids: readonly number[]) => {
        asked.push(ids);
        return Promise.resolve(ids.map((id) => ({ station: station(id), rows: [] })));
      },
    } as unknown as Queries;
    return { queries, filters, asked };
  }
  const page = { limit: 200, after: null };

  test('are the markets that are named, two hundred of them', async () => {
    const { asked, filters, queries } = galaxyOf({});
    const few = await snapshotOf(queries, { marketIds: new Set([1, 2]) });
    expect(few.isComplete).toBe(true);
    expect(asked).toEqual([[1, 2]]);
    const many = await snapshotOf(queries, { marketIds: new Set(Array.from({ length: 201 }, (_, i) => i)) });
    expect([many.isComplete, many.markets.length]).toEqual([false, 200]);
    expect(filters).toEqual([]);
  });

  test('are those of the systems, that have a market', async () => {
    const { asked, filters, queries } = galaxyOf({ 1: [station(1), station(5, null)], 2: [station(2)] });
    const { isComplete, markets } = await snapshotOf(queries, { systemIds: new Set([1n, 2n]) });
    expect(filters).toEqual([
      [{ systemId: 1n }, page],
      [{ systemId: 2n }, page],
    ]);
    expect(asked).toEqual([[1, 2]]);
    expect([isComplete, markets.length]).toEqual([true, 2]);
  });

  test('are the nearest ones, without what proves too far', async () => {
    const near = { x: 0, y: 0, z: 0, withinLy: 2 };
    const { filters, queries } = galaxyOf({ all: [station(1), station(3)] }, 'more');
    const { isComplete, markets } = await snapshotOf(queries, { near });
    expect(filters).toEqual([[{ near }, page]]);
    expect([isComplete, markets.map(({ station: { id } }) => id)]).toEqual([false, [1]]);
  });

  test('are none where no place is named, which is not all', async () => {
    const { asked, filters, queries } = galaxyOf({});
    expect(await snapshotOf(queries, {})).toEqual({ markets: [], isComplete: false });
    expect([asked, filters]).toEqual([[], []]);
  });
});
