/** A fault planted on purpose, and the tests that have to notice. */
export interface Mutation {
  /** What the design promises (docs/architecture.md) and the fault breaks. */
  readonly guarantee: string;
  readonly fault: string;
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Cheapest first; the rest is not run once one has noticed. */
  readonly tests: readonly string[];
}
