import type { Commodity } from '../../domain/market/catalogue.ts';

/** A row for the `Item` table. Trade Dangerous keeps Frontier's id in both `item_id` and `fdev_id`. */
export interface ItemSeed {
  readonly itemId: number;
  readonly name: string;
  readonly categoryId: number;
  readonly uiOrder: number;
}

/** `Category.name` is compared without case. */
export type CategoryIds = ReadonlyMap<string, number>;

export function categoryKey(name: string): string {
  return name.trim().toLowerCase();
}

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
      categoryId: categories.get(categoryKey(category)),
    }))
    .filter((item): item is typeof item & { categoryId: number } => item.categoryId !== undefined)
    .sort((a, b) => a.categoryId - b.categoryId || compare(a.name, b.name) || a.itemId - b.itemId)
    .map((item) => {
      const uiOrder = (numbers.get(item.categoryId) ?? 0) + 1;
      numbers.set(item.categoryId, uiOrder);
      return { ...item, uiOrder };
    });
}

/** By code points of the lower-case name: the same order whatever the machine's locale. */
function compare(a: string, b: string): number {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()];
  return x < y ? -1 : Number(x > y);
}
