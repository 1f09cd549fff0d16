import { join } from 'node:path';
import type { Commodity } from '../../domain/market/catalogue.ts';
import type { CommoditySource } from '../../domain/ports/galaxy/commodity-source.ts';
import type { Log } from '../../domain/ports/log.ts';
import { readCachedCommodities, refreshCommodities } from '../../infra/edcd/commodities.ts';
import { createDumpCommodities } from '../../infra/spansh/dump-commodities.ts';
import type { Bootstrap } from '../bootstrap.ts';

/** Where things are, and whom to tell. */
export type Base = Omit<Bootstrap, 'log'> & { readonly log: Log };

/**
 * EDCD's commodities, those that only dumps have named so far, and those that EDCD named once: what is known is never
 * forgotten. EDCD's word counts where it has one.
 */
export function commoditySource({ config, paths, log }: Base): CommoditySource {
  const cacheDir = join(paths.dataDir, 'edcd');
  const others = createDumpCommodities(dumpCommoditiesFile(paths));
  let told = '';

  const merged = async (edcd: readonly Commodity[]): Promise<readonly Commodity[]> => {
    const ids = new Set(edcd.map(({ id }) => id));
    return [...edcd, ...(await others.read()).filter(({ id }) => !ids.has(id))];
  };
  const builtIn = async () => {
    const { seedCommodities } = await import('../../infra/edcd/seed-commodities.ts');
    return merged(seedCommodities());
  };
  /** Without asking EDCD. */
  const known = async () => {
    const edcd = await readCachedCommodities(cacheDir);
    return { commodities: await (edcd === null ? builtIn() : merged(edcd)), isFetched: edcd !== null };
  };
  /** Whether a list differs from the one told last. */
  const isNews = (commodities: readonly Commodity[]) => told !== (told = JSON.stringify(commodities));

  return {
    async readCached() {
      const { commodities, isFetched } = await known();
      isNews(commodities);
      // What ships with the program, and what dumps have named, is not all there is: EDCD is asked first.
      return isFetched ? commodities : null;
    },
    builtIn,
    async refresh(signal) {
      try {
        const before = (await readCachedCommodities(cacheDir)) ?? [];
        const { commodities: edcd, warnings } = await refreshCommodities(config.edcdSource, cacheDir, signal);
        for (const warning of warnings) log.warn({}, warning);
        const ids = new Set(edcd.map(({ id }) => id));
        const gone = before.filter(({ id }) => !ids.has(id));
        if (gone.length > 0) await others.learn(gone);
        const commodities = await merged(edcd);
        return { commodities, changed: isNews(commodities) };
      } catch (error) {
        signal.throwIfAborted();
        // What a dump has brought meanwhile is good without EDCD.
        const { commodities } = await known();
        if (!isNews(commodities)) throw error;
        return { commodities, changed: true };
      }
    },
  };
}

/** What only dumps have named. */
export function dumpCommoditiesFile({ dataDir }: Bootstrap['paths']): string {
  return join(dataDir, 'edcd', 'dump-commodities.json');
}

/** What is known without asking anybody: what was fetched before, else what ships with the program. */
export async function knownCommodities(source: CommoditySource): Promise<readonly Commodity[]> {
  return (await source.readCached()) ?? (await source.builtIn()) ?? [];
}
