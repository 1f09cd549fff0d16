import type { WriteOutcome } from '../../../domain/outcome.ts';
import type { Log } from '../../../domain/ports/log.ts';
import { rowCount, type Snapshot } from '../../../domain/snapshot.ts';
import { BulkWriter, type Loading } from './bulk.ts';
import type { Link } from './connection.ts';
import { rowOutcome } from './errors.ts';
import { writeMeans } from './items.ts';
import { backOff, underLocks, type LockTuning, type StationWork } from './locks.ts';
import { writeTransaction, type WriteContext } from './market-transaction.ts';
import { settle, type Settlement } from './settle.ts';

/** Busy stations must not hold the others up for longer, whatever the tuning says: they come back later. */
const LOCK_PATIENCE_MS = 1000;

const HELD: WriteOutcome = { status: 'locked', reason: 'another writer holds the station' };

/**
 * Writes a batch in few transactions: all locks of a group in one statement, reads, writes, COMMIT, then the locks
 * are released. Stations whose lock another writer holds do not wait with the rest: when all others are written,
 * they are tried again as the tuning says.
 */
export async function writeMarkets(
  link: Link,
  batch: readonly Snapshot[],
  context: WriteContext,
  loading: Loading,
  lock: LockTuning,
  log: Log | undefined,
): Promise<WriteOutcome[]> {
  const bulk = new BulkWriter(link, context.maxStatementBytes, loading);
  const outcomes = new Map<Snapshot, WriteOutcome>();
  const settlement: Settlement<Snapshot> = {
    link,
    lock,
    log,
    async write(snapshots) {
      const written = await bulk.run((rows) => writeTransaction(link, context, rows, snapshots));
      for (const [snapshot, outcome] of written) outcomes.set(snapshot, outcome);
    },
    giveUp: (snapshot, fault, error) => outcomes.set(snapshot, rowOutcome(fault, error)),
  };
  const work: StationWork<Snapshot> = {
    link,
    idOf: ({ marketId }) => marketId,
    rowsOf: rowCount,
    async run(held) {
      await settle(settlement, held);
      return [];
    },
  };
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
  let waiting: readonly Snapshot[] = batch.toSorted((a, b) => a.marketId - b.marketId);
  for (let attempt = 1; waiting.length > 0; attempt++) {
    const patience = giveUpAt - performance.now();
    if (attempt > lock.maxRetries || patience <= 0) break;
    waiting = await underLocks(work, waiting, attempt === 1 ? 0 : Math.min(lock.timeoutMs, patience));
    if (waiting.length > 0 && attempt < lock.maxRetries) await backOff(lock, attempt);
  }
  await followMeans(
    link,
    batch.filter((snapshot) => outcomes.get(snapshot)?.status === 'written'),
    log,
  );
  return batch.map((snapshot) => outcomes.get(snapshot) ?? HELD);
}

/** The markets are written: what goes wrong here is told by the next of them. */
async function followMeans(link: Link, written: readonly Snapshot[], log: Log | undefined): Promise<void> {
  try {
    await writeMeans(link, written);
  } catch (error) {
    log?.debug({ error }, 'mean prices were not written');
  }
}
