import type { ChangeReader } from './changes.ts';
import type { Pad } from '../../galaxy/stations/pads.ts';
import type { HopGood } from '../../galaxy/hops.ts';
import type { MapFilter, MarketMap } from '../../galaxy/map.ts';
import type { Quote } from '../../galaxy/quotes.ts';
import type {
  AgeCounts,
  Ages,
  FreshnessFilter,
  PageRequest,
  PriceSpread,
  TradeFilter,
} from '../../galaxy/search.ts';
import type { StationFilter } from '../../galaxy/stations/station-filter.ts';
import type { StationGroup } from '../../galaxy/stations/station-types.ts';
import type { Cursor } from '../../galaxy/best.ts';

/** Null everywhere: unknown. Times are epoch seconds, distances light years. */
export interface SystemRecord {
  /** id64. */
  readonly id: bigint;
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly updatedAtS: number | null;
}

export interface StationRecord {
  /** The market id. */
  readonly id: number;
  readonly name: string;
  readonly system: SystemRecord;
  readonly type: string | null;
  /** As the game's journal calls it. */
  readonly journalType: string | null;
  readonly group: StationGroup | null;
  readonly lsFromStar: number | null;
  readonly maxPad: Pad | null;
  readonly isPlanetary: boolean | null;
  readonly services: Readonly<Record<StationService, boolean | null>>;
  readonly updatedAtS: number | null;
  /** Newest observation of its market; null: never seen, or none. */
  readonly marketAtS: number | null;
  /** How far its prices are from what is usual: domain/market/plausibility.ts. */
  readonly priceRatio: number | null;
}

/** What feed and dumps told of a station that Trade Dangerous has no place for. */
export interface Profile {
  /** Which it is at. */
  readonly body: string | null;
  /** As the game's journal names them, in small letters, the greatest share first; none: unknown. */
  readonly economies: readonly string[];
}

/** What Trade Dangerous keeps of a station's services. */
export const STATION_SERVICES = [
  'market',
  'shipyard',
  'outfitting',
  'blackmarket',
  'rearm',
  'refuel',
  'repair',
] as const;
export type StationService = (typeof STATION_SERVICES)[number];

/** As the searches ask for them: a bit each. */
export function serviceBits(services: readonly StationService[]): number {
  return services.reduce((bits, service) => bits | (1 << STATION_SERVICES.indexOf(service)), 0);
}

/** A row of a market. */
export interface MarketRow extends Quote {
  readonly itemId: number;
}

export interface MarketRecord {
  readonly station: StationRecord;
  /** Observation of the whole market; null: never seen. */
  readonly atS: number | null;
  readonly rows: readonly MarketRow[];
}

/** A market as numbers, for those who read many. */
export interface SeenMarket {
  readonly marketId: number;
  /** Null: it has no rows. */
  readonly observedAtS: number | null;
  readonly isCarrier: boolean;
  /** As in a `Snapshot`, without mean prices. */
  readonly rows: Int32Array;
}

export interface ItemRecord {
  readonly id: number;
  readonly name: string;
  readonly category: string;
  /** As the game tells it; null: unknown. */
  readonly meanPrice: number | null;
}

/** One offer. `distanceLy` is null where no place was named. */
export interface TradeRecord {
  readonly station: StationRecord;
  readonly quote: Quote;
  readonly distanceLy: number | null;
}

/** The best offer on one side of a good. */
export interface BestOffer {
  readonly station: StationRecord;
  readonly price: number;
  readonly units: number;
}

/** The cheapest seller and the best paying buyer of a good. */
export interface SpreadRecord {
  readonly itemId: number;
  readonly ask: BestOffer;
  readonly bid: BestOffer;
  /** Credits a tonne; below 0 where nobody pays what it costs. */
  readonly spread: number;
}

/** Where goods of one market can be sold. */
export interface HopRecord {
  readonly station: StationRecord;
  readonly distanceLy: number;
  readonly jumps: number;
  /** From docked to docked, by the time model. */
  readonly seconds: number;
  /** The most profitable first, at least one. */
  readonly goods: readonly HopGood[];
}

export interface HopRequest {
  /** The market where is bought. */
  readonly fromId: number;
  /** Only to this market; else to all that fit the filter within its reach. */
  readonly toId?: number;
  readonly filter: StationFilter & Ages;
  /** With the cargo aboard. */
  readonly jumpRangeLy: number;
  /** What must be in stock, and wanted. */
  readonly minUnits: number;
  readonly minProfit: number;
  readonly sort: 'profit' | 'hour' | 'distance';
}

/** `total`: destinations with a good that fits. */
export interface HopPage extends Page<HopRecord> {
  readonly from: MarketRecord;
  /** Markets that were looked at: the nearest ones, where there are too many. */
  readonly considered: number;
  readonly candidates: number;
}

export interface FoundStation {
  readonly station: StationRecord;
  readonly distanceLy: number | null;
}

interface FoundMarket extends FoundStation {
  /** Others of its system that fit. */
  readonly moreInSystem: number;
}

interface FoundSystem {
  readonly system: SystemRecord;
  readonly distanceLy: number;
}

export interface Page<T> {
  readonly entries: readonly T[];
  /** Of all pages together. */
  readonly total: number;
  readonly next: Cursor | null;
}

/** Where a page of names ended; the id, as text, tells those of one name apart. */
export interface NameCursor {
  readonly name: string;
  readonly id: string;
}

