import type { Commodity } from '../../market/catalogue.ts';
import type { Generation } from '../../generation.ts';
import type { Known } from '../../spansh/known.ts';
import type { DumpRecords } from '../../spansh/records.ts';
import type { LogPosition } from './changes.ts';
import type { ChunkSink, ExportCount } from './market-store.ts';

/** A row of EDCD's `rare_commodity.csv`. */
export interface RareCommodity {
  readonly id: number;
  readonly symbol: string;
  readonly marketId: bigint;
  readonly category: string;
  readonly name: string;
}

/** A row of EDCD's `shipyard.csv`. */
export interface FDevShip {
  readonly id: number;
  readonly symbol: string;
  readonly name: string;
  readonly entitlement: string;
}

/** A row of EDCD's `outfitting.csv`; blank where the file is. */
export interface FDevModule {
  readonly id: number;
  readonly symbol: string;
  readonly category: string;
  readonly name: string;
  readonly mount: string;
  readonly guidance: string;
  readonly ship: string;
  readonly class: string;
  readonly rating: string;
  readonly entitlement: string;
}

/** EDCD's FDevIDs. A table that could not be had is null: what the database has of it stays as it is. */
export interface ReferenceTables {
  readonly commodities: readonly Commodity[] | null;
  readonly rares: readonly RareCommodity[] | null;
  readonly shipyard: readonly FDevShip[] | null;
  /** v12 only. */
  readonly outfitting: readonly FDevModule[] | null;
}

/** What reached the database. */
export interface ImportCounts {
  readonly systems: number;
  readonly stations: number;
  readonly markets: number;
  readonly marketRows: number;
  /** Shipyards and outfitting shops. */
  readonly vendors: number;
  /** Stations another writer holds: kept by the import, written by a later call. */
  readonly deferred: number;
  /** Records the database refused for a reason that may pass: without them the import is not complete. */
  readonly refused: number;
  /** Records it can never take. */
  readonly invalid: number;
  /** One of those, and why; null: none. */
  readonly refusal: string | null;
}

export const NO_COUNTS: ImportCounts = {
  systems: 0,
  stations: 0,
  markets: 0,
  marketRows: 0,
  vendors: 0,
  deferred: 0,
  refused: 0,
  invalid: 0,
  refusal: null,
};

/** What two calls did, one after the other. Deferred stations are written, and counted, by a later call. */
export function addCounts(earlier: ImportCounts, later: ImportCounts): ImportCounts {
  return {
    systems: earlier.systems + later.systems,
    stations: earlier.stations + later.stations,
    markets: earlier.markets + later.markets,
    marketRows: earlier.marketRows + later.marketRows,
    vendors: earlier.vendors + later.vendors,
    deferred: later.deferred,
    refused: earlier.refused + later.refused,
    invalid: earlier.invalid + later.invalid,
    refusal: earlier.refusal ?? later.refusal,
  };
}

/**
 * Rows of a dump that are gathered, and written in one transaction: some 0.1 s, for which live writes wait, and a megabyte
 * of memory. Pages that many rows change are written once.
 */
export const IMPORT_ROWS_AT_ONCE = 10_000;

/**
 * One import. Categories and items come first, records in any order, then {@link finish}. Everything is committed
 * as it goes, a bounded number of stations at a time; nothing of it is wrong when it is broken off.
 */
export interface GalaxyImport {
  readonly generation: Generation;
  /** Names in `Category`, those EDCD added included. */
  readonly categories: readonly string[];
  /** By item id, of the items in the database and in EDCD's tables. */
  readonly itemCategories: ReadonlyMap<number, string>;
  /** What the database holds, for the dump's readers. */
  known(signal?: AbortSignal): Promise<Known>;
  /**
   * Writes records: systems and stations by `modified` (incoming >= stored or stored null), markets and vendors whole
   * and only when strictly newer than the newest stored row (`from_live` 0).
   */
  apply(records: DumpRecords, signal?: AbortSignal): Promise<ImportCounts>;
  /** Writes the deferred stations, waiting for their locks; then numbers the items (`ui_order`) and sets the rares. */
  finish(signal?: AbortSignal): Promise<ImportCounts>;
  /** Gives back locks and connections. Idempotent; the import may be finished or not. */
  close(): Promise<void>;
}

