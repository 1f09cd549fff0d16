export type Cell = string | number | null;

/** A connection that only reads, in the words both databases have. */
export interface QueryReader {
  rows(sql: string): Promise<readonly Cell[][]>;
  /** The same of some ids, which come in the place of `?`. */
  rowsOf(sql: string, ids: readonly (number | bigint)[]): Promise<readonly Cell[][]>;
  /** Row by row, for answers too long to be held. */
  each(sql: string, take: (row: readonly Cell[]) => void): Promise<void>;
  readonly dialect: Dialect;
}

/** Where SQLite and MariaDB write the same thing differently. */
export interface Dialect {
  /** A DATETIME as whole epoch seconds. */
  readonly epochOf: (column: string) => string;
  /** A 64-bit integer, exact: as text. */
  readonly exact: (column: string) => string;
  /** A coordinate with all its digits. */
  readonly coordinate: (column: string) => string;
  /** Asks whether there is a table: a row, or none. */
  readonly tableNamed: (name: string) => string;
  /** A string literal. */
  readonly text: (value: string) => string;
}
