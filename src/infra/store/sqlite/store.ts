import { resolve } from 'node:path';
import type { GenerationChoice } from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';
import type { ChangeLimits } from '../../../domain/ports/store/changes.ts';
import type { Log } from '../../../domain/ports/log.ts';
import type { ChunkSink, StoreInfo } from '../../../domain/ports/store/market-store.ts';
import type { WholeStore } from '../../../domain/ports/store/store.ts';
import type { Snapshot } from '../../../domain/market/snapshot.ts';
import { Stoppable } from '../shared/stoppable.ts';
import { moduleBeside } from '../../threads/module-beside.ts';
import { openThread, type Thread } from '../../threads/rpc.ts';
import { SpareThreads } from '../../threads/spare-threads.ts';
import { warnOfNewCategories } from '../shared/reference-tables.ts';
import { RefusalLog } from '../shared/refusals.ts';
import { createLeftOutLog } from '../shared/seed-items.ts';
import { createGalaxyImport } from './galaxy/import.ts';
import { localNotAfterS } from '../../process/real-time.ts';
import type { ReaderMethods } from './reader-thread.ts';
import type { Emitted } from './export/text-sender.ts';
import type { WriterData, WriterMethods } from './writer-thread.ts';

/** Stations of a transaction of {@link WholeStore.demote}. */
const DEMOTED_AT_ONCE = 500;

export interface SqliteStoreOptions {
  /** The database file; made when it does not exist, its directory is not. */
  readonly file: string;
  readonly generation: GenerationChoice;
  readonly log?: Log;
  /** Whether tables of our own are made, by the first record that is learned, and used; default true. */
  readonly ownTables?: boolean;
  /** How long the change log is kept; default: none is. */
  readonly changeLog?: ChangeLimits | null;
  /** Makes and changes nothing; a database without tables is an error, `empty`. */
  readonly looksOnly?: boolean;
  /** Nobody has observed anything later, epoch seconds. Default: by the local clock. */
  readonly notAfterS?: () => number;
}

/**
 * A Trade Dangerous database in one SQLite file. All writing runs in one worker thread; exports and statistics have
 * short-lived threads of their own and, in WAL mode, hold no writer up.
 */
