import { ROW, ROW_WIDTH } from './snapshot.ts';

/**
 * Prices of a market, as a multiple of what is usual, within which it is believed. Real markets lie between 0.6 and 1.4;
 * the corrupt ones that are known at 3 and above.
 */
const PLAUSIBLE = { least: 0.5, most: 2 } as const;

/** Fewer goods prove nothing: one odd price would decide. */
const MIN_GOODS = 10;

/** Of a good, so many markets must tell a price before it counts as usual. */
const MIN_PRICES = 20;

/** The usual price of goods, credits a tonne, by item id; 0: too few tell one. */
export type UsualPrices = ReadonlyMap<number, { readonly demand: number; readonly supply: number }>;

/** A row as far as prices go. A price of 0 is none. */
export interface Prices {
  readonly itemId: number;
  readonly demand: number;
  readonly supply: number;
}

/** The galactic medians: a few corrupt markets do not move them. @param rows of some hundred markets */
export function usualPrices(rows: readonly Prices[]): UsualPrices {
  const goods = Map.groupBy(rows, ({ itemId }) => itemId);
  const usual = (told: readonly number[]) => {
    const prices = told.filter((price) => price > 0);
    return prices.length < MIN_PRICES ? 0 : median(prices);
  };
  return new Map(
    Array.from(goods, ([itemId, some]) => [
      itemId,
      { demand: usual(some.map(({ demand }) => demand)), supply: usual(some.map(({ supply }) => supply)) },
    ]),
  );
}

/**
 * The median of price / usual price over the goods of a market.
 * @param rows as {@link ROW}
 * @returns null: too few of its goods have a usual price
 */
export function priceRatio(rows: Int32Array, usual: UsualPrices): number | null {
  const ratios: number[] = [];
  for (let at = 0; at < rows.length; at += ROW_WIDTH) {
    const known = usual.get(rows[at + ROW.itemId] ?? 0);
    if (known === undefined) continue;
    const demand = times(rows[at + ROW.demandPrice] ?? 0, known.demand);
    const supply = times(rows[at + ROW.supplyPrice] ?? 0, known.supply);
    // A good that is bought and sold counts once.
    if (demand + supply > 0)
      ratios.push(demand === 0 || supply === 0 ? demand + supply : (demand + supply) / 2);
  }
  return ratios.length < MIN_GOODS ? null : median(ratios);
}

/** @returns null: unknown */
export function isPlausible(ratio: number | null): boolean | null {
  return ratio === null ? null : ratio >= PLAUSIBLE.least && ratio <= PLAUSIBLE.most;
}

/** A condition: whether a column with a ratio is out of bounds. */
export function isImplausibleSql(column: string): string {
  return `(${column} < ${PLAUSIBLE.least} OR ${column} > ${PLAUSIBLE.most})`;
}

/** 0: one of both is not known. */
function times(price: number, usual: number): number {
  return usual === 0 ? 0 : price / usual;
}

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
