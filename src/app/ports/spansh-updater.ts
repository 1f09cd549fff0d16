import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { updateConfigFile } from '../../config/config-file.ts';
import { AppError } from '../../domain/errors.ts';
import type {
  ImportHooks,
  ImportResult,
  SpanshUpdaterPorts,
} from '../../domain/ports/galaxy/spansh-updater.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import { hideCredentials, isPlainWebAddress } from '../../domain/web-address.ts';
import { demotePublished } from '../../infra/publishing/demote.ts';
import { createDumpCommodities } from '../../infra/spansh/dump-commodities.ts';
import { readReference } from '../../infra/edcd/reference.ts';
import { missingFiles, pathOf, publishSet } from '../../infra/publishing/published-set.ts';
import { checkDump, downloadDump, isUrl, removeDownload, SPANSH_URLS } from '../../infra/spansh/download.ts';
import { openDumpFile, openDumpUrl, type DumpSource } from '../../infra/spansh/dump-source.ts';
import { createSharedDumpState } from '../../infra/spansh/shared-dump-state.ts';
import { createDumpState } from '../../infra/spansh/dump-state.ts';
import { importDump } from '../../infra/spansh/import-dump.ts';
import { claimImport } from '../instance.ts';
import { commoditySource, dumpCommoditiesFile, knownCommodities, type Base } from './catalogue.ts';
import { fullFileOf } from './delta-publisher.ts';

/** One core stays for the feed and the database. */
const IMPORT_THREADS = Math.max(1, Math.min(4, availableParallelism() - 1));

/**
 * Imports a dump with what the configuration says; the daemon's update and `import` do the same.
 * @param maxAgeDays Infinity: whatever its age
 */
export async function importSource(
  base: Base,
  store: Store,
  source: DumpSource,
  hooks: ImportHooks,
  maxAgeDays = maxAgeOf(base),
): Promise<ImportResult> {
  const { config, paths, log } = base;
  const { generation } = await store.open();
  const known = commoditySource(base);
  const commodities = await known.refresh(hooks.signal).then(
    (refreshed) => refreshed.commodities,
    () => knownCommodities(known),
  );
  const { tables, warnings } = await readReference(
    config.edcdSource,
    join(paths.dataDir, 'edcd'),
    generation,
    commodities,
    hooks.signal,
  );
  for (const warning of warnings) log.warn({}, warning);
  const result = await importDump(store, source, {
    ...hooks,
    reference: tables,
    maxAgeDays,
    maxClockSkewS: config.rules.maxClockSkewS,
    nowS: Math.floor(Date.now() / 1000),
    threads: IMPORT_THREADS,
  });
  await createDumpCommodities(dumpCommoditiesFile(paths)).learn(result.items);
  return result;
}

/** What would be purged at once is not imported. */
function maxAgeOf({ config }: Base): number {
  return config.purgeEveryMs === 0
    ? config.importMaxAgeDays
    : Math.min(config.importMaxAgeDays, config.purgeRetentionDays);
}

/** @throws AppError `usage`: an address with a user or password; what cannot be read */
export async function openDump(from: string, { config }: Base, signal: AbortSignal): Promise<DumpSource> {
  if (!isUrl(from)) return openDumpFile(from);
  if (!isPlainWebAddress(from)) {
    throw new AppError(
      'usage',
      `${hideCredentials(from)} is no address of a dump without a user or password`,
      {
        advice:
          'they are not sent: have another program download it, and give import the file, or - and its output',
      },
    );
  }
  return openDumpUrl(from, config.rules.maxClockSkewS, signal);
}

/** Has the daemon publish what the database was brought, at its next look or when it is started. */
export async function requestPublication({
  state,
  database,
}: Pick<SpanshUpdaterPorts, 'state' | 'database'>): Promise<void> {
  const progress = await state.load();
  // It is on its way to a publication anyway.
  if (progress?.stage === 'downloaded') return;
  const version = progress?.database === database ? progress.version : null;
  await state.save({ version, stage: 'imported', file: '', database, atS: Math.floor(Date.now() / 1000) });
}

/**
 * The updater's surroundings as the configuration has them.
 * @param aggregates where other daemons on the database see how far a dump has come, if there are any
 */
export function updaterPorts(
  base: Base,
  store: Store,
  aggregates: AggregateStore | null = null,
): SpanshUpdaterPorts {
  const { config, paths, database } = base;
  const directories = { csvDir: paths.csvDir, exportDir: paths.exportDir };
  const sources = config.spanshUrl === null ? SPANSH_URLS : [config.spanshUrl];
  const name =
    database.backend === 'sqlite'
      ? database.file
      : `${database.socket ?? `${database.host}:${database.port}`}/${database.name}`;
  const local = createDumpState(join(paths.dataDir, 'tradedangerous-listener-spansh.json'));
  const state =
    config.clusterUrl === null || aggregates === null
      ? local
      : createSharedDumpState(local, aggregates, name);
  return {
    state,
    source: {
      check: (signal) => checkDump(sources, signal, config.rules.maxClockSkewS),
      download: (version, onProgress, signal) => downloadDump(version, paths.tmpDir, onProgress, signal),
      discard: (file) => removeDownload(file, paths.tmpDir),
    },
    importDump: async (file, hooks) => importSource(base, store, await openDumpFile(file), hooks),
    async importGiven({ from, maxAgeDays }, hooks) {
      const claimed = await claimImport(base);
      try {
        const source = await openDump(from, base, hooks.signal);
        const result = await importSource(base, store, source, hooks, maxAgeDays);
        await requestPublication({ state, database: name });
        return result;
      } finally {
        claimed.release();
      }
    },
    async publish(signal) {
      const full = await fullFileOf(base);
      if (full !== null) await store.beginChangeLog();
      return publishSet(store, (await store.open()).generation, directories, signal, { companion: full });
    },
    async missingFiles() {
      const missing = await missingFiles((await store.open()).generation, directories);
      return [...missing, ...((await (await fullFileOf(base))?.missing()) ?? [])];
    },
    demote: (signal) => demotePublished(store, pathOf('listings', directories), signal),
    database: name,
    isEmpty: () => store.isEmpty(),
    noteUpdated: (lastModifiedS) => updateConfigFile(paths.configFile, { last_update: lastModifiedS }),
    zone: () => config.activeHours.spansh.zone,
    opensInMs: (job) => {
      const nowMs = Date.now();
      const hours = config.activeHours[job];
      return hours.isOpen(nowMs) ? 0 : hours.nextOpen(nowMs) - nowMs;
    },
  };
}
