import { BatchStager } from '../../src/domain/eddn/batch-stager.ts';
import { Now } from '../../src/domain/now.ts';
import type { SystemPorts } from '../../src/actors/child.ts';
import { DEFAULT_SETTINGS } from '../../src/actors/settings.ts';
import { createSystem, type System } from '../../src/actors/system.ts';
import { ALWAYS } from '../../src/domain/active-hours.ts';
import type { FrameBatch, StagedBatch } from '../../src/domain/ports/market/feed.ts';
import type { Log } from '../../src/domain/ports/log.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { rowCount, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { createMemorySpool, emptyDisk } from '../../test/support/memory-spool.ts';
import { BATCH, RULES } from '../generators/feed.ts';
import { GOODS } from '../generators/markets.ts';

const nobody: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The whole actor system on ports that cost nothing: a file's feed of snapshots, a store that says yes. */
export function createNullSystem(
  snapshots: readonly Snapshot[],
): System & { readonly written: () => number } {
  const staged = new Map<FrameBatch, StagedBatch>();
  for (let from = 0; from < snapshots.length; from += BATCH) {
    const some = snapshots.slice(from, from + BATCH);
    const batch = { encoding: 'json', frames: some.map(() => new Uint8Array()), receivedAtMs: 0 } as const;
    staged.set(batch, stagedBatch(some));
  }
  let written = 0;
  const system = createSystem(
    {
      feed: {
        description: 'snapshots that are ready',
        finite: true,
        async read(handlers) {
          handlers.onConnected();
          for (const batch of staged.keys()) await handlers.onBatch(batch);
        },
        close: ignore,
      },
      decoder: {
        decode: (batch) => Promise.resolve(staged.get(batch)!),
        resolve: () => Promise.resolve(stagedBatch([])),
        close: done,
      },
      store: {
        open: () =>
          Promise.resolve({ backend: 'sqlite', generation: 'v12', created: false, description: 'nothing' }),
        learn: () => Promise.resolve({ madeTables: false, systems: [], deferred: [] }),
        useCatalogue: done,
        writeMarkets: (batch) => {
          written += batch.length;
          return Promise.resolve(
            batch.map((each) => ({ status: 'written', rows: rowCount(each), station: 'known' })),
          );
        },
        knownSystems: (names) => Promise.resolve(new Set(names)),
        stats: unwanted,
        exportListings: unwanted,
        purge: unwanted,
        checkTimes: unwanted,
        close: done,
      },
      spool: createMemorySpool(emptyDisk(), 1_000, (work) => Promise.resolve(work())),
      commodities: {
        readCached: () => Promise.resolve(GOODS),
        builtIn: () => Promise.resolve(null),
        refresh: () => Promise.resolve({ commodities: GOODS, changed: false }),
      },
      liveListing: { stageFile: unwanted },
      deltaPublisher: { enabled: false, plan: unwanted, make: unwanted },
      spanshUpdater: NO_UPDATES,
      maintenanceWindow: NO_MAINTENANCE,
      historian: null,
      lease: null,
      outbox: null,
      mirror: null,
      log: nobody,
      time: realTime,
      now: new Now(realTime),
      random: Math.random,
    },
    {
      ...DEFAULT_SETTINGS,
      rules: RULES,
      spanshUpdater: { ...DEFAULT_SETTINGS.spanshUpdater, enabled: false },
      // It is over before anything would be published.
      exporter: { ...DEFAULT_SETTINGS.exporter, firstMs: 2 ** 30 },
    },
  );
  return { ...system, written: () => written };
}

function stagedBatch(snapshots: readonly Snapshot[]): StagedBatch {
  return { ...new BatchStager(null).finish(), received: snapshots.length, snapshots };
}

function ignore(): void {
  // Nobody is interested.
}

function done(): Promise<void> {
  return Promise.resolve();
}

function unwanted(): Promise<never> {
  return Promise.reject(new Error('not part of the benchmark'));
}

const NO_UPDATES: SystemPorts['spanshUpdater'] = {
  state: { load: () => Promise.resolve(null), save: unwanted },
  source: { check: unwanted, download: unwanted, discard: unwanted },
  importDump: unwanted,
  importGiven: unwanted,
  publish: unwanted,
  demote: unwanted,
  database: 'nothing',
  missingFiles: () => Promise.resolve([]),
  isEmpty: () => Promise.resolve(false),
  noteUpdated: unwanted,
  zone: () => 'UTC',
  opensInMs: () => 0,
};

const NO_MAINTENANCE: SystemPorts['maintenanceWindow'] = {
  settings: () => ({ purgeEveryMs: 0, retentionDays: 30, optimizeEveryMs: 0, hours: ALWAYS }),
  tidier: { probe: unwanted, optimize: unwanted },
  lastDone: unwanted,
  noteDone: unwanted,
};