export function createSqliteStore(options: SqliteStoreOptions): WholeStore {
  const { file: path, generation, log, ownTables = true, looksOnly = false } = options;
  const { changeLog = null, notAfterS = localNotAfterS } = options;
  const file = resolve(path);
  const crashError = (cause: unknown) => {
    const error = new StoreError('unavailable', `the thread that works on ${file} ended unexpectedly`, {
      cause,
    });
    log?.error({ err: cause }, error.message);
    return error;
  };
  // Read anew whenever the thread is started: a catalogue outlives it.
  const workerData: WriterData = {
    ...{ file, choice: generation, ownTables, changeLog, looksOnly, commodities: [] },
  };
  const writer = openThread<WriterMethods>(moduleBeside(import.meta.url, './writer-thread'), {
    workerData,
    crashError,
  });
  const readers = new SpareThreads(() =>
    openThread<ReaderMethods>(moduleBeside(import.meta.url, './reader-thread'), {
      workerData: { file },
      crashError,
    }),
  );
  const tellLeftOut = createLeftOutLog(log);
  const refusals = new RefusalLog(log);
  /** Of the import that is running. */
  let importing: symbol | undefined;
  const work = new Stoppable(file);

  const stoppable = <T>(signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>) =>
    work.run(signal, run);

  async function read<T>(run: (reader: Thread<ReaderMethods>, info: StoreInfo) => Promise<T>): Promise<T> {
    const info = await writer.call('open', undefined);
    return readers.use((reader) => run(reader, info));
  }

  return {
    open: () => writer.call('open', undefined),

    async useCatalogue(commodities) {
      workerData.commodities = commodities;
      warnOfNewCategories(log, await writer.call('useCatalogue', commodities));
    },

    async writeMarkets(batch) {
      const outcomes = await writer.call('writeMarkets', {
        written: batch.map(compact),
        notAfterS: notAfterS(),
      });
      tellLeftOut(outcomes);
      return outcomes;
    },

    async learn(records) {
      const { madeTables, systems, refused } = await writer.call('learn', {
        written: records,
        notAfterS: notAfterS(),
      });
      refusals.tell(refused);
      return { madeTables, systems, deferred: [] };
    },

    beginChangeLog: () => writer.call('beginChangeLog', undefined),

    changePosition: () => writer.call('changePosition', undefined),

    knownSystems: (names) => writer.call('knownSystems', names),

    stats: () =>
      stoppable(undefined, (signal) => read((reader) => reader.call('stats', undefined, { signal }))),

    exportListings: (scope, sink, signal) =>
      stoppable(signal, (stop) =>
        read((reader) =>
          receive(
            () => sink,
            (onEmit) => reader.call('exportListings', scope, { signal: stop, onEmit }),
          ),
        ),
      ),

    isEmpty: () => writer.call('isEmpty', undefined),

    beginImport: (tables, signal) =>
      stoppable(signal, async () => {
        if (importing !== undefined) {
          throw new StoreError('busy', `a dump is being imported into ${file} already`, {
            advice: 'wait until that is done',
          });
        }
        const own = (importing = Symbol());
        const onClose = () => {
          if (importing === own) importing = undefined;
        };
        try {
          const { generation } = await writer.call('open', undefined);
          const { newCategories, ...begun } = await writer.call('writeReferenceTables', tables);
          warnOfNewCategories(log, newCategories);
          return createGalaxyImport({
            ...{ ...begun, generation, rares: tables.rares, writer, stoppable, onClose, log, notAfterS },
            readKnown: (stop) =>
              read((reader) => reader.call('known', { generation, ownTables }, { signal: stop })),
          });
        } catch (error) {
          onClose();
          throw error;
        }
      }),

    exportSet: (open, signal, parts = 'all') =>
      stoppable(signal, (stop) =>
        read((reader, { generation }) =>
          receive(open, (onEmit) =>
            reader.call('exportSet', { generation, parts }, { signal: stop, onEmit }),
          ),
        ),
      ),

    exportChanges: (since, sink, signal) =>
      stoppable(signal, (stop) =>
        read((reader) =>
          receive(
            () => sink,
            (onEmit) => reader.call('exportChanges', since, { signal: stop, onEmit }),
          ),
        ),
      ),

    liveStations: (signal) =>
      stoppable(signal, (stop) => read((reader) => reader.call('liveStations', undefined, { signal: stop }))),

    demote: (stations, signal) =>
      stoppable(signal, async (stop) => {
        let demoted = 0;
        for (let at = 0; at < stations.length; at += DEMOTED_AT_ONCE) {
          stop.throwIfAborted();
          demoted += await writer.call('demote', stations.slice(at, at + DEMOTED_AT_ONCE));
        }
        return demoted;
      }),

    checkTimes: ({ repair }) => writer.call('checkTimes', { notAfterS: notAfterS(), repair }),

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

    aggregates: (kind) => writer.call('aggregates', kind),
    putAggregate: (aggregate) => writer.call('putAggregate', aggregate),
    removeAggregate: (kind, id) => writer.call('removeAggregate', { kind, id }),

    tokens: () => writer.call('tokens', undefined),
    addToken: (token) => writer.call('addToken', token),
    removeToken: (name) => writer.call('removeToken', name),

    optimize: (signal) =>
      stoppable(signal, async (stop) => {
        await writer.call('analyze', undefined);
        do stop.throwIfAborted();
        while ((await writer.call('vacuumStep', undefined)) > 0);
      }),

    async close() {
      await work.stop();
      await readers.close();
      importing = undefined;
      await writer.close();
    },
  };
}

/** Hands what a reader emits to the sink of its file; files come one after the other. */
async function receive<File extends string, T>(
  open: (file: File) => ChunkSink,
  run: (onEmit: (emitted: Emitted<File>) => Promise<void>) => Promise<T>,
): Promise<T> {
  let sinkFailed: { readonly error: unknown } | undefined;
  let current: { readonly file: File; readonly sink: ChunkSink } | undefined;
  try {
    return await run(async ({ file, chunk }) => {
      try {
        if (current?.file !== file) current = { file, sink: open(file) };
        await current.sink(chunk);
      } catch (error) {
        sinkFailed = { error };
        throw error;
      }
    });
  } catch (error) {
    // As the sink threw it: only a copy of it comes back from the thread.
    throw sinkFailed === undefined ? error : sinkFailed.error;
  }
}

/** Rows that are a view of a larger buffer would carry all of it to the thread. */
function compact(snapshot: Snapshot): Snapshot {
  const { rows } = snapshot;
  return rows.byteLength === rows.buffer.byteLength ? snapshot : { ...snapshot, rows: rows.slice() };
}
