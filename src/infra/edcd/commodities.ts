import type { Commodity } from '../../domain/market/catalogue.ts';
import { readCachedFiles, refreshFiles, type TableSet } from './files.ts';
import { readEdcdId, readEdcdTable, type EdcdRow } from './table.ts';

/** The commodity tables of EDCD FDevIDs, `https://github.com/EDCD/FDevIDs`. */
const COMMODITY_TABLES = [
  { name: 'commodity.csv', rare: false },
  { name: 'rare_commodity.csv', rare: true },
] as const;

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
  return {
    cacheDir,
    names: COMMODITY_TABLES.map(({ name }) => name),
    idsOf: (name, text) => new Set(readEdcdTable(name, text, readRow).rows.map(({ id }) => id)),
  };
}

/** Each id once: the first row counts. */
function readTables(texts: readonly string[]): { commodities: Commodity[]; warnings: string[] } {
  const commodities = new Map<number, Commodity>();
  const warnings: string[] = [];
  for (const [i, { name, rare }] of COMMODITY_TABLES.entries()) {
    const { rows, badRows } = readEdcdTable(name, texts[i] ?? '', readRow);
    if (badRows > 0) warnings.push(`${name}: ${badRows} rows could not be read`);
    for (const row of rows) {
      if (!commodities.has(row.id)) commodities.set(row.id, { ...row, rare });
    }
  }
  return { commodities: [...commodities.values()], warnings };
}

function readRow(row: EdcdRow): Omit<Commodity, 'rare'> | null {
  const { symbol, category, name } = row;
  const id = readEdcdId(row.id);
  return id === null || !symbol || !category || !name ? null : { id, symbol, category, name };
}
