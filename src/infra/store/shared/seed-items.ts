import { nameKey } from '../../../domain/names.ts';
import type { Commodity } from '../../../domain/market/catalogue.ts';
import type { WriteOutcome, Written } from '../../../domain/market/outcome.ts';
import { ROW, ROW_WIDTH, type Snapshot } from '../../../domain/market/snapshot.ts';
import type { Log } from '../../../domain/ports/log.ts';

/** A row for the `Item` table. Trade Dangerous keeps Frontier's id in both `item_id` and `fdev_id`. */
export interface ItemSeed {
  readonly itemId: number;
  readonly name: string;
  readonly categoryId: number;
  readonly uiOrder: number;
}

/** By {@link nameKey} of `Category.name`. */
export type CategoryIds = ReadonlyMap<string, number>;

/**
 * The items of a database that has none: every commodity but the rares, numbered within its category by lower-case
 * name, as Trade Dangerous numbers them. Commodities of unknown categories are left out: categories are not invented.
 */
export function seedItems(commodities: readonly Commodity[], categories: CategoryIds): ItemSeed[] {
  const numbers = new Map<number, number>();
  return commodities
    .filter((commodity) => !commodity.rare)
    .map(({ id, name, category }) => ({
      itemId: id,
      name,
      categoryId: categories.get(nameKey(category)),
    }))
    .filter((item): item is typeof item & { categoryId: number } => item.categoryId !== undefined)
    .sort((a, b) => a.categoryId - b.categoryId || compare(a.name, b.name) || a.itemId - b.itemId)
    .map((item) => {
      const uiOrder = (numbers.get(item.categoryId) ?? 0) + 1;
      numbers.set(item.categoryId, uiOrder);
      return { ...item, uiOrder };
    });
}

/** The mean prices that snapshots tell, by item id ascending; of several the newest observation counts. */
export function meanPrices(written: readonly Snapshot[]): (readonly [itemId: number, price: number])[] {
  const means = new Map<number, number>();
  for (const { rows } of written.toSorted((a, b) => a.observedAtS - b.observedAtS)) {
    for (let at = 0; at < rows.length; at += ROW_WIDTH) {
      const price = rows[at + ROW.meanPrice] ?? 0;
      if (price > 0) means.set(rows[at + ROW.itemId] ?? 0, price);
    }
  }
  return [...means].sort(([a], [b]) => a - b);
}

/** No row of a snapshot had to be left out. */
export const NONE_LEFT_OUT: ReadonlyMap<number, string> = new Map();

/** What is needed to add an item that a market lists; or why it cannot be, yet. */
export function findItem(
  itemId: number,
  catalogue: ReadonlyMap<number, Commodity>,
  categories: CategoryIds,
): { readonly name: string; readonly categoryId: number } | string {
  const commodity = catalogue.get(itemId);
  if (commodity === undefined) return `unknown item ${itemId}`;
  const categoryId = categories.get(nameKey(commodity.category));
  return categoryId === undefined
    ? `unknown category ${commodity.category}`
    : { name: commodity.name, categoryId };
}

/**
 * A snapshot without the rows of some items; the same one where there are none.
 * @returns why it cannot be written when no row is left: that would say that the market is empty
 */
export function withoutItems(snapshot: Snapshot, leftOut: ReadonlyMap<number, string>): Snapshot | string {
  if (leftOut.size === 0) return snapshot;
  const kept: number[] = [];
  let reason = '';
  for (let at = 0; at < snapshot.rows.length; at += ROW_WIDTH) {
    const why = leftOut.get(snapshot.rows[at + ROW.itemId] ?? 0);
    if (why === undefined) kept.push(...snapshot.rows.subarray(at, at + ROW_WIDTH));
    else reason = why;
  }
  if (kept.length === snapshot.rows.length) return snapshot;
  return kept.length === 0 ? reason : { ...snapshot, rows: Int32Array.from(kept) };
}

/** For the outcome of a snapshot that lost rows. */
export function leftOutOf(leftOut: ReadonlyMap<number, string>): Pick<Written, 'leftOut'> {
  return leftOut.size === 0 ? {} : { leftOut: [...new Set(leftOut.values())] };
}

/** Tells of rows that could not be written: each reason once. */
export function createLeftOutLog(log: Log | undefined): (outcomes: readonly WriteOutcome[]) => void {
  const told = new Set<string>();
  return (outcomes) => {
    for (const reason of outcomes.flatMap((outcome) => ('leftOut' in outcome ? outcome.leftOut : []))) {
      if (told.has(reason)) continue;
      told.add(reason);
      log?.warn({ reason }, `${reason}: its rows are left out, the others of a market are written`);
    }
  };
}

/** By code points of the lower-case name: the same order whatever the machine's locale. */
function compare(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : Number(x > y);
}
