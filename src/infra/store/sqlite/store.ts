import { resolve } from 'node:path';
import type { ContractChoice } from '../../../domain/contract.ts';
import { StoreError } from '../../../domain/errors.ts';
import type { Log } from '../../../domain/ports/log.ts';
import type { MarketStore } from '../../../domain/ports/market-store.ts';
import type { Snapshot } from '../../../domain/snapshot.ts';
import { openThread } from '../../thread-rpc.ts';
import type { ReaderMethods } from './reader-thread.ts';
import type { WriterData, WriterMethods } from './writer-thread.ts';

export interface SqliteStoreOptions {
  /** The database file; made when it does not exist, its directory is not. */
  readonly file: string;
  readonly contract: ContractChoice;
  readonly log?: Log;
}

/**
 * A Trade Dangerous database in one SQLite file. All writing runs in one worker thread; exports and statistics have
 * short-lived threads of their own and, in WAL mode, hold no writer up.
 */
export function createSqliteStore({ file: path, contract, log }: SqliteStoreOptions): MarketStore {
  const file = resolve(path);
  const crashError = (cause: unknown) => {
    const error = new StoreError('unavailable', `the thread that works on ${file} ended unexpectedly`, {
      cause,
    });
    log?.error({ err: cause }, error.message);
    return error;
  };
  // Read anew whenever the thread is started: a catalogue outlives it.
  const workerData: WriterData = { file, choice: contract, commodities: [] };
  const writer = openThread<WriterMethods>(threadFile('writer-thread'), { workerData, crashError });
  const running = new Set<{ readonly stop: AbortController; readonly done: Promise<unknown> }>();

  /** Runs something long until it is done, its caller's signal is aborted, or the store is closed. */
  function stoppable<T>(
    signal: AbortSignal | undefined,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const done = (async () => {
      try {
        either.throwIfAborted();
        return await run(either);
      } catch (error) {
        if (either.aborted)
          throw new StoreError('aborted', `the work on ${file} was stopped`, { cause: error });
        throw error;
      }
    })();
    const entry = { stop, done };
    running.add(entry);
    return done.finally(() => running.delete(entry));
  }

  async function read<T>(
    run: (reader: ReturnType<typeof openThread<ReaderMethods>>) => Promise<T>,
  ): Promise<T> {
    await writer.call('open', undefined);
    const reader = openThread<ReaderMethods>(threadFile('reader-thread'), {
      workerData: { file },
      crashError,
    });
    try {
      return await run(reader);
    } finally {
      await reader.close();
    }
  }

  return {
    open: () => writer.call('open', undefined),

    useCatalogue: (commodities) => {
      workerData.commodities = commodities;
      return writer.call('useCatalogue', commodities);
    },

    writeMarkets: (batch) => writer.call('writeMarkets', batch.map(compact)),

    knownSystems: (names) => writer.call('knownSystems', names),

    stats: () =>
      stoppable(undefined, (signal) => read((reader) => reader.call('stats', undefined, { signal }))),

    exportListings: (scope, sink, signal) =>
      stoppable(signal, (stop) =>
        read(async (reader) => {
          let sinkFailed: { readonly error: unknown } | undefined;
          const onEmit = (chunk: Uint8Array) =>
            sink(chunk).catch((error: unknown) => {
              sinkFailed = { error };
              throw error;
            });
          try {
            return await reader.call('exportListings', scope, { signal: stop, onEmit });
          } catch (error) {
            // As the sink threw it: only a copy of it comes back from the thread.
            throw sinkFailed === undefined ? error : sinkFailed.error;
          }
        }),
      ),

    purge: ({ olderThanS, dryRun = false, signal, onProgress }) =>
      stoppable(signal, async (stop) => {
        if (dryRun) return writer.call('countOlder', olderThanS);
        let deletedRows = 0;
        for (;;) {
          stop.throwIfAborted();
          const rows = await writer.call('purgeBatch', olderThanS);
          if (rows === 0) return deletedRows;
          deletedRows += rows;
          onProgress?.(deletedRows);
        }
      }),

    async close() {
      for (const { stop } of running) stop.abort();
      await Promise.allSettled([...running].map(({ done }) => done));
      await writer.close();
    },
  };
}

/** Rows that are a view of a larger buffer would carry all of it to the thread. */
function compact(snapshot: Snapshot): Snapshot {
  const { rows } = snapshot;
  return rows.byteLength === rows.buffer.byteLength ? snapshot : { ...snapshot, rows: rows.slice() };
}

function threadFile(name: string): URL {
  return new URL(import.meta.url.endsWith('.ts') ? `./${name}.ts` : `./${name}.js`, import.meta.url);
}
