import { describe, expect, test } from 'vitest';
import { ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
import type { StagedBatch } from '../../src/domain/ports/market/feed.ts';
import { emptyDisk } from '../support/memory-spool.ts';
import { createPool } from '../support/pool.ts';
import { ProcessTime, VirtualTime } from '../support/virtual-time.ts';

/** A pool whose database never takes anything, and the spool's content. */
async function start(errorMs = () => 0) {
  const clock = new VirtualTime();
  const time = new ProcessTime(clock, errorMs);
  const { pool, disk } = await createPool(time);
  const observe = (observedAtS: number) => {
    const rows = new Int32Array(ROW_WIDTH);
    const names = { systemName: 'Sol', stationName: 'Galileo' };
    pool.accept([{ marketId: 1, ...names, observedAtS, receivedAtMs: time.now(), rows }]);
  };
  const tick = async () => {
    await clock.advance(250);
    await pool.tick();
  };
  return { observe, tick, spooledAtS: () => disk.entries.get(1)?.entry.observedAtS };
}

test('a newer snapshot does not put off spooling', async () => {
  const { observe, tick, spooledAtS } = await start();
  for (let observedAtS = 1; observedAtS <= 4; observedAtS += 1) {
    observe(observedAtS);
    await tick();
  }
  expect(spooledAtS()).toBeGreaterThanOrEqual(2);
});

test('a clock that is set back does not put off spooling', async () => {
  let errorMs = 0;
  const { observe, tick, spooledAtS } = await start(() => errorMs);
  observe(1);
  errorMs = -3_600_000;
  await tick();
  await tick();
  await tick();
  expect(spooledAtS()).toBe(1);
});

describe('what the spool gives back', () => {
  const snapshotOf = (observedAtS: number, rows = new Int32Array(ROW_WIDTH)) => ({
    ...{ marketId: 1, systemName: 'Sol', stationName: 'Galileo', observedAtS },
    ...{ receivedAtMs: 0, rows },
  });
  const written = [{ status: 'written', rows: 0, station: 'known' }] as const;

  const startedPool = (disk = emptyDisk()) => createPool(new ProcessTime(new VirtualTime(), () => 0), disk);

  test('is not written when the market was cleared by a newer observation, and is forgotten', async () => {
    const disk = emptyDisk();
    // Parked by a process that has not heard of the clear.
    disk.entries.set(1, { state: 'parked', entry: snapshotOf(1) });
    disk.clears.set(1, 2);
    const { pool, ledger } = await startedPool(disk);
    expect(await pool.release([1])).toEqual([]);
    expect(pool.liveCount).toBe(0);
    expect(ledger.totals).toMatchObject({ restored: 1, stale: 1 });
    await pool.sync();
    expect(disk.entries.size).toBe(0);
  });

  test('is written when the market was cleared before it', async () => {
    const disk = emptyDisk();
    disk.entries.set(1, { state: 'parked', entry: snapshotOf(3) });
    disk.clears.set(1, 2);
    const { pool } = await startedPool(disk);
    await pool.release([1]);
    const batch = pool.takeBatch();
    expect(batch.map(({ observedAtS }) => observedAtS)).toEqual([3]);
    pool.answer(batch, written);
    await pool.sync();
    expect(disk.entries.size).toBe(0);
  });

  test('and proves of no use when it is staged again, is counted and forgotten', async () => {
    const disk = emptyDisk();
    const { pool, ledger } = await startedPool(disk);
    const about = { systemName: 'Sol', stationName: 'Galileo', observedAtS: 1, receivedAtMs: 0 };
    const unresolved = [1, 2].map((marketId) => ({ ...about, marketId, message: '{}' }));
    pool.parkUnresolved(unresolved);
    await pool.sync();
    expect([...disk.entries.keys()]).toEqual([1, 2]);
    const staged: Pick<StagedBatch, 'snapshots' | 'rejected'> = {
      snapshots: [{ ...snapshotOf(1), marketId: 2 }],
      rejected: { nonsense: 1 },
    };
    pool.restage(await pool.release([1, 2]), staged as StagedBatch);
    await pool.sync();
    expect([...disk.entries.keys()], 'the other one is not written yet').toEqual([2]);
    expect(ledger.totals).toMatchObject({ restored: 2, rejected: { nonsense: 1 } });
    expect(pool.liveCount).toBe(1);
  });
});
