import { fromPromise } from 'xstate';
import type { CommoditySource } from '../../domain/ports/galaxy/commodity-source.ts';
import type { Decoder } from '../../domain/ports/market/feed.ts';
import type { MarketStore } from '../../domain/ports/store/market-store.ts';
import type { Spool } from '../../domain/ports/market/spool.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { CatalogueState } from '../../machines/galaxy/catalogue.machine.ts';
import type { StationPool } from '../station-coalescer/pool.ts';
import type { CatalogueHolder } from './holder.ts';

export interface CatalogueDeps {
  readonly source: CommoditySource;
  readonly holder: CatalogueHolder;
  readonly store: MarketStore;
  readonly spool: Spool;
  readonly pool: StationPool;
  readonly decoder: Decoder;
  readonly time: Time;
}

/** How many parked snapshots are taken back at a time, and how full the pool may be before the next ones. */
const RELEASE_BATCH = 200;
/** Of messages, which are in memory several times while they are staged. */
const RELEASE_BYTES = 4 * 1024 * 1024;
const RELEASE_BELOW_LIVE = 1_000;
const RELEASE_WAIT_MS = 200;

export function catalogueLogics(deps: CatalogueDeps) {
  const { source, holder, store, spool, pool, decoder } = deps;

  const loadCached = fromPromise<CatalogueState>(async () => {
    const commodities = await source.readCached().finally(() => holder.noteLoaded());
    if (commodities !== null) holder.adopt(commodities);
    return { commodities: commodities?.length ?? 0, changed: commodities !== null };
  });

  const refresh = fromPromise<CatalogueState>(async ({ signal }) => {
    const { commodities, changed } = await source
      .refresh(signal)
      .catch(async (error: unknown) => {
        signal.throwIfAborted();
        // Only now: until it has been asked, markets are kept whole, with goods that only the source may know.
        const builtIn = holder.current === null ? await source.builtIn() : null;
        if (builtIn !== null) holder.adopt(builtIn);
        throw error;
      })
      .finally(() => holder.noteRefreshed());
    if (changed || holder.current === null) holder.adopt(commodities);
    return { commodities: commodities.length, changed };
  });

  const release = async (signal: AbortSignal): Promise<number> => {
    /** Nothing is asked of files that are being closed: whoever aborted does not wait. */
    const unlessAborted = async <T>(work: Promise<T>): Promise<T> => {
      const result = await work;
      signal.throwIfAborted();
      return result;
    };
    const catalogue = holder.current;
    if (catalogue === null) return 0;
    await unlessAborted(pool.sync());
    const names = await unlessAborted(spool.parkedSystems());
    const known = names.length === 0 ? new Set<string>() : await unlessAborted(store.knownSystems(names));
    const inKnown = known.size === 0 ? [] : await unlessAborted(spool.parkedIn([...known]));
    const parked = [
      ...inKnown.map((marketId) => ({ marketId, bytes: 0 })),
      ...(await unlessAborted(spool.parkedUnresolved())),
    ];
    for (const marketIds of releaseBatches(parked)) {
      while (pool.liveCount > RELEASE_BELOW_LIVE) await unlessAborted(sleep(deps.time));
      const unresolved = await unlessAborted(pool.release(marketIds));
      if (unresolved.length === 0) continue;
      pool.restage(unresolved, await unlessAborted(decoder.resolve(unresolved, catalogue)));
    }
    return parked.length;
  };
  const releaseParked = fromPromise<number>(({ signal }) =>
    release(signal).finally(() => holder.noteReleased()),
  );

  return { loadCached, refresh, releaseParked };
}

/** Market ids, bounded in number and bytes. */
function* releaseBatches(
  parked: readonly { readonly marketId: number; readonly bytes: number }[],
): Generator<number[]> {
  let batch: number[] = [];
  let size = 0;
  for (const { marketId, bytes } of parked) {
    if (batch.length === RELEASE_BATCH || (batch.length > 0 && size + bytes > RELEASE_BYTES)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(marketId);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}

function sleep(time: Time): Promise<void> {
  return new Promise((resolve) => {
    time.setTimeout(resolve, RELEASE_WAIT_MS);
  });
}
