/** What became of one snapshot handed to a store: the only answers there are. */
export type WriteOutcome =
  | Written
  /** The stored rows are newer: nothing was written. */
  | { readonly status: 'stale'; readonly storedAtS: number }
  /** Another writer holds the station (advisory lock, deadlock, lock wait): try again later. */
  | { readonly status: 'contended'; readonly reason: string }
  /** The system's name is in no table yet, or in several rows: keep the snapshot until it is known. */
  | { readonly status: 'unknownSystem' }
  /** It gives a known station another name and another system: kept until another message or a dump says so, too. */
  | { readonly status: 'unconfirmed' }
  /** Can never be written. */
  | { readonly status: 'invalid'; readonly reason: string }
  /** The database refused this station for a reason that may pass. */
  | { readonly status: 'failed'; readonly reason: string };

export interface Written {
  readonly status: 'written';
  /** Rows now stored; 0 = the market was cleared. */
  readonly rows: number;
  /** The station was not known before, has moved to another system, or is unknown still: its clear is remembered. */
  readonly station: 'known' | 'created' | 'moved' | 'unknown';
  /** Why rows of it could not be written, each reason once; absent: all were. */
  readonly leftOut?: readonly string[];
}

/** Why an empty list is refused when its station name does not match the stored one. */
export const MARKET_NAME_DISAGREES = 'market id and name disagree';
