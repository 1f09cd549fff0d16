import { parse } from 'csv-parse/sync';
import type { Commodity } from '../domain/catalogue.ts';
import { AppError } from '../domain/errors.ts';
import { MAX_INT32 } from '../domain/snapshot.ts';
import { readCachedFiles, refreshFiles, type TableSet } from './edcd-files.ts';

/** The commodity tables of EDCD FDevIDs, `https://github.com/EDCD/FDevIDs`. */
const COMMODITY_TABLES = [
  { name: 'commodity.csv', rare: false },
  { name: 'rare_commodity.csv', rare: true },
] as const;

const COLUMNS = ['id', 'symbol', 'category', 'name'] as const;

export interface RefreshedCommodities {
  readonly commodities: Commodity[];
  /** Whether they differ from what the cache held. */
  readonly changed: boolean;
  /** What an operator may want to know although it worked: rows that could not be read, a cache not written. */
  readonly warnings: string[];
}

/** The commodities fetched last; null when there is no sound cache. Never throws. */
export async function readCachedCommodities(cacheDir: string): Promise<Commodity[] | null> {
  const texts = await readCachedFiles(tableSet(cacheDir));
  return texts && readTables(texts).commodities;
}

/**
 * Asks the source for its commodity tables and renews the cache.
 *
 * @param source base URL (asked conditionally) or directory that holds `commodity.csv` and `rare_commodity.csv`
 * @throws AppError, code `edcd`, when a table cannot be had or is none: the cache stays as it is; the signal's reason
 */
export async function refreshCommodities(
  source: string,
  cacheDir: string,
  signal: AbortSignal,
): Promise<RefreshedCommodities> {
  const { texts, changed, cacheProblem } = await refreshFiles(source, tableSet(cacheDir), signal);
  const { commodities, warnings } = readTables(texts);
  return { commodities, changed, warnings: cacheProblem === null ? warnings : [...warnings, cacheProblem] };
}

function tableSet(cacheDir: string): TableSet {
  return { cacheDir, names: COMMODITY_TABLES.map(({ name }) => name), check: readTable };
}

/** Each id once: the first row counts. */
function readTables(texts: readonly string[]): { commodities: Commodity[]; warnings: string[] } {
  const commodities = new Map<number, Commodity>();
  const warnings: string[] = [];
  for (const [i, { name, rare }] of COMMODITY_TABLES.entries()) {
    const { rows, badRows } = readTable(name, texts[i] ?? '');
    if (badRows > 0) warnings.push(`${name}: ${badRows} rows could not be read`);
    for (const { id, ...row } of rows) {
      if (!commodities.has(Number(id))) commodities.set(Number(id), { id: Number(id), ...row, rare });
    }
  }
  return { commodities: [...commodities.values()], warnings };
}

type Row = Record<(typeof COLUMNS)[number], string>;

/**
 * The sound rows of a table. Columns are found by the header's names; others are passed over.
 * @throws AppError when there is not one sound row: an error page, another table
 */
function readTable(name: string, text: string): { rows: Row[]; badRows: number } {
  let skipped = 0;
  const records = parse<Partial<Row>>(text, {
    columns: (header: string[]) => header.map((column) => column.toLowerCase()),
    bom: true,
    trim: true,
    relax_quotes: true,
    relax_column_count: true,
    skip_records_with_error: true,
    on_skip: () => {
      skipped++;
      return undefined;
    },
  });
  const rows = records
    .filter(isSound)
    .map(({ id, symbol, category, name }) => ({ id, symbol, category, name }));
  if (rows.length === 0) {
    throw new AppError('edcd', `${name} is no table of EDCD FDevIDs: no row has ${COLUMNS.join(', ')}`, {
      advice: 'what was fetched before stays in use; check edcd_source',
    });
  }
  return { rows, badRows: records.length - rows.length + skipped };
}

function isSound(row: Partial<Row>): row is Row {
  const id = Number(row.id);
  return COLUMNS.every((column) => row[column]) && Number.isInteger(id) && id >= 1 && id <= MAX_INT32;
}
