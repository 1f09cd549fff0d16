/** Tidies a database: rebuilds what has holes, renews the statistics of the query planner. */
export interface Tidier {
  /**
   * Whether it can work, as far as it depends on the set-up: a database that is away is no fault of that.
   * @throws AppError that says what an operator has to change; the abort reason
   */
  readonly probe: (signal: AbortSignal) => Promise<void>;
  /** Ends what it has started before it throws. @throws AppError, StoreError; the abort reason */
  readonly optimize: (signal: AbortSignal) => Promise<void>;
}
