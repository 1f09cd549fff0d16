import type { Change, ChangeStore } from '../store/changes.ts';
import type { LogPosition } from './push.ts';
import type { Queries, SeenMarket } from '../store/queries.ts';
import type { Quote } from '../../galaxy/quotes.ts';

/** What followed a position of the change log, and the markets it names as they are now. */
export interface HistoryPage {
  readonly after: LogPosition;
  /** At least one, in order. */
  readonly changes: readonly Change[];
  readonly markets: readonly SeenMarket[];
}

/** A day of the history. */
export interface HistoryDay {
  /** Days since the epoch, UTC: the day on which it was written to the database. */
  readonly day: number;
  /** Why it is not whole; null: all that was written on it is there, or will be when it is over. */
  readonly gap: string | null;
  /** It is over, and lies in its files. */
  readonly isClosed: boolean;
  /** Rows: a price or a level of a good at a market. */
  readonly changes: number;
  /** Observations that a later one had replaced before they were read. */
  readonly unseen: number;
  /** Of its files; 0 while the day runs. */
  readonly bytes: number;
}

/** Keeps the history in local files. It has one user at a time. */
export interface HistoryRecorder {
  /** Up to where the log is in the history; null: it has not begun. */
  position(): Promise<LogPosition | null>;
  /** Begins, or goes on after what is not known. @param gap why the days up to now are not whole */
  goOn(position: LogPosition, gap: string, nowS: number): Promise<void>;
  /** All or nothing, survives a kill; a page that is there already is left out. */
  record(page: HistoryPage): Promise<void>;
  /** The log has been read to its end, so days before this moment are over. @returns the oldest that has no file yet */
  reached(nowS: number): Promise<number | null>;
  /** Writes the files of a day that is over. @param names of goods by item id */
  closeDay(day: number, names: ReadonlyMap<number, string>): Promise<HistoryDay>;
  /** Deletes days, with their files. @returns how many */
  removeBefore(day: number): Promise<number>;
  /** Oldest first. */
  days(): Promise<readonly HistoryDay[]>;
  close(): Promise<void>;
}

/** What the historian works with. */
export interface HistorianPorts {
  readonly store: ChangeStore;
  readonly recorder: HistoryRecorder;
  readonly queries: Pick<Queries, 'changesSince' | 'seenMarkets' | 'items' | 'close'>;
  /** How many days are kept, besides the running one. */
  readonly keepDays: number;
}

/** Which days an answer is made of. */
interface HistorySpan {
  /** Oldest first; days of which nothing is kept are not among them. */
  readonly days: readonly HistoryDay[];
}

export interface HistoryRange {
  /** Epoch seconds, both included. */
  readonly fromS: number;
  readonly toS: number;
}

/** A good at a market, from this observation on. */
export interface PricePoint extends Quote {
  readonly itemId: number;
  readonly observedAtS: number;
  /** It was the first that was known of this market: no change. */
  readonly isFirst: boolean;
  /** It was deleted for its age: what it is since then is not known. */
  readonly isForgotten: boolean;
}

/** Prices of a side of a good that were observed in an hour or a day, fleet carriers left out. */
export interface PriceRange {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** A market that was observed twice counts twice. */
  readonly observations: number;
}

export interface PriceBucket {
  readonly fromS: number;
  readonly supply: PriceRange | null;
  readonly demand: PriceRange | null;
}

/** Reads the history; everything is complete, or rejected with an AppError `history`. */
export interface HistoryReader {
  /** By time, then item id. @param itemId null: all goods */
  market(
    marketId: number,
    itemId: number | null,
    range: HistoryRange,
  ): Promise<HistorySpan & { readonly points: readonly PricePoint[] }>;
  /** By time; buckets in which nothing was observed are left out. */
  commodity(
    itemId: number,
    range: HistoryRange,
    bucketS: number,
  ): Promise<HistorySpan & { readonly buckets: readonly PriceBucket[] }>;
  close(): Promise<void>;
}
