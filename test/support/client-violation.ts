/** Something that a real Trade Dangerous client would not load as it is meant. */
export interface Violation {
  readonly file: string;
  /** null: the whole file. */
  readonly line: number | null;
  readonly problem: string;
  /**
   * What a client does: `file refused`: nothing of the file is loaded, or the client does not start; `batch rolled
   * back`: with this row up to 256,000 others are lost; `row skipped`; `market damaged`: rows of a market are lost or
   * mixed with those of another time.
   */
  readonly effect: 'file refused' | 'batch rolled back' | 'row skipped' | 'market damaged';
}
