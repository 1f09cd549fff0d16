import { expect, test } from 'vitest';
import { ROW_WIDTH } from '../../src/domain/market/snapshot.ts';
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
