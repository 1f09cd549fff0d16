import type { Snapshot, UnresolvedSnapshot } from '../../market/snapshot.ts';

/**
 * `pending` = accepted, not yet in the database; `parked` = its system is unknown or no catalogue existed.
 */
export type SpoolState = 'pending' | 'parked';

export interface SpoolCounts {
  readonly pending: number;
  readonly parked: number;
  readonly clears: number;
}

export type SpoolEntry = Snapshot | UnresolvedSnapshot;

/** A market's position in the spool, for an index in memory. */
export interface SpoolKey {
  readonly marketId: number;
  readonly observedAtS: number;
  readonly state: SpoolState;
}

/**
 * The durable waiting room: newest snapshot per market that is not in the database. What `put` resolved for survives
 * `kill -9`. Not the place for a market's history.
 */
export interface Spool {
  open(): Promise<SpoolCounts>;

  /**
   * Keeps snapshots; a market's older entry (whatever its state) is replaced, a newer one stays. At most `parkedMax`
   * parked ones, of so many bytes, are kept; the oldest observations go first.
   * @returns the markets whose parked entries were dropped to stay within the limit
   */
  put(state: SpoolState, entries: readonly SpoolEntry[]): Promise<number[]>;

  /** Forgets markets whose entry is not newer than the given observation. */
  remove(settled: readonly { marketId: number; observedAtS: number }[]): Promise<void>;

  /** Every key, without the rows. */
  keys(): Promise<SpoolKey[]>;

  /** The entries of these markets that exist, any state. */
  take(marketIds: readonly number[]): Promise<SpoolEntry[]>;

  /** Distinct system names of parked, resolved entries. */
  parkedSystems(): Promise<string[]>;

  /** Market ids parked for these systems (compared case-insensitively). */
  parkedIn(systemNames: readonly string[]): Promise<number[]>;

  /** Markets parked because no catalogue existed, and how large each is. */
  parkedUnresolved(): Promise<{ readonly marketId: number; readonly bytes: number }[]>;

  /** Remembers when markets were cleared, so an older snapshot does not bring rows back. */
  noteClears(clears: readonly { marketId: number; clearedAtS: number }[]): Promise<void>;

  /** Forgets clears that a newer write superseded. */
  dropClears(marketIds: readonly number[]): Promise<void>;

  /** All remembered clears; those before `sinceS` are deleted first. */
  clears(sinceS: number): Promise<Map<number, number>>;

  close(): Promise<void>;
}

/** Tells the two kinds of entry apart. */
export function isUnresolved(entry: SpoolEntry): entry is UnresolvedSnapshot {
  return 'message' in entry;
}
