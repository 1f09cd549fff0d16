import { describeError } from '../../../../domain/errors.ts';
import type { Log } from '../../../../domain/ports/log.ts';
import type { ChunkSink } from '../../../../domain/ports/store/market-store.ts';
import type { PublishedFile } from '../../../../domain/ports/store/galaxy-store.ts';
import type { WholeStore } from '../../../../domain/ports/store/store.ts';
import { createPool, type MariadbConnection, type Pool } from '../connection.ts';
import { Replica } from '../queries/replica.ts';

/** How long a replica that lags is waited for. */
const PATIENCE_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** Where a store is written, and a replica of it. */
interface Places {
  readonly primary: MariadbConnection;
  readonly replica: MariadbConnection;
}

/** How far a replica has come. */
interface Followed {
  /** Whether it has what is written now. */
  hasAll(): Promise<boolean>;
  close(): Promise<void>;
}

/** Connects when it is first asked. */
export function followReplica(places: Places, patienceMs = PATIENCE_MS): Followed {
  let pools: readonly [primary: Pool, replica: Pool] | null = null;
  let following: Replica | null = null;

  return {
    hasAll() {
      pools ??= [
        createPool(places.primary, STATEMENT_TIMEOUT_MS),
        createPool(places.replica, STATEMENT_TIMEOUT_MS),
      ];
      const [primary, replica] = pools;
      following ??= new Replica({
        ...{ primary: asking(primary), replica: asking(replica) },
        deliver: () => undefined,
      });
      return following.catchUp(patienceMs);
    },
    async close() {
      following?.close();
      await Promise.all((pools ?? []).map((pool) => pool.close()));
      pools = following = null;
    },
  };
}

/**
 * A store whose exports are read from a replica, when that has what was written before they began. Where it lags for
 * longer, or does not answer, they are read where it is written: a file is never older than it says.
 * @param replicated the store at the replica
 */
export function exportingAtReplica(
  store: WholeStore,
  replicated: WholeStore,
  replica: Followed,
  log: Log | undefined,
): WholeStore {
  let told: string | null = null;

  function tell(why: string | null): void {
    if (why === told) return;
    told = why;
    if (why === null) log?.info({}, 'exports: read from the replica');
    else log?.warn({}, `exports: read from the server that is written to: ${why}`);
  }

  /** @param attempt what of it is told is told once: `begun` says whether that has begun */
  async function either<T>(
    attempt: (from: WholeStore, begun: () => void) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const isCurrent = await replica.hasAll();
    signal?.throwIfAborted();
    const reading = { hasBegun: false };
    const begun = () => void (reading.hasBegun = true);
    if (!isCurrent) tell('the replica lags, or does not answer');
    else {
      try {
        const exported = await attempt(replicated, begun);
        tell(null);
        return exported;
      } catch (error) {
        if (reading.hasBegun || signal?.aborted === true) throw error;
        tell(describeError(error));
      }
    }
    return attempt(store, begun);
  }

  const noting = (sink: ChunkSink, begun: () => void): ChunkSink => {
    return (chunk) => {
      begun();
      return sink(chunk);
    };
  };

  return {
    ...store,
    exportListings: (scope, sink, signal) =>
      either((from, begun) => from.exportListings(scope, noting(sink, begun), signal), signal),
    exportSet: (open, signal, parts) =>
      either((from, begun) => {
        const noted = (file: PublishedFile) => {
          begun();
          return open(file);
        };
        return from.exportSet(noted, signal, parts);
      }, signal),
    exportChanges: (since, sink, signal) =>
      either((from, begun) => from.exportChanges(since, noting(sink, begun), signal), signal),
    async close() {
      await Promise.all([store.close(), replicated.close(), replica.close()]);
    },
  };
}

function asking(pool: Pool) {
  return async (sql: string) => {
    const link = await pool.acquire();
    try {
      return await link.rows(sql);
    } finally {
      link.release();
    }
  };
}
