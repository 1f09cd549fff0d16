export type Cell = string | number | null;

/** A connection that only reads, in the words both databases have. */
export interface QueryReader {
  rows(sql: string): Promise<readonly Cell[][]>;
  /** The same of one id, which comes in the place of `?`. */
  rowsOfOne(sql: string, id: number | bigint): Promise<readonly Cell[][]>;
  /** Row by row, for answers too long to be held. */
  each(sql: string, take: (row: readonly Cell[]) => void): Promise<void>;
  readonly dialect: Dialect;
}

/** Ids of a statement. */
const IDS_AT_ONCE = 500;

/** Rows of some ids, which come in the place of `?`, at most so many at a time: an order is kept among those. */
export async function rowsOf(
  reader: QueryReader,
  sql: string,
  ids: readonly (number | bigint)[],
): Promise<readonly Cell[][]> {
  const [first, second] = ids;
  if (first !== undefined && second === undefined) return reader.rowsOfOne(sql, first);
  const read: (readonly Cell[][])[] = [];
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    read.push(await reader.rows(sql.replace('?', ids.slice(at, at + IDS_AT_ONCE).join())));
  }
  return read.flat();
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
