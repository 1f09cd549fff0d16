import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CommoditySource } from '../actors/catalogue/steps.ts';
import type { UpdaterPorts } from '../actors/spansh-updater/steps.ts';
import type { Bootstrap } from './bootstrap.ts';
import { updateConfigFile } from '../config/config-file.ts';
import type { Commodity } from '../domain/market/catalogue.ts';
import type { Log } from '../domain/ports/log.ts';
import type { Store } from '../domain/ports/store.ts';
import { demotePublished } from '../infra/publishing/demote.ts';
import { createDumpCommodities } from '../infra/spansh/dump-commodities.ts';
import { readCachedCommodities, refreshCommodities } from '../infra/edcd/commodities.ts';
import { readReference } from '../infra/edcd/reference.ts';
import { pathOf, publishSet } from '../infra/publishing/published-set.ts';
import { checkDump, downloadDump, removeDownload, SPANSH_URLS } from '../infra/spansh/download.ts';
import { openDumpFile, type DumpSource } from '../infra/spansh/dump-source.ts';
import { createDumpState } from '../infra/spansh/dump-state.ts';
import { importDump, type ImportOptions, type ImportResult } from '../infra/spansh/import-dump.ts';

/** Where things are, and whom to tell. */
type Base = Omit<Bootstrap, 'log'> & { readonly log: Log };

/** One core stays for the feed and the database. */
const IMPORT_THREADS = Math.max(1, Math.min(4, availableParallelism() - 1));

/** EDCD's commodities, and those that only dumps have named so far. EDCD's word counts where both have one. */
export function commoditySource({ config, paths, log }: Base): CommoditySource {
  const cacheDir = join(paths.dataDir, 'edcd');
  const dumps = createDumpCommodities(dumpCommoditiesFile(paths));
  let told = '';

  const merged = async (edcd: readonly Commodity[]): Promise<readonly Commodity[]> => {
    const ids = new Set(edcd.map(({ id }) => id));
    return [...edcd, ...(await dumps.read()).filter(({ id }) => !ids.has(id))];
  };
  /** Whether a list differs from the one told last. */
  const isNews = (commodities: readonly Commodity[]) => told !== (told = JSON.stringify(commodities));

  return {
    async readCached() {
      const commodities = await merged((await readCachedCommodities(cacheDir)) ?? []);
      isNews(commodities);
      return commodities.length === 0 ? null : commodities;
    },
    async refresh(signal) {
      try {
        const { commodities: edcd, warnings } = await refreshCommodities(config.edcdSource, cacheDir, signal);
        for (const warning of warnings) log.warn({}, warning);
        const commodities = await merged(edcd);
        return { commodities, changed: isNews(commodities) };
      } catch (error) {
        signal.throwIfAborted();
        // What a dump has brought meanwhile is good without EDCD.
        const commodities = await merged((await readCachedCommodities(cacheDir)) ?? []);
        if (!isNews(commodities)) throw error;
        return { commodities, changed: true };
      }
    },
  };
}

/** Imports a dump with what the configuration says; the daemon's update and `import` do the same. */
export async function importSource(
  base: Base,
  store: Store,
  source: DumpSource,
  options: Pick<ImportOptions, 'isCleared' | 'onProgress' | 'signal'>,
): Promise<ImportResult> {
  const { config, paths, log } = base;
  const { contract } = await store.open();
  const known = commoditySource(base);
  const commodities = await known.refresh(options.signal).then(
    (refreshed) => refreshed.commodities,
    () => known.readCached(),
  );
  const { tables, warnings } = await readReference(
    config.edcdSource,
    join(paths.dataDir, 'edcd'),
    contract,
    commodities,
    options.signal,
  );
  for (const warning of warnings) log.warn({}, warning);
  const result = await importDump(store, source, {
    ...options,
    reference: tables,
    retentionDays: config.purgeRetentionDays,
    maxClockSkewS: config.rules.maxClockSkewS,
    nowS: Math.floor(Date.now() / 1000),
    threads: IMPORT_THREADS,
  });
  await createDumpCommodities(dumpCommoditiesFile(paths)).learn(result.items);
  return result;
}

/** The updater's surroundings as the configuration has them. */
export function updaterPorts(base: Base, store: Store): UpdaterPorts {
  const { config, paths, database } = base;
  const directories = { csvDir: paths.csvDir, exportDir: paths.exportDir };
  const sources = config.spanshUrl === null ? SPANSH_URLS : [config.spanshUrl];
  return {
    state: createDumpState(join(paths.dataDir, 'tradedangerous-listener-spansh.json')),
    source: {
      check: (signal) => checkDump(sources, signal),
      download: (version, onProgress, signal) => downloadDump(version, paths.tmpDir, onProgress, signal),
      discard: (file) => removeDownload(file, paths.tmpDir),
    },
    importDump: async (file, options) => importSource(base, store, await openDumpFile(file), options),
    publish: async (signal) => publishSet(store, (await store.open()).contract, directories, signal),
    demote: (signal) => demotePublished(store, pathOf('listings', directories), signal),
    database:
      database.backend === 'sqlite'
        ? database.file
        : `${database.socket ?? `${database.host}:${database.port}`}/${database.name}`,
    isEmpty: () => store.isEmpty(),
    noteUpdated: (lastModifiedS) => updateConfigFile(paths.configFile, { last_update: lastModifiedS }),
    opensInMs: (job) => {
      const nowMs = Date.now();
      const hours = config.activeHours[job];
      return hours.isOpen(nowMs) ? 0 : hours.nextOpen(nowMs) - nowMs;
    },
  };
}

function dumpCommoditiesFile({ dataDir }: Bootstrap['paths']): string {
  return join(dataDir, 'edcd', 'dump-commodities.json');
}