/** The files of the published set, in the order clients load them. */
export const TABLE_FILES = {
  v12: [
    'System',
    'Station',
    'Category',
    'Item',
    'Ship',
    'Upgrade',
    'ShipVendor',
    'UpgradeVendor',
    'RareItem',
  ],
  v13: ['System', 'Station', 'Category', 'Item', 'Ship', 'ShipVendor'],
} as const satisfies Record<Generation, readonly string[]>;

export type TableFile = (typeof TABLE_FILES)[Generation][number];
/** `listings` is `listings.csv`. */
export type PublishedFile = TableFile | 'listings';

/** What of the set is written. */
export type PublishedParts = 'all' | 'tables';

/** What `listings.csv` says of a station. */
export interface PublishedStation {
  readonly id: bigint;
  /** Its lines without the first two columns (running number, station id), joined by line feeds. */
  readonly lines: string;
}

export interface ExportedSet {
  /** By file. */
  readonly rows: Partial<Record<PublishedFile, number>>;
  /** Where the change log was at the moment of the read; null: there is none. */
  readonly position: LogPosition | null;
}

/** What the lines of changed stations cannot say. Ids are decimal text. */
export interface ChangedListings extends ExportCount {
  /** Where the change log was at the moment of the read. */
  readonly position: LogPosition;
  /** Markets that have changed and have no lines now, ascending. */
  readonly emptied: readonly string[];
  /** Stations that were made, moved or otherwise told anew, ascending, each with the system it is in now. */
  readonly placed: readonly (readonly [stationId: string, systemId: string])[];
}

/** The galaxy beside the markets: bulk imports, the published set, and the line between live and baseline. */
export interface GalaxyStore {
  /** No station is known: a new database, or one that was made anew. */
  isEmpty(): Promise<boolean>;

  /**
   * Seeds `Category` (and adds EDCD's new ones), writes EDCD's tables, and takes the name that tells other programs of
   * an import (`td.spansh.import`) where the database has such locks.
   * @throws StoreError `busy`: another import is running; `refused`: categories 1-16 are not Trade Dangerous' ones
   */
  beginImport(tables: ReferenceTables, signal?: AbortSignal): Promise<GalaxyImport>;

  /**
   * Writes the whole set from one consistent read, referentially closed, without blocking writers; one file after the
   * other, `open` names each.
   * @param parts `tables`: without `listings`
   */
  exportSet(
    open: (file: PublishedFile) => ChunkSink,
    signal?: AbortSignal,
    parts?: PublishedParts,
  ): Promise<ExportedSet>;

  /**
   * Streams, as {@link exportSet} has them in `listings.csv` and from one consistent read, the markets that have changed
   * since a position of the change log: whole stations, sorted, header included.
   * @returns null: what has changed since then is not known any more, or was of another log
   */
  exportChanges(since: LogPosition, sink: ChunkSink, signal?: AbortSignal): Promise<ChangedListings | null>;

  /** Where the change log is now; null: there is none. */
  changePosition(): Promise<LogPosition | null>;

  /** Stations with a row that is live and in `listings.csv`'s terms a row (a price), ascending. */
  liveStations(signal?: AbortSignal): Promise<BigInt64Array>;

  /**
   * Makes baseline (`from_live` 0) of the stations whose rows are still exactly as published; others were written since
   * and stay live. Waits for stations another writer holds.
   * @returns stations that became baseline
   */
  demote(stations: readonly PublishedStation[], signal?: AbortSignal): Promise<number>;
}
