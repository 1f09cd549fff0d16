import { expect, test } from 'vitest';
import { Ledger } from '../../src/actors/ledger.ts';
import { SpoolKeeper } from '../../src/actors/spool-keeper.ts';
import { StationPool } from '../../src/actors/station-pool.ts';
import { ROW_WIDTH } from '../../src/domain/snapshot.ts';
import { createMemorySpool, emptyDisk } from '../support/memory-spool.ts';
import { ProcessTime, VirtualTime } from '../support/virtual-time.ts';

/** A pool whose database never takes anything, and the spool's content. */
async function createPool(errorMs = () => 0) {
  const clock = new VirtualTime();
  const time = new ProcessTime(clock, errorMs);
  const disk = emptyDisk();
  const keeper = new SpoolKeeper(createMemorySpool(disk, 100, (work) => Promise.resolve(work())));
  await keeper.open(0);
  const nothing = () => undefined;
  const pool = new StationPool(
    {
      ledger: new Ledger(),
      keeper,
      time,
      random: () => 0.5,
      backoff: { minMs: 250, capMs: 30_000 },
      maxFailures: 10,
      maxLive: 10,
      feedWaits: false,
      batch: { rows: 100, markets: 10 },
    },
    {
      workAvailable: nothing,
      batchFull: nothing,
      pauseFeed: nothing,
      resumeFeed: nothing,
      written: nothing,
      settled: nothing,
    },
  );
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
  const { observe, tick, spooledAtS } = await createPool();
  for (let observedAtS = 1; observedAtS <= 4; observedAtS += 1) {
    observe(observedAtS);
    await tick();
  }
  expect(spooledAtS()).toBeGreaterThanOrEqual(2);
});

test('a clock that is set back does not put off spooling', async () => {
  let errorMs = 0;
  const { observe, tick, spooledAtS } = await createPool(() => errorMs);
  observe(1);
  errorMs = -3_600_000;
  await tick();
  await tick();
  await tick();
  expect(spooledAtS()).toBe(1);
});
