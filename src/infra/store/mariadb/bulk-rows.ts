import type { Link } from './connection.ts';
import { rowFault, RowsNotTakenError } from './errors.ts';
import { statements } from './sql.ts';

/** How rows that are not there yet get into a table. */
export interface BulkSetup {
  readonly maxStatementBytes: number;
  /** With LOAD DATA LOCAL, which takes a third less time than INSERT (measured). */
  readonly viaInfile: boolean;
}

/** Some 1,500 rows. */
const STATEMENT_BYTES = 100_000;

/**
 * @param rows values in the order of the columns, in brackets: numbers, or text without special characters
 * @throws RowsNotTakenError: by another way more is learnt; the server's error
 */
export async function insertRows(
  link: Link,
  table: string,
  columns: readonly string[],
  rows: readonly string[],
  { maxStatementBytes, viaInfile }: BulkSetup,
): Promise<void> {
  if (rows.length === 0) return;
  if (viaInfile) return load(link, table, columns, rows);
  const head = `INSERT INTO ${table} (${columns.join()}) VALUES `;
  for (const sql of statements(head, rows, '', Math.min(maxStatementBytes, STATEMENT_BYTES))) {
    await link.run(sql);
  }
}

async function load(
  link: Link,
  table: string,
  columns: readonly string[],
  rows: readonly string[],
): Promise<void> {
  const sql = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table} CHARACTER SET utf8mb4
    FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\\''
    LINES STARTING BY '(' TERMINATED BY ')' (${columns.join()})`;
  let cause: unknown;
  try {
    if (await link.load(sql, rows)) return;
  } catch (error) {
    const fault = rowFault(error);
    if (fault !== 'failed' && fault !== 'invalid') throw error;
    cause = error;
  }
  throw new RowsNotTakenError(`${table} did not take all rows`, { cause });
}
