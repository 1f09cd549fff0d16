import type { Time } from '../../domain/ports/time.ts';
import type { Backoff, Random } from '../../machines/backoff.ts';
import type { FlowEvents } from './feed-regulator.ts';
import type { Gathering } from './gathering.ts';
import type { Ledger } from './ledger.ts';
import type { BatchLimits, QueueEvents } from './queue.ts';
import type { SpoolKeeper } from './spool-keeper.ts';

export interface StationPoolOptions {
  readonly ledger: Ledger;
  readonly keeper: SpoolKeeper;
  readonly time: Time;
  readonly random: Random;
  readonly backoff: Backoff;
  /** Database errors in a row after which a snapshot is parked. */
  readonly maxFailures: number;
  /** Markets held in memory. Above it a relay's snapshots go straight to the spool, and a file has to wait. */
  readonly maxLive: number;
  /** The feed can wait without losing anything. */
  readonly feedWaits: boolean;
  /** What was learned and is not written yet. */
  readonly recordsHeld: () => number;
  /** A file is gathered before it is written; null: what comes is written. */
  readonly gathering: Gathering | null;
  readonly batch: BatchLimits;
}

/** What the pool tells others; filled in by the wiring. */
export interface StationPoolEvents extends QueueEvents, FlowEvents {
  /** Rows were committed. */
  written(): void;
  /** Nothing is in flight any more. */
  emptied(): void;
}
