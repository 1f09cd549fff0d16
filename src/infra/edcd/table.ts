import { parse } from 'csv-parse/sync';
import { AppError } from '../../domain/errors.ts';
import { MAX_INT32 } from '../../domain/market/snapshot.ts';

/** What is wrong with more is no slip of a pen. */
const MAX_BAD_ROWS = 10;

/** A line of a table: its texts by column name, lower case. */
export type EdcdRow = Readonly<Partial<Record<string, string>>>;

/**
 * The sound rows of a table of EDCD FDevIDs. Columns are found by the header's names; others are passed over.
 *
 * @param read null for a line that cannot be used
 * @throws AppError `edcd` when there is not one sound row (an error page, another table) or more than a few bad ones
 */
export function readEdcdTable<T>(
  name: string,
  text: string,
  read: (row: EdcdRow) => T | null,
): { rows: T[]; badRows: number } {
  let skipped = 0;
  const records = parse<EdcdRow>(text, {
    columns: (header: string[]) => header.map((column) => column.toLowerCase()),
    bom: true,
    trim: true,
    skip_empty_lines: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_records_with_error: true,
    on_skip: () => {
      skipped++;
      return undefined;
    },
  });
  const rows = records.map(read).filter((row) => row !== null);
  if (rows.length === 0) {
    throw new AppError('edcd', `${name} is no table of EDCD FDevIDs: none of its rows has what is needed`, {
      advice: 'what was fetched before stays in use; check edcd_source',
    });
  }
  // A quote that is never closed swallows all lines behind it.
  const badRows = Math.max(records.length + skipped, linesOf(text) - 1) - rows.length;
  if (badRows > MAX_BAD_ROWS) {
    throw new AppError('edcd', `${name} is damaged: ${badRows} of its rows cannot be read`, {
      advice: 'what was fetched before stays in use; check edcd_source',
    });
  }
  return { rows, badRows };
}

/** Without blank ones. */
function linesOf(text: string): number {
  return text.split('\n').filter((line) => line.trim() !== '').length;
}

/** An id of Frontier's that the INT columns hold; null: none. */
export function readEdcdId(text: string | undefined): number | null {
  const id = Number(text);
  return Number.isInteger(id) && id >= 1 && id <= MAX_INT32 ? id : null;
}