/** Names of one beginning, in their order. */
export interface NamePage<T> {
  readonly entries: readonly T[];
  /** Null: that was all. */
  readonly next: NameCursor | null;
}

/** Prices of one side of a good, credits a tonne; units in tonnes. */
export interface PriceTotals {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly markets: number;
  readonly units: number;
}

/** Prices of a good over all markets but fleet carriers. Null: nobody trades it on that side. */
export interface PriceReport {
  readonly itemId: number;
  readonly supply: PriceTotals | null;
  readonly demand: PriceTotals | null;
}

/** How much there is. */
export interface Census {
  readonly systems: number;
  /** By the journal's name of the type; null: unknown. */
  readonly stationTypes: readonly { readonly journalType: string | null; readonly stations: number }[];
  readonly marketSystems: number;
  readonly stationMarkets: number;
  readonly carrierMarkets: number;
  readonly rows: number;
  readonly goods: number;
  /** Of markets, and of their rows. */
  readonly seenAfterS: { readonly markets: number; readonly rows: number };
}

/** Stations but fleet carriers by an economy; null: unknown, or none. */
export interface EconomyCensus {
  readonly primary: readonly (readonly [economy: string | null, stations: number])[];
  readonly secondary: readonly (readonly [economy: string | null, stations: number])[];
  readonly carriers: number;
}

/** What the reading side knows of itself. */
export interface QueryStatus {
  readonly systems: number;
  readonly stations: number;
  readonly markets: number;
  /** Goods whose prices are in memory. */
  readonly goods: number;
  readonly bytes: number;
}

/**
 * Questions about the database. They run beside the writing and never disturb it: on connections of their own that only
 * read, in a thread of their own, with positions, types and times of all markets in memory. Nothing is loaded before
 * the first question.
 *
 * Every method rejects with a StoreError when the database cannot answer.
 */
export interface Queries extends ChangeReader {
  systemsNamed(name: string): Promise<readonly SystemRecord[]>;
  systemById(id: bigint): Promise<SystemRecord | null>;
  systemsByPrefix(prefix: string, limit: number, after: NameCursor | null): Promise<NamePage<SystemRecord>>;
  systemsNear(
    near: { readonly x: number; readonly y: number; readonly z: number; readonly withinLy: number },
    page: PageRequest,
  ): Promise<Page<FoundSystem>>;

  stationsByPrefix(prefix: string, limit: number, after: NameCursor | null): Promise<NamePage<StationRecord>>;
  stations(filter: StationFilter, page: PageRequest): Promise<Page<FoundStation>>;
  /**
   * Those that feed or dump told to have a service, as it was some minutes ago.
   * @param service as the game's journal names it, in small letters
   */
  stationsOffering(service: string, filter: StationFilter, page: PageRequest): Promise<Page<FoundStation>>;

  /** Stations and markets in the order asked for; what does not exist is left out. */
  markets(ids: readonly number[]): Promise<readonly MarketRecord[]>;
  /** Ids of markets that have rows, ascending, from after this one on. */
  marketIdsAfter(id: number, limit: number): Promise<readonly number[]>;
  /** What stations have in their markets; a station that does not exist has nothing. */
  seenMarkets(ids: readonly number[]): Promise<readonly SeenMarket[]>;

  /** By the station's id; of whom nobody has told is left out. */
  profiles(stationIds: readonly number[]): Promise<ReadonlyMap<number, Profile>>;

  items(): Promise<readonly ItemRecord[]>;
  /** Both sides of a good's prices over the markets that fit. */
  prices(
    itemId: number,
    filter: StationFilter & Ages & { readonly minUnits?: number },
  ): Promise<{ readonly supply: PriceSpread | null; readonly demand: PriceSpread | null }>;
  trades(itemId: number, filter: TradeFilter, page: PageRequest): Promise<Page<TradeRecord>>;
  /** Null: no such market. */
  hops(request: HopRequest, page: PageRequest): Promise<HopPage | null>;
  /** Of all goods that are sold and bought, the widest first. */
  spreads(filter: StationFilter & Ages & { readonly minUnits: number }): Promise<readonly SpreadRecord[]>;
  freshness(filter: FreshnessFilter, page: PageRequest): Promise<Page<FoundMarket>>;
  /** @param boundsS epoch seconds, newest first */
  ages(filter: StationFilter, boundsS: readonly number[]): Promise<AgeCounts>;
  /** Every market that fits, as a point. */
  map(filter: MapFilter): Promise<MarketMap>;

  /** These markets have been written: what is in memory of them is read again. Never waits, never fails. */
  changed(marketIds: readonly number[]): void;
  /** Everything may have changed. */
  changedAll(): void;
  /** Of all goods; made anew every few minutes, for it reads every row. */
  priceReports(): Promise<readonly PriceReport[]>;
  /** Counted anew every few minutes. */
  economies(): Promise<EconomyCensus>;
  /** Counted anew every few minutes. @param seenAfterS epoch seconds after which markets count as seen lately */
  census(seenAfterS: number): Promise<Census>;
  status(): Promise<QueryStatus | null>;
  /**
   * How far what is read may be behind what is written at most, seconds; null: unknown.
   * @returns null: it is read where it is written
   */
  replicaLag(): Promise<{ readonly lagS: number | null } | null>;
  close(): Promise<void>;
}
