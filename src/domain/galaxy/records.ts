import type { Facts } from './facts.ts';

/** What a message of the feed says of the galaxy. Every one can be merged with others of the same thing, in any order. */
export type GalaxyRecord = SystemRecord | StationRecord | VendorRecord | MarketRecord;

export interface SystemRecord {
  readonly kind: 'system';
  /** id64, exact. */
  readonly id: bigint;
  readonly name: string;
  /** Light years from Sol. */
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly observedAtS: number;
}

export interface StationRecord {
  readonly kind: 'station';
  readonly id: number;
  readonly facts: Facts;
}

/** Everything a shipyard or an outfitter sells. */
export interface VendorRecord {
  readonly kind: 'vendor';
  readonly id: number;
  readonly wares: 'ships' | 'modules';
  readonly observedAtS: number;
  /** Symbols in lower case, or numbers of Frontier's; ascending, none twice, never empty, with commas between. */
  readonly goods: string;
}

/** Who told of a market, and how often it was told. */
export interface MarketRecord {
  readonly kind: 'market';
  readonly id: number;
  /** The sender of the newest observation. */
  readonly software: string;
  readonly observedAtS: number;
  readonly updates: number;
}
