import { nameKey } from '../../../domain/names.ts';
import type { Commodity } from '../../../domain/market/catalogue.ts';
import { CATEGORIES, lookupName } from '../../../domain/generation.ts';
import { StoreError } from '../../../domain/errors.ts';
import type { RareCommodity, ReferenceTables } from '../../../domain/ports/store/galaxy-store.ts';
import type { Log } from '../../../domain/ports/log.ts';
import { type CategoryIds } from './seed-items.ts';

/** What an import makes of EDCD's tables; the same in every database. */

export interface CategoryRow {
  readonly id: number;
  readonly name: string;
}

/**
 * The categories that an import adds: the canonical ones of an empty table, and {@link newCategories}.
 *
 * @throws StoreError `refused` when 1-16 are others than Trade Dangerous': every item would be in a wrong one
 */
export function missingCategories(
  stored: readonly CategoryRow[],
  { commodities, rares }: Pick<ReferenceTables, 'commodities' | 'rares'>,
): CategoryRow[] {
  const canonical = CATEGORIES.map((name, i) => ({ id: i + 1, name }));
  const present = stored.length === 0 ? canonical : stored;
  const names = new Map(present.map(({ id, name }) => [id, name]));
  for (const { id, name } of canonical) {
    if (nameKey(names.get(id) ?? '') === nameKey(name)) continue;
    throw new StoreError('refused', `category ${id} is ${names.get(id) ?? 'missing'} instead of ${name}`, {
      advice: 'have Trade Dangerous rebuild the database, or name an empty one; nothing was changed',
    });
  }
  return [
    ...(stored.length === 0 ? canonical : []),
    ...newCategories(present, [...(commodities ?? []), ...(rares ?? [])]),
  ];
}

/** The categories of goods that a table lacks, numbered on by lower-case name. @param stored not empty */
export function newCategories(
  stored: readonly CategoryRow[],
  goods: readonly Pick<Commodity, 'category'>[],
): CategoryRow[] {
  const known = new Set(stored.map(({ name }) => nameKey(name)));
  const added = new Map<string, string>();
  for (const { category } of goods) {
    const key = nameKey(category);
    if (!known.has(key) && !added.has(key)) added.set(key, category.trim());
  }
  const lastId = Math.max(...stored.map(({ id }) => id));
  return [...added].sort(([a], [b]) => compare(a, b)).map(([, name], i) => ({ id: lastId + 1 + i, name }));
}

/** The categories of EDCD's commodities, by id. */
export function categoriesOf({
  commodities,
  rares,
}: Pick<ReferenceTables, 'commodities' | 'rares'>): (readonly [id: number, category: string])[] {
  return [...(rares ?? []), ...(commodities ?? [])].map(({ id, category }) => [id, category.trim()]);
}

/** Nobody asked for them, and they stay. */
export function warnOfNewCategories(log: Log | undefined, names: readonly string[]): void {
  for (const category of names) log?.warn({ category }, `new category "${category}": added to the database`);
}

export interface OrderedItem {
  readonly id: number;
  readonly name: string;
  readonly categoryId: number;
  readonly uiOrder: number;
}

/** Numbers the items 1..n in each category by lower-case name, name and id. @returns new numbers, where they differ */
export function renumbered(
  items: readonly OrderedItem[],
): { readonly id: number; readonly uiOrder: number }[] {
  return [...Map.groupBy(items, ({ categoryId }) => categoryId).values()].flatMap((group) =>
    group
      .toSorted(
        (a, b) =>
          compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(a.name, b.name) || a.id - b.id,
      )
      .map(({ id, uiOrder: before }, i) => ({ id, uiOrder: i + 1, before }))
      .filter(({ uiOrder, before }) => uiOrder !== before),
  );
}

/** A row of `RareItem` (v12); cost and allocation null, flags '?'. Ids are EDCD's: they stay from import to import. */
export interface RareRow {
  readonly id: number;
  readonly stationId: bigint;
  readonly categoryId: number;
  readonly name: string;
}

/** Ascending id; without those of unknown stations or categories, and without a second one of a name. */
export function rareRows(
  rares: readonly RareCommodity[],
  categories: CategoryIds,
  isStation: (id: bigint) => boolean,
): RareRow[] {
  const rows = new Map<string, RareRow>();
  for (const { id, marketId, category, name } of rares.toSorted((a, b) => a.id - b.id)) {
    const categoryId = categories.get(nameKey(category));
    const key = nameKey(name);
    if (categoryId === undefined || rows.has(key) || !isStation(marketId)) continue;
    rows.set(key, { id, stationId: marketId, categoryId, name });
  }
  return [...rows.values()];
}

export interface RareItem {
  readonly id: number;
  readonly name: string;
  readonly categoryId: number;
  /** `Item.rare_station_id`. */
  readonly stationId: bigint | null;
}

/** Sold in many places, although EDCD lists it as a rare of one. */
const NOT_RARE = lookupName('Festive Gifts');

/** Where each item is a rare of (v13): found by name and category. @returns items for which that changes */
export function rareStations(
  items: readonly RareItem[],
  rares: readonly RareRow[],
): { readonly id: number; readonly stationId: bigint | null }[] {
  const key = (row: { readonly name: string; readonly categoryId: number }) =>
    `${row.categoryId} ${lookupName(row.name)}`;
  const stations = new Map(
    rares.filter(({ name }) => lookupName(name) !== NOT_RARE).map((rare) => [key(rare), rare.stationId]),
  );
  return items
    .map((item) => ({ id: item.id, before: item.stationId, stationId: stations.get(key(item)) ?? null }))
    .filter(({ before, stationId }) => before !== stationId);
}

/** By code points: the same order whatever the machine's locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
