import type { WriteOutcome } from '../../../../domain/market/outcome.ts';
import type { Log } from '../../../../domain/ports/log.ts';
import { rowCount, type Snapshot } from '../../../../domain/market/snapshot.ts';
import { BulkWriter, type Loading } from '../bulk.ts';
import type { Link } from '../connection.ts';
import { rowOutcome } from '../errors.ts';
import { readItems, writeMeans, type Items } from './items.ts';
import { backOff, underLocks, type LockTuning, type StationWork } from './locks.ts';
import { writeTransaction, type WriteContext } from './transaction.ts';
import { writeApart, type ApartOptions } from '../write-apart.ts';

/** Busy stations must not hold the others up for longer, whatever the tuning says: they come back later. */
const LOCK_PATIENCE_MS = 1000;

const HELD: WriteOutcome = { status: 'contended', reason: 'another writer holds the station' };

export interface WriteSetup extends Omit<WriteContext, 'items'> {
  readonly loading: Loading;
  readonly lock: LockTuning;
  readonly log: Log | undefined;
}

/** Side by side: while one waits for us or for its COMMIT, the server works on the other. More of them gained nothing. */
const MAX_LINKS = 2;
/** Fewer are not worth a transaction of their own. */
const MARKETS_PER_LINK = 20;

/**
 * Writes a batch, in equal parts side by side. An error of one is thrown when the others have ended.
 *
 * @param linkAt the connections kept for it, made where they are not there (again)
 */
export async function writeMarkets(
  linkAt: (index: number) => Promise<Link>,
  batch: readonly Snapshot[],
  setup: WriteSetup,
): Promise<WriteOutcome[]> {
  const first = await linkAt(0);
  const items = await readItems(first);
  if (setup.hasOwnTables) await setup.prices.prepare(first, setup.generation);
  const links = [first, ...(await furtherLinks(linkAt, batch))];
  const ascending = batch.toSorted((a, b) => a.marketId - b.marketId);
  const size = Math.ceil(batch.length / links.length);
  const outcomes = new Map<Snapshot, WriteOutcome>();
  const parts = links.map((link, i) =>
    writePart(link, ascending.slice(i * size, (i + 1) * size), { ...setup, items }, outcomes),
  );
  for (const part of await Promise.allSettled(parts)) if (part.status === 'rejected') throw part.reason;
  const written = batch.filter((snapshot) => outcomes.get(snapshot)?.status === 'written');
  await followMeans(first, written, items, setup.log);
  return batch.map((snapshot) => outcomes.get(snapshot) ?? HELD);
}

/** As many as the batch is worth; none where the server lets us have no more. */
async function furtherLinks(
  linkAt: (index: number) => Promise<Link>,
  batch: readonly Snapshot[],
): Promise<Link[]> {
  const links: Link[] = [];
  const worth = Math.min(MAX_LINKS, Math.floor(batch.length / MARKETS_PER_LINK));
  for (let i = 1; i < worth; i++) {
    try {
      links.push(await linkAt(i));
    } catch {
      break;
    }
  }
  return links;
}

/**
 * Writes in few transactions: all locks of a group in one statement, reads, writes, COMMIT, then the locks are released.
 * Stations whose lock another writer holds do not wait with the rest: when all others are written, they are tried
 * again as the tuning says.
 *
 * @param snapshots ascending market id
 */
async function writePart(
  link: Link,
  snapshots: readonly Snapshot[],
  { loading, lock, log, ...context }: WriteSetup & WriteContext,
  outcomes: Map<Snapshot, WriteOutcome>,
): Promise<void> {
  const bulk = new BulkWriter(link, context.maxStatementBytes, loading);
  const options: ApartOptions<Snapshot> = {
    link,
    lock,
    log,
    async write(some) {
      const written = await bulk.run((rows) => writeTransaction(link, context, rows, some));
      for (const [snapshot, outcome] of written) outcomes.set(snapshot, outcome);
    },
    giveUp: (snapshot, fault, error) => outcomes.set(snapshot, rowOutcome(fault, error)),
  };
  const work: StationWork<Snapshot> = {
    link,
    idOf: ({ marketId }) => marketId,
    rowsOf: rowCount,
    async run(held) {
      await writeApart(options, held);
      return [];
    },
  };
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
  let waiting = snapshots;
  for (let attempt = 1; waiting.length > 0; attempt++) {
    const patience = giveUpAt - performance.now();
    if (attempt > lock.maxRetries || patience <= 0) break;
    waiting = await underLocks(work, waiting, attempt === 1 ? 0 : Math.min(lock.timeoutMs, patience));
    if (waiting.length > 0 && attempt < lock.maxRetries) await backOff(lock, attempt);
  }
}

/** The markets are written: what goes wrong here is told by the next of them. */
async function followMeans(
  link: Link,
  written: readonly Snapshot[],
  items: Items,
  log: Log | undefined,
): Promise<void> {
  try {
    await writeMeans(link, written, items);
  } catch (error) {
    log?.debug({ error }, 'mean prices were not written');
  }
}
