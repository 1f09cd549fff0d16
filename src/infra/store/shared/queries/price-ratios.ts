import { hasOwnTable } from './own-table.ts';
import type { Cell, QueryReader } from './reader.ts';

/** How the ratio of a station's prices is read with it. */
export interface Ratios {
  /** {@link RATIO_CELLS} of them. */
  readonly columns: string;
  /** To be joined to `Station st`. */
  readonly join: string;
}

export const RATIO_CELLS = 2;

const KEPT: Ratios = {
  columns: 'pr.observed_s, pr.ratio',
  join: 'LEFT JOIN tdl_price pr ON pr.station_id = st.station_id',
};
const NOT_KEPT: Ratios = { columns: 'NULL, NULL', join: '' };

/** Databases that have been seen to keep them. */
const keeping = new WeakSet<QueryReader>();

/** They are kept in a table of our own; one that was seen stays. */
export async function ratiosOf(reader: QueryReader): Promise<Ratios> {
  if (!keeping.has(reader)) {
    if (!(await hasOwnTable(reader, 'tdl_price'))) return NOT_KEPT;
    keeping.add(reader);
  }
  return KEPT;
}

/**
 * @param marketAtS the time of the rows that are there
 * @param cells of {@link Ratios}' columns
 * @returns null: unknown, or of another observation than the rows
 */
export function ratioOf(
  marketAtS: Cell | undefined,
  [observedS = null, ratio = null]: readonly Cell[],
): number | null {
  return ratio === null || observedS === null || Number(observedS) !== Number(marketAtS)
    ? null
    : Number(ratio);
}
