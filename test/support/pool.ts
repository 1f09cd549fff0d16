import { Ledger } from '../../src/actors/station-coalescer/ledger.ts';
import { SpoolKeeper } from '../../src/actors/station-coalescer/spool-keeper.ts';
import { StationPool } from '../../src/actors/station-coalescer/pool.ts';
import type { Time } from '../../src/domain/ports/time.ts';
import { createMemorySpool, emptyDisk } from './memory-spool.ts';

/** A station pool that nobody listens to: its database never takes anything. */
export async function createPool(time: Time, disk = emptyDisk()) {
  const ledger = new Ledger();
  const keeper = new SpoolKeeper(createMemorySpool(disk, 100, (work) => Promise.resolve(work())));
  await keeper.open(0);
  const nothing = () => undefined;
  const pool = new StationPool(
    {
      ledger,
      keeper,
      time,
      random: () => 0.5,
      backoff: { minMs: 250, capMs: 30_000 },
      maxFailures: 10,
      maxLive: 10,
      feedWaits: false,
      batch: { rows: 100, markets: 10 },
      gathering: null,
      recordsHeld: () => 0,
    },
    {
      workAvailable: nothing,
      batchFull: nothing,
      pauseFeed: nothing,
      resumeFeed: nothing,
      written: nothing,
      emptied: nothing,
    },
  );
  return { pool, ledger, disk };
}
