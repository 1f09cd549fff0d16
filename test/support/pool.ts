import { Ledger } from '../../src/actors/station-coalescer/ledger.ts';
import { SpoolKeeper } from '../../src/actors/station-coalescer/spool-keeper.ts';
import { StationPool } from '../../src/actors/station-coalescer/pool.ts';
import type { StationPoolOptions } from '../../src/actors/station-coalescer/pool-options.ts';
import type { Time } from '../../src/domain/ports/time.ts';
import { createMemorySpool, emptyDisk } from './memory-spool.ts';

/** A station pool whose database never takes anything, and what it has told. */
export async function createPool(time: Time, disk = emptyDisk(), options: Partial<StationPoolOptions> = {}) {
  const ledger = new Ledger();
  const keeper = new SpoolKeeper(createMemorySpool(disk, 100, (work) => Promise.resolve(work())));
  await keeper.open(0);
  const told: string[] = [];
  const tell = (what: string) => () => void told.push(what);
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
      ...options,
    },
    {
      workAvailable: tell('work'),
      batchFull: tell('full'),
      pauseFeed: tell('pause'),
      resumeFeed: tell('resume'),
      written: tell('written'),
      emptied: tell('emptied'),
    },
  );
  return { pool, ledger, keeper, disk, told };
}
