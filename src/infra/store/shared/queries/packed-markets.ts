import type { MarketRecord, MarketRow } from '../../../../domain/ports/store/queries.ts';

/** Cells of a row, in this order; all are 32-bit integers in the tables. */
const CELLS = [
  'itemId',
  'supplyPrice',
  'supplyUnits',
  'supplyLevel',
  'demandPrice',
  'demandUnits',
  'demandLevel',
] as const satisfies readonly (keyof MarketRow)[];

/** Markets as they cross threads: hundreds of small objects would take as long to copy as to read. */
export interface PackedMarkets {
  readonly markets: readonly { readonly market: Omit<MarketRecord, 'rows'>; readonly rows: number }[];
  /** Of all rows, one after the other. */
  readonly cells: Int32Array<ArrayBuffer>;
}

export function packMarkets(records: readonly MarketRecord[]): PackedMarkets {
  const cells = new Int32Array(records.reduce((sum, { rows }) => sum + rows.length, 0) * CELLS.length);
  let at = 0;
  const markets = records.map(({ station, atS, rows }) => {
    for (const row of rows) for (const cell of CELLS) cells[at++] = row[cell];
    return { market: { station, atS }, rows: rows.length };
  });
  return { markets, cells };
}

export function unpackMarkets({ markets, cells }: PackedMarkets): MarketRecord[] {
  let at = 0;
  const next = () => cells[at++] ?? 0;
  return markets.map(({ market, rows }) => ({
    ...market,
    rows: Array.from({ length: rows }, () => nextRow(next)),
  }));
}

/** @param next the next of the cells, which are in the order of {@link CELLS} */
export function nextRow(next: () => number): MarketRow {
  return {
    itemId: next(),
    supplyPrice: next(),
    supplyUnits: next(),
    supplyLevel: next(),
    demandPrice: next(),
    demandUnits: next(),
    demandLevel: next(),
  };
}
