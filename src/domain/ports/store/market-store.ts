import type { Commodity } from '../../market/catalogue.ts';
import type { Generation } from '../../generation.ts';
import type { WriteOutcome } from '../../market/outcome.ts';
import type { Snapshot } from '../../market/snapshot.ts';

export interface StoreInfo {
  readonly backend: 'sqlite' | 'mariadb';
  readonly generation: Generation;
  /** The tables were made by this call. */
  readonly created: boolean;
  /** For the log: file or host/database, and the server's version. Never a password. */
  readonly description: string;
}

export interface StoreStats {
  readonly totalRows: number;
  readonly liveRows: number;
  readonly stations: number;
  readonly liveStations: number;
  /** Markets whose prices are far from what is usual (domain/market/plausibility.ts); null: nobody judges them. */
  readonly implausibleMarkets: number | null;
  /** Newest `modified`, epoch seconds; null when there are no rows. */
  readonly newestAtS: number | null;
}

export interface ExportCount {
  readonly rows: number;
  readonly stations: number;
}

/** Receives the text of an export in order; the store waits for each chunk before it sends the next. */
export type ChunkSink = (chunk: Uint8Array) => Promise<void>;

/** What is stored with a time that nobody can have observed yet. */
export interface AheadCounts {
  /** Of markets, shipyards and outfitting. */
  readonly rows: number;
  /** Systems and stations. */
  readonly names: number;
}

export interface PurgeOptions {
  /** Rows observed before this instant go, epoch seconds. */
  readonly olderThanS: number;
  /** Count only. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (deletedRows: number) => void;
}

/**
 * Where markets are kept: one snapshot a station. Two adapters, one contract test suite.
 *
 * Every method may be called before {@link open}: it opens first. Every method rejects with a StoreError when the
 * database could not answer at all; nothing is half-written then.
 */
export interface MarketStore {
  /** Connects; creates the schema when the database is empty. Idempotent, also after a failure. */
  open(): Promise<StoreInfo>;

  /**
   * Makes the commodities known: seeds `Category`, adds categories it lacks and, in a database without items, seeds
   * `Item`; keeps the list so that an item missing from the table is added when a market first lists it. Never changes
   * existing rows.
   */
  useCatalogue(commodities: readonly Commodity[]): Promise<void>;

  /**
   * Applies the write rule to a batch, in one or few transactions, each station with its own outcome.
   *
   * EDDN rule: observed before the newest stored row -> stale; else all rows are replaced, `from_live` 1, one
   * timestamp (domain/write-rule.ts). `Item.avg_price` follows the mean prices where they differ, unless another
   * program is importing a dump. No market twice in a batch.
   * @returns one outcome a snapshot, in order
   */
  writeMarkets(batch: readonly Snapshot[]): Promise<WriteOutcome[]>;

  /**
   * Of these system names, the ones that a known system bears (compared case-insensitively): what waits for them is worth
   * another try. Several may bear one, so that a market may go on waiting until its station is known in one of them.
   */
  knownSystems(names: readonly string[]): Promise<Set<string>>;

  stats(): Promise<StoreStats>;

  /**
   * Streams `listings-live.csv` (`live`) or `listings.csv` (`all`) from one consistent read, whole stations, sorted
   * by station and item, header included, without blocking writers.
   */
  exportListings(scope: 'live' | 'all', sink: ChunkSink, signal?: AbortSignal): Promise<ExportCount>;

  /** Deletes market rows by age in bounded batches. @returns rows deleted (or that would be) */
  purge(options: PurgeOptions): Promise<number>;

  /**
   * Looks for what has a time ahead of every clock. It gives way to any observation, but clients that load it believe it.
   * @param options.repair rows of markets and vendors are deleted, systems and stations lose their time
   */
  checkTimes(options: { readonly repair: boolean }): Promise<AheadCounts>;

  /**
   * Renews the statistics of the query planner and gives free space back, in small steps. Absent where the server has
   * tools of its own for that.
   */
  optimize?(signal?: AbortSignal): Promise<void>;

  /** Ends running work and closes. Idempotent; the store can be opened again. */
  close(): Promise<void>;
}
