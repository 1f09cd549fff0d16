/** Something small of our own that is read and written whole. */
export interface Aggregate {
  /** What it is: `tour`. */
  readonly kind: string;
  readonly id: string;
  /** Counts from 1; every writing is the next one. */
  readonly version: number;
  readonly json: string;
}

/**
 * Our own small state, kept in the database: every daemon on it sees it. Every method may be called first, and rejects
 * with a StoreError when the database does not answer.
 */
export interface AggregateStore {
  /** In the order of their ids; empty where there is no table of them. Makes nothing. */
  aggregates(kind: string): Promise<Aggregate[]>;

  /**
   * Makes the tables of our own where there are none.
   * @returns false: what is there is not the version before this one, and stays
   * @throws StoreError `refused` where tables of our own are turned off
   */
  putAggregate(aggregate: Aggregate): Promise<boolean>;

  removeAggregate(kind: string, id: string): Promise<void>;
}
