import type { Generation } from '../generation.ts';
import type { BlockCounts } from './block-counts.ts';
import type { ProblemCounts } from './problems.ts';

/**
 * What a Spansh dump says, as records for the tables of a Trade Dangerous database.
 *
 * Ids of systems and stations are `bigint` throughout: they go up to 2^63-1. All other ids are Frontier's 32-bit ones.
 * Times are whole seconds since the epoch, UTC.
 */
export interface SystemRow {
  readonly id: bigint;
  readonly name: string;
  /** v13 only. */
  readonly lookupName: string | null;
  /** Light years from Sol. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly modifiedS: number;
}

export type Flag = 'Y' | 'N' | '?';

/** What Trade Dangerous' tables do not keep of a station, each as the fact of its name; undefined: unknown. */
export interface StationProfile {
  readonly body?: string | undefined;
  readonly services?: string | undefined;
  readonly economies?: string | undefined;
}

/** `Station` without its id, which {@link StagedStation} has. */
export interface StationRow {
  readonly systemId: bigint;
  readonly name: string;
  /** v13 only. */
  readonly lookupName: string | null;
  readonly lsFromStar: number;
  readonly maxPadSize: 'S' | 'M' | 'L' | '?';
  readonly blackmarket: Flag;
  readonly market: Flag;
  readonly shipyard: Flag;
  readonly outfitting: Flag;
  readonly rearm: Flag;
  readonly refuel: Flag;
  readonly repair: Flag;
  readonly planetary: Flag;
  readonly typeId: number;
  readonly modifiedS: number;
  /** No column: kept beside it. */
  readonly profile?: StationProfile;
}

export interface StagedMarket {
  readonly observedAtS: number;
  /** As in domain/snapshot.ts, levels -1, no mean prices: ascending item id, no item twice, never empty. */
  readonly rows: Int32Array<ArrayBuffer>;
}

/** A shipyard or an outfitting shop. */
export interface StagedVendor {
  readonly observedAtS: number;
  /** Ship or module ids, ascending, none twice, never empty. */
  readonly ids: Int32Array<ArrayBuffer>;
}

/** The parts of a station that the database needs; null: absent, too old, or known to be there already. */
export interface StagedStation {
  readonly id: bigint;
  readonly row: StationRow | null;
  readonly market: StagedMarket | null;
  readonly shipyard: StagedVendor | null;
  /** v12 only. */
  readonly outfitting: StagedVendor | null;
}

export interface SeenItem {
  readonly id: number;
  readonly name: string;
  /** Spelled as the known categories are. */
  readonly category: string;
  readonly symbol: string | null;
}

export interface SeenShip {
  readonly id: number;
  readonly name: string;
}

/** v12 only. */
export interface SeenUpgrade {
  readonly id: number;
  readonly name: string;
  readonly class: number;
  readonly rating: string;
  readonly ship: string | null;
}

/** What staging needs to know; plain data, so that it crosses to worker threads. */
export interface DumpRules {
  readonly generation: Generation;
  /** Names in `Category`; compared without case. */
  readonly categories: readonly string[];
  /** By item id: an item that is known keeps its category, whatever a dump calls it. */
  readonly itemCategories: ReadonlyMap<number, string>;
  /** Market, shipyard and outfitting blocks observed before this instant are dropped. */
  readonly blocksNotBeforeS: number;
  /**
   * Nobody has observed anything later. A block that says so is dropped; a system or station is taken as one without a
   * time; and what is stored so is older than anything: else it would shut out every later observation.
   */
  readonly notAfterS: number;
}

/** Records for a database. No system and no station is among them twice. */
export interface DumpRecords {
  readonly systems: readonly SystemRow[];
  /** Each has a part at least; its system is known or among these. */
  readonly stations: readonly StagedStation[];
  /**
   * New or changed, or told again by another thread. What the rows refer to is here or came earlier.
   */
  readonly items: readonly SeenItem[];
  readonly ships: readonly SeenShip[];
  readonly upgrades: readonly SeenUpgrade[];
}

/** What a piece of a dump says that the database does not know yet. */
export interface DumpBatch extends DumpRecords {
  /** In the dump's text, known ones included. */
  readonly systemsRead: number;
  readonly stationsRead: number;
  readonly problems: ProblemCounts;
  readonly blocks: BlockCounts;
}
