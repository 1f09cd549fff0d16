import type { WriteOutcome } from '../../../domain/outcome.ts';
import type { Log } from '../../../domain/ports/log.ts';
import { rowCount, type Snapshot } from '../../../domain/snapshot.ts';
import { ROW_LOCK_WAIT_S, type Link } from './connection.ts';
import { rowFault, rowOutcome } from './errors.ts';
import { writeMeans } from './items.ts';
import { backOff, releaseLocks, takeLocks, type LockTuning } from './locks.ts';
import { writeTransaction, type WriteContext } from './market-transaction.ts';

/** A transaction holds at most so many stations (and locks) and some so many rows: a few tenths of a second. */
const STATIONS_PER_TRANSACTION = 100;
const ROWS_PER_TRANSACTION = 10_000;

/** Busy stations must not hold the others up for longer, whatever the tuning says: they come back later. */
const LOCK_PATIENCE_MS = 1000;

const HELD: WriteOutcome = { status: 'locked', reason: 'another writer holds the station' };

interface Job {
  readonly link: Link;
  readonly context: WriteContext;
  readonly lock: LockTuning;
  readonly log: Log | undefined;
  readonly outcomes: Map<Snapshot, WriteOutcome>;
  /** Rows another writer holds are not waited for any more. */
  hurried: boolean;
}

/**
 * Writes a batch in few transactions: all locks of a group in one statement, reads, writes, COMMIT, then the locks
 * are released. Stations whose lock another writer holds do not wait with the rest: when all others are written,
 * they are tried again as the tuning says.
 */
export async function writeMarkets(
  link: Link,
  batch: readonly Snapshot[],
  context: WriteContext,
  lock: LockTuning,
  log: Log | undefined,
): Promise<WriteOutcome[]> {
  const job: Job = { link, context, lock, log, outcomes: new Map(), hurried: false };
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
  // Everybody who takes several locks in this order waits for nobody who waits for him.
  let waiting: readonly Snapshot[] = batch.toSorted((a, b) => a.marketId - b.marketId);
  for (let attempt = 1; waiting.length > 0; attempt++) {
    const patience = giveUpAt - performance.now();
    if (attempt > lock.maxRetries || patience <= 0) break;
    waiting = await writeFree(job, waiting, attempt === 1 ? 0 : Math.min(lock.timeoutMs, patience));
    if (waiting.length > 0 && attempt < lock.maxRetries) await backOff(lock, attempt);
  }
  await followMeans(job, batch);
  return batch.map((snapshot) => job.outcomes.get(snapshot) ?? HELD);
}

/** Writes the stations whose locks are free. @returns the others */
async function writeFree(job: Job, snapshots: readonly Snapshot[], waitMs: number): Promise<Snapshot[]> {
  const busy: Snapshot[] = [];
  for (const group of groups(snapshots)) {
    const held = await takeLocks(
      job.link,
      group.map(({ marketId }) => marketId),
      waitMs,
    );
    busy.push(...group.filter((_, i) => held[i] !== true));
    try {
      await settle(
        job,
        group.filter((_, i) => held[i] === true),
      );
    } finally {
      // Locks and settings of a lost connection are gone with it.
      if (!job.link.lost) {
        await hurry(job, false);
        await releaseLocks(job.link);
      }
    }
  }
  return busy;
}

/** Writes together what can be; where a row stands in the way, halves until it stands alone. */
async function settle(job: Job, snapshots: readonly Snapshot[], attempt = 1): Promise<void> {
  const { link, context, lock, log, outcomes } = job;
  if (snapshots.length === 0) return;
  try {
    const written = await writeTransaction(link, context, snapshots);
    for (const [snapshot, outcome] of written) outcomes.set(snapshot, outcome);
    return;
  } catch (error) {
    const fault = rowFault(error);
    if (fault === undefined) throw error;
    log?.debug({ stations: snapshots.length, attempt, fault, error }, 'a transaction was rolled back');
    if (fault === 'deadlock' && attempt < lock.maxRetries) {
      await backOff(lock, attempt);
      return settle(job, snapshots, attempt + 1);
    }
    const [only, ...others] = snapshots;
    if (only !== undefined && others.length === 0) {
      outcomes.set(only, rowOutcome(fault, error));
      return;
    }
    // They have waited together; looking for the one that is held up must not wait again and again.
    if (fault === 'lockWait') await hurry(job, true);
  }
  const half = Math.ceil(snapshots.length / 2);
  await settle(job, snapshots.slice(0, half));
  await settle(job, snapshots.slice(half));
}

async function hurry(job: Job, hurried: boolean): Promise<void> {
  if (job.hurried === hurried) return;
  job.hurried = hurried;
  await job.link.run(`SET SESSION innodb_lock_wait_timeout = ${hurried ? 0 : ROW_LOCK_WAIT_S}`);
}

/** The markets are written: what goes wrong here is told by the next of them. */
async function followMeans({ link, log, outcomes }: Job, batch: readonly Snapshot[]): Promise<void> {
  try {
    await writeMeans(
      link,
      batch.filter((snapshot) => outcomes.get(snapshot)?.status === 'written'),
    );
  } catch (error) {
    log?.debug({ error }, 'mean prices were not written');
  }
}

function* groups(snapshots: readonly Snapshot[]): Generator<Snapshot[]> {
  let group: Snapshot[] = [];
  let rows = 0;
  for (const snapshot of snapshots) {
    if (group.length === STATIONS_PER_TRANSACTION || rows > ROWS_PER_TRANSACTION) {
      yield group;
      group = [];
      rows = 0;
    }
    group.push(snapshot);
    rows += rowCount(snapshot);
  }
  if (group.length > 0) yield group;
}
