import { describe, expect, test } from 'vitest';
import { Gathering } from '../../src/actors/station-coalescer/gathering.ts';
import type { StationPoolOptions } from '../../src/actors/station-coalescer/pool-options.ts';
import type { WriteOutcome } from '../../src/domain/market/outcome.ts';
import { ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { createPool } from '../support/pool.ts';
import { emptyDisk } from '../support/memory-spool.ts';
import { VirtualTime } from '../support/virtual-time.ts';

const WRITTEN: WriteOutcome = { status: 'written', rows: 1, station: 'known' };
const HELD: WriteOutcome = { status: 'contended', reason: 'held' };

function snapshot(marketId: number, observedAtS = 1, rows = 1): Snapshot {
  const names = { systemName: 'Sol', stationName: 'Galileo' };
  return { marketId, ...names, observedAtS, receivedAtMs: 0, rows: new Int32Array(rows * ROW_WIDTH) };
}

async function poolOf(options: Partial<StationPoolOptions> = {}, disk = emptyDisk()) {
  const time = new VirtualTime(0);
  const world = await createPool(time, disk, options);
  const take = () => world.pool.takeBatch().map(({ marketId, observedAtS }) => [marketId, observedAtS]);
  return { ...world, time, take };
}

describe('the queue of the writer', () => {
  test('is told of when it was empty, and when a batch is full', async () => {
    const { pool, take, told } = await poolOf({ batch: { rows: 100, markets: 2 } });
    expect(pool.left).toBe('none');
    pool.accept([snapshot(1)]);
    expect([pool.left, told]).toEqual(['some', ['work']]);
    pool.accept([snapshot(2), snapshot(3)]);
    expect([pool.left, told]).toEqual(['fullBatch', ['work', 'full']]);
    expect(take()).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect([pool.left, pool.queuedCount]).toEqual(['some', 1]);
    expect(take()).toEqual([[3, 1]]);
    expect(pool.left).toBe('none');
    pool.accept([snapshot(4)]);
    expect(told).toEqual(['work', 'full', 'work']);
  });

  test('gives as many rows at a time as a batch may have, and one market however large it is', async () => {
    const { pool, take, told } = await poolOf({ batch: { rows: 10, markets: 9 } });
    pool.accept([snapshot(1, 1, 4), snapshot(2, 1, 5)]);
    expect([pool.left, told]).toEqual(['some', ['work']]);
    pool.accept([snapshot(3, 1, 1)]);
    expect([pool.left, told]).toEqual(['fullBatch', ['work', 'full']]);
    // What it has now, not what it had when it asked.
    pool.accept([snapshot(3, 2, 2), snapshot(4, 1, 11)]);
    expect(take().map(([id]) => id)).toEqual([1, 2]);
    expect(pool.left).toBe('fullBatch');
    expect(take()).toEqual([[3, 2]]);
    expect(take()).toEqual([[4, 1]]);
    expect(pool.left).toBe('none');
    pool.accept([snapshot(5, 1, 9)]);
    expect(pool.left).toBe('some');
  });
});

describe('what became of a write', () => {
  test('is told where something was written, and when nothing is in flight any more', async () => {
    const { pool, told } = await poolOf();
    pool.accept([snapshot(1), snapshot(2)]);
    told.length = 0;
    const batch = pool.takeBatch();
    pool.answer(batch.slice(0, 1), [WRITTEN]);
    expect(told).toEqual(['written']);
    pool.answer(batch.slice(1), [{ status: 'stale', storedAtS: 9 }]);
    expect(told).toEqual(['written', 'emptied']);
    expect(pool.liveCount).toBe(0);
  });

  test('that is not said is a failure, and whoever is not there any more hears nothing', async () => {
    const { pool, ledger } = await poolOf();
    pool.accept([snapshot(1)]);
    const batch = pool.takeBatch();
    pool.answer([...batch, snapshot(7)], []);
    expect([pool.deferredCount, ledger.totals.deferrals]).toEqual([1, 1]);
    expect(pool.states).toEqual({ deferred: 1 });
  });

  test('is that all of it asks again where the database was gone', async () => {
    const { pool, take, told } = await poolOf();
    pool.accept([snapshot(1), snapshot(2)]);
    const batch = pool.takeBatch();
    told.length = 0;
    pool.returnBatch(batch);
    expect(told).toEqual(['work']);
    expect(take().map(([id]) => id)).toEqual([1, 2]);
  });

  test('is counted: rows, what is stale, what is refused and why, what is parked', async () => {
    const { pool, ledger, keeper } = await poolOf();
    pool.accept([snapshot(1, 1, 3), snapshot(2, 1, 4), snapshot(3), snapshot(4), snapshot(5, 1, 0)]);
    pool.answer(pool.takeBatch(), [
      WRITTEN,
      { status: 'stale', storedAtS: 9 },
      { status: 'invalid', reason: 'no name' },
      { status: 'unknownSystem' },
      { status: 'written', rows: 0, station: 'unknown' },
    ]);
    expect(ledger.totals).toMatchObject({
      ...{ written: 2, writtenRows: 3, stale: 1, rejected: { 'no name': 1 }, everParked: 1 },
    });
    expect(keeper.parkedCount).toBe(1);
    // What clears a market that is not known is remembered elsewhere.
    expect(keeper.clearedAtS(5)).toBe(-1);
  });

  test('that cleared a market makes older observations of it stale, also of one that is in flight', async () => {
    const { pool, ledger, keeper } = await poolOf();
    pool.accept([snapshot(1, 5, 0)]);
    pool.answer(pool.takeBatch(), [WRITTEN]);
    expect(keeper.clearedAtS(1)).toBe(5);
    pool.accept([snapshot(1, 4)]);
    expect([pool.liveCount, ledger.totals.stale]).toEqual([0, 1]);
    pool.accept([snapshot(1, 5)]);
    expect(pool.liveCount).toBe(1);
  });
});

test('how much is held is two of a market of which a newer one waits behind the one that is written', async () => {
  const { pool } = await poolOf();
  pool.accept([snapshot(1), snapshot(2)]);
  pool.takeBatch();
  expect([pool.liveCount, pool.heldCount]).toEqual([2, 2]);
  pool.accept([snapshot(1, 2), snapshot(3)]);
  expect([pool.liveCount, pool.heldCount, pool.queuedCount]).toEqual([3, 4, 1]);
  expect(pool.states).toEqual({ writing: 2, pending: 1 });
});

test('what waits out a backoff asks at once when it is told to', async () => {
  const { pool, take, told } = await poolOf();
  pool.accept([snapshot(1)]);
  pool.answer(pool.takeBatch(), [HELD]);
  expect([pool.deferredCount, pool.left]).toEqual([1, 'none']);
  told.length = 0;
  pool.flush();
  expect([pool.deferredCount, told]).toEqual([0, ['work']]);
  expect(take()).toEqual([[1, 1]]);
});

describe('above what may be held', () => {
  test('what a relay brings goes to the spool, from where half of the room is filled again', async () => {
    const { pool, ledger, keeper, told } = await poolOf({ maxLive: 4 });
    pool.accept([1, 2, 3, 4, 5, 6].map((id) => snapshot(id)));
    expect([pool.liveCount, ledger.totals.spilled, keeper.pendingCount]).toEqual([4, 2, 2]);
    // What it holds already is taken in, and what the spool has newer is not.
    pool.accept([snapshot(1, 2), snapshot(5, 0)]);
    expect(ledger.totals).toMatchObject({ spilled: 2, superseded: 2 });
    await pool.tick();
    expect(pool.liveCount).toBe(4);
    pool.answer(pool.takeBatch(), [WRITTEN, WRITTEN, WRITTEN, WRITTEN]);
    expect(pool.liveCount).toBe(0);
    await pool.tick();
    expect([pool.liveCount, ledger.totals.restored]).toEqual([2, 2]);
    expect(told).not.toContain('pause');
  });

  test('a file waits until half of it is gone, and so it does for what was learned', async () => {
    let records = 0;
    const { pool, ledger, told } = await poolOf({ maxLive: 4, feedWaits: true, recordsHeld: () => records });
    pool.accept([1, 2, 3, 4, 5].map((id) => snapshot(id)));
    expect([pool.liveCount, ledger.totals.spilled]).toEqual([5, 0]);
    expect(told).toEqual(['work', 'pause']);
    const batch = pool.takeBatch();
    pool.answer(batch.slice(0, 2), [WRITTEN, WRITTEN]);
    expect(told).not.toContain('resume');
    records = 1;
    await pool.tick();
    expect(told).not.toContain('resume');
    pool.answer(batch.slice(2, 3), [WRITTEN]);
    expect(told).not.toContain('resume');
    records = 0;
    await pool.tick();
    expect(told).toContain('resume');
  });

  test('a relay waits for a disk that does not keep up', async () => {
    const { pool, told } = await poolOf({ maxLive: 2 });
    pool.accept([1, 2, 3].map((id) => snapshot(id)));
    expect(told).not.toContain('pause');
    pool.accept([snapshot(4)]);
    expect(told).toContain('pause');
    await pool.tick();
    expect(told.at(-1)).toBe('resume');
  });
});

describe('a file that is gathered', () => {
  const gathered = (rows = 3, more: Partial<StationPoolOptions> = {}) =>
    poolOf({ feedWaits: true, gathering: new Gathering({ rows, records: 0 }), ...more });

  test('is held until there is too much of it, then written in batches', async () => {
    const { pool, ledger, take, told } = await gathered(3, { batch: { rows: 100, markets: 2 } });
    pool.receive([1, 2, 3].map((id) => snapshot(id)));
    expect([pool.liveCount, pool.heldCount, pool.left, told]).toEqual([3, 3, 'none', []]);
    pool.receive([snapshot(1, 2), snapshot(2, 0)]);
    expect([pool.liveCount, ledger.totals.superseded]).toEqual([3, 2]);
    expect(take()).toEqual([]);
    pool.receive([snapshot(4)]);
    expect([pool.left, told]).toEqual(['fullBatch', ['full']]);
    expect(take()).toEqual([
      [2, 1],
      [3, 1],
    ]);
    expect(pool.liveCount).toBe(4);
    expect(pool.left).toBe('none');
  });

  test('is written when it has ended, and held again when more comes', async () => {
    const { pool, take, told } = await gathered();
    pool.receive([snapshot(1)]);
    pool.endGathering();
    expect([pool.left, told]).toEqual(['fullBatch', ['full']]);
    expect(take()).toEqual([[1, 1]]);
    pool.receive([snapshot(2)]);
    expect([pool.left, take()]).toEqual(['none', []]);
    pool.flush();
    expect(take()).toEqual([[2, 1]]);
  });

  test('waits for what was learned before it', async () => {
    let records = 1;
    const { pool, take } = await gathered(3, { recordsHeld: () => records });
    pool.receive([snapshot(1)]);
    pool.endGathering();
    expect(take()).toEqual([]);
    records = 0;
    expect(take()).toEqual([[1, 1]]);
  });

  test('goes to the spool at the end, as what comes after it', async () => {
    const { pool, ledger, disk } = await gathered();
    pool.receive([snapshot(1)]);
    expect(pool.closed).toBe(false);
    const ending = pool.spoolRest();
    pool.receive([snapshot(2)]);
    await ending;
    expect([...disk.entries.keys()]).toEqual([1, 2]);
    expect([pool.closed, pool.liveCount, pool.left, ledger.totals.spilled]).toEqual([true, 0, 'none', 2]);
  });
});

describe('at the end', () => {
  test('all goes to the spool, and nothing comes back from it', async () => {
    const { pool, disk, time } = await poolOf();
    pool.accept([snapshot(1), snapshot(2)]);
    pool.answer(pool.takeBatch().slice(0, 1), [HELD]);
    await pool.spoolRest();
    expect([...disk.entries.keys()]).toEqual([1, 2]);
    expect([pool.liveCount, pool.queuedCount, time.armed]).toEqual([0, 0, []]);
    await pool.release([1, 2]);
    await pool.tick();
    expect(pool.liveCount).toBe(0);
  });

  test('it is closed also where the spool cannot be written', async () => {
    const { pool, keeper } = await poolOf();
    pool.accept([snapshot(1)]);
    keeper.syncAll = () => Promise.reject(new Error('disk full'));
    await expect(pool.spoolRest()).rejects.toThrow('disk full');
    expect([pool.closed, pool.liveCount]).toEqual([true, 0]);
  });
});

describe('the spool', () => {
  test('gets what has waited half a second, once, and what is newer since then', async () => {
    const { pool, disk, time } = await poolOf();
    pool.accept([{ ...snapshot(1), receivedAtMs: 1 }]);
    await time.advance(500);
    await pool.tick();
    expect(disk.entries.size).toBe(0);
    await time.advance(1);
    await pool.tick();
    expect(disk.entries.size).toBe(1);
    disk.entries.clear();
    await time.advance(5_000);
    await pool.tick();
    expect(disk.entries.size).toBe(0);
    pool.accept([{ ...snapshot(1, 2), receivedAtMs: 5_501 }]);
    await pool.tick();
    expect(disk.entries.size).toBe(0);
    await time.advance(500);
    await pool.tick();
    expect(disk.entries.get(1)?.entry.observedAtS).toBe(2);
  });

  test('gives back what is not in memory already', async () => {
    const disk = emptyDisk();
    for (const id of [1, 2]) disk.entries.set(id, { state: 'parked', entry: snapshot(id) });
    const { pool, ledger } = await poolOf({}, disk);
    pool.accept([snapshot(1, 2)]);
    expect(await pool.release([1, 2])).toEqual([]);
    expect([pool.liveCount, ledger.totals.restored]).toEqual([2, 1]);
  });

  test('that had to drop what was parked for want of room has that counted', async () => {
    const { pool, ledger } = await poolOf();
    const about = { systemName: 'Sol', stationName: 'Galileo', observedAtS: 1, receivedAtMs: 0 };
    pool.parkUnresolved(
      Array.from({ length: 103 }, (_, marketId) => ({ ...about, marketId, message: '{}' })),
    );
    expect(ledger.totals).toMatchObject({ everParked: 103, parkedDropped: 0 });
    await pool.sync();
    expect(ledger.totals.parkedDropped).toBe(3);
  });
});

test('who follows a market hears of its station, present and later, and of no other', async () => {
  const { pool } = await poolOf();
  const heard: string[] = [];
  const announce = ({ id }: { readonly id: string }) => void heard.push(id);
  pool.accept([snapshot(1), snapshot(2)]);
  pool.follow({ marketId: 1, announce });
  expect(heard).toEqual(['station-1']);
  pool.answer(pool.takeBatch(), [WRITTEN, WRITTEN]);
  pool.accept([snapshot(1, 2), snapshot(2, 2)]);
  expect(heard).toEqual(['station-1', 'station-1']);
  pool.follow(null);
  pool.answer(pool.takeBatch(), [WRITTEN, WRITTEN]);
  pool.accept([snapshot(1, 3)]);
  pool.follow({ marketId: 9, announce });
  expect(heard).toHaveLength(2);
});
