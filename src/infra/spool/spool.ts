import { AppError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import { isUnresolved, type Spool, type SpoolEntry } from '../../domain/ports/market/spool.ts';
import { openThread } from '../threads/rpc.ts';
import type { MadeAnew, MovedAside, SpoolMethods, SpoolWorkerData } from './spool.worker.ts';
import { moduleBeside } from '../threads/module-beside.ts';

const WORKER = moduleBeside(import.meta.url, './spool.worker');

/** Some 50,000 markets of 300 rows. */
const PARKED_MAX_BYTES = 512 * 1024 * 1024;

export interface SpoolOptions extends Omit<SpoolWorkerData, 'parkedMaxBytes'> {
  /** Replaced by tests. */
  readonly parkedMaxBytes?: number;
  readonly log?: Pick<Log, 'warn'>;
}

/**
 * The spool as a small SQLite file in a thread of its own; each call is one transaction, on disk when it resolves.
 * A file that is damaged or is no spool is moved to `*.broken.<time>` and a fresh one made.
 *
 * Every method rejects with an AppError when the disk is full, not writable or the file held by another program;
 * the next call tries anew.
 */
export function createSpool({
  file,
  parkedMax,
  parkedMaxBytes = PARKED_MAX_BYTES,
  log,
}: SpoolOptions): Spool {
  const thread = openThread<SpoolMethods>(WORKER, {
    workerData: { file, parkedMax, parkedMaxBytes } satisfies SpoolWorkerData,
    crashError: (cause) =>
      new AppError('spoolFailed', `the thread of the spool ${file} ended unexpectedly`, { cause }),
  });
  const call: typeof thread.call = (method, input) =>
    thread.call(method, input, {
      onEmit: (told: MovedAside | MadeAnew) => {
        if ('movedTo' in told) {
          log?.warn(
            { file, ...told },
            'The spool was unusable: what waited in it is not written. Moved aside; a fresh one is in use.',
          );
        } else {
          const kept =
            told.entries === null ? 'with what could be read of it' : `with its ${told.entries} snapshots`;
          log?.warn(
            { file, ...told },
            `The spool had vanished (deleted, its directory renamed?): made anew, ${kept}.`,
          );
        }
      },
    });

  return {
    open: () => call('open', undefined),
    put: (state, entries) => call('put', { state, entries: entries.map(compact) }),
    remove: (settled) => call('remove', settled),
    keys: () => call('keys', undefined),
    take: (marketIds) => call('take', marketIds),
    parkedSystems: () => call('parkedSystems', undefined),
    parkedIn: (systemNames) => call('parkedIn', systemNames),
    parkedUnresolved: () => call('parkedUnresolved', undefined),
    noteClears: (clears) => call('noteClears', clears),
    dropClears: (marketIds) => call('dropClears', marketIds),
    clears: (sinceS) => call('clears', sinceS),
    close: () => thread.close(),
  };
}

/** Rows are often a view of a whole batch's buffer, and cloning a view clones the buffer. */
function compact(entry: SpoolEntry): SpoolEntry {
  return !isUnresolved(entry) && entry.rows.byteLength < entry.rows.buffer.byteLength
    ? { ...entry, rows: entry.rows.slice() }
    : entry;
}
