import { fromPromise } from 'xstate';
import type { Catalogue, Commodity } from '../domain/catalogue.ts';
import type { Decoder } from '../domain/ports/feed.ts';
import type { MarketStore } from '../domain/ports/market-store.ts';
import type { Spool } from '../domain/ports/spool.ts';
import type { CatalogueState } from '../machines/catalogue.machine.ts';
import type { StationPool } from './station-pool.ts';
import type { Time } from './time.ts';

/** Where commodities come from: a cache in the data directory, and its source. */
export interface CommoditySource {
  readCached(): Promise<readonly Commodity[] | null>;
  refresh(signal: AbortSignal): Promise<{ commodities: readonly Commodity[]; changed: boolean }>;
}

/** The one catalogue in force; staging and the store read it, only this file replaces it. */
export class CatalogueHolder {
  #current: Catalogue | null = null;
  readonly #loaded = Promise.withResolvers<undefined>();
  readonly #asked = Promise.withResolvers<undefined>();

  /** The cache has been read, whatever it held: a relay is not kept waiting longer. */
  readonly loaded: Promise<undefined> = this.#loaded.promise;
  /** There is a catalogue, or its source has been asked in vain: a file can wait for that. */
  readonly asked: Promise<undefined> = this.#asked.promise;

  get current(): Catalogue | null {
    return this.#current;
  }

  adopt(commodities: readonly Commodity[]): void {
    this.#current = { version: (this.#current?.version ?? 0) + 1, commodities };
    this.#asked.resolve(undefined);
  }

  noteLoaded(): void {
    this.#loaded.resolve(undefined);
  }

  noteAsked(): void {
    this.#asked.resolve(undefined);
  }
}

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
    const { commodities, changed } = await source.refresh(signal).finally(() => holder.noteAsked());
    if (changed || holder.current === null) holder.adopt(commodities);
    return { commodities: commodities.length, changed };
  });

  const releaseParked = fromPromise<number>(async ({ signal }) => {
    const catalogue = holder.current;
    if (catalogue === null) return 0;
    await pool.sync();
    const names = await spool.parkedSystems();
    const known = names.length === 0 ? new Set<string>() : await store.knownSystems(names);
    const marketIds = [
      ...(known.size === 0 ? [] : await spool.parkedIn([...known])),
      ...(await spool.parkedUnresolved()),
    ];
    for (let i = 0; i < marketIds.length; i += RELEASE_BATCH) {
      while (pool.liveCount > RELEASE_BELOW_LIVE) {
        await sleep(deps.time);
        signal.throwIfAborted();
      }
      const unresolved = await pool.release(marketIds.slice(i, i + RELEASE_BATCH));
      if (unresolved.length > 0) pool.restage(unresolved, await decoder.resolve(unresolved, catalogue));
      signal.throwIfAborted();
    }
    return marketIds.length;
  });

  return { loadCached, refresh, releaseParked };
}

function sleep(time: Time): Promise<void> {
  return new Promise((resolve) => {
    time.setTimeout(resolve, RELEASE_WAIT_MS);
  });
}
