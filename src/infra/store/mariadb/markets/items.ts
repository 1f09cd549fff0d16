import { nameKey } from '../../../../domain/names.ts';
import type { Commodity } from '../../../../domain/market/catalogue.ts';
import { ROW, ROW_WIDTH, type Snapshot } from '../../../../domain/market/snapshot.ts';
import { newCategories, type CategoryRow } from '../../shared/reference-tables.ts';
import { findItem, meanPrices, NONE_LEFT_OUT, seedItems } from '../../shared/seed-items.ts';
import type { Link } from '../connection.ts';
import { seedCategories } from '../database.ts';
import { IMPORT_LOCK } from './locks.ts';
import { statements, text } from '../sql.ts';

/** Item id -> mean price, null = none told yet. */
export type Items = ReadonlyMap<number, number | null>;

export async function readItems(link: Link): Promise<Items> {
  const rows = await link.rows('SELECT item_id, avg_price FROM Item');
  return new Map(rows.map(([id, price]) => [Number(id), price as number | null]));
}

/** Some 10 KB: fits into the packets of any server. */
const MEANS_PER_STATEMENT = 200;

/**
 * Seeds `Category`, and `Item` when it is empty.
 * @returns categories that are new beside others
 */
export async function seedCatalogue(
  link: Link,
  commodities: readonly Commodity[],
  maxBytes: number,
): Promise<string[]> {
  await seedCategories(link);
  const added = newCategories(await categoryRows(link), commodities);
  for (const sql of insertCategories(added, maxBytes)) await link.run(sql);
  const [[filled] = []] = await link.rows('SELECT EXISTS (SELECT 1 FROM Item)');
  if (Number(filled) === 0) {
    const items = seedItems(commodities, await readCategories(link)).map((item) =>
      itemValues(item.itemId, item.name, item.categoryId, item.uiOrder),
    );
    for (const sql of insertItems(items, maxBytes)) await link.run(sql);
  }
  return added.map(({ name }) => name);
}

export interface Admission {
  /** What keeps items out that can neither be found nor added, by id. */
  readonly leftOut: ReadonlyMap<number, string>;
  /** Values of the items to add, ascending id. */
  readonly additions: readonly string[];
}

/** Looks whether every item of the snapshots exists or may be added. */
export async function admit(
  link: Link,
  snapshots: readonly Snapshot[],
  items: Items,
  catalogue: ReadonlyMap<number, Commodity>,
): Promise<Admission> {
  const missing = new Set(snapshots.flatMap((snapshot) => itemIds(snapshot).filter((id) => !items.has(id))));
  if (missing.size === 0) return { leftOut: NONE_LEFT_OUT, additions: [] };

  const categories = await readCategories(link);
  const leftOut = new Map<number, string>();
  const additions: string[] = [];
  for (const id of [...missing].sort((a, b) => a - b)) {
    const found = findItem(id, catalogue, categories);
    if (typeof found === 'string') leftOut.set(id, found);
    else additions.push(itemValues(id, found.name, found.categoryId, 0));
  }
  return { leftOut, additions };
}

/** Existing items stay as they are, also one that another program adds at this moment. */
export function insertItems(values: readonly string[], maxBytes: number): Iterable<string> {
  const head = 'INSERT INTO Item (item_id, fdev_id, name, category_id, ui_order) VALUES ';
  return statements(head, values, ' ON DUPLICATE KEY UPDATE item_id = Item.item_id', maxBytes);
}

/**
 * Writes the mean prices of written snapshots where they differ; the newest observation tells. One statement of its
 * own, for the rows of `Item` are what every writer's foreign keys look at: held during a whole batch they would stop
 * all the others. Left out while another program imports a dump, as Trade Dangerous' own listener does.
 */
export async function writeMeans(link: Link, written: readonly Snapshot[], items: Items): Promise<void> {
  const changed = meanPrices(written).filter(([id, price]) => items.get(id) !== price);
  if (changed.length === 0) return;
  const [[importer] = []] = await link.rows(`SELECT IS_USED_LOCK(${IMPORT_LOCK}) <> CONNECTION_ID()`);
  if (Number(importer) === 1) return;
  for (let from = 0; from < changed.length; from += MEANS_PER_STATEMENT) {
    const some = changed.slice(from, from + MEANS_PER_STATEMENT);
    await link.run(
      `UPDATE Item SET avg_price = CASE item_id ${some.map(([id, price]) => `WHEN ${id} THEN ${price}`).join(' ')} END
       WHERE item_id IN (${some.map(([id]) => id).join()})`,
    );
  }
}

function itemIds({ rows }: Snapshot): number[] {
  return Array.from({ length: rows.length / ROW_WIDTH }, (_, i) => rows[i * ROW_WIDTH + ROW.itemId] ?? 0);
}

function itemValues(itemId: number, name: string, categoryId: number, uiOrder: number): string {
  return `(${itemId}, ${itemId}, ${text(name)}, ${categoryId}, ${uiOrder})`;
}

/** Ids by {@link nameKey}. */
export async function readCategories(link: Link): Promise<Map<string, number>> {
  return new Map((await categoryRows(link)).map(({ id, name }) => [nameKey(name), id]));
}

/** Ascending id. */
export async function categoryRows(link: Link): Promise<CategoryRow[]> {
  const rows = await link.rows('SELECT category_id, name FROM Category ORDER BY category_id');
  return rows.map(([id, name]) => ({ id: Number(id), name: String(name) }));
}

/** Another program may add the same ones at this moment, under the same ids. */
export function insertCategories(categories: readonly CategoryRow[], maxBytes: number): Iterable<string> {
  const values = categories.map(({ id, name }) => `(${id}, ${text(name)})`);
  const tail = ' ON DUPLICATE KEY UPDATE category_id = Category.category_id';
  return statements('INSERT INTO Category (category_id, name) VALUES ', values, tail, maxBytes);
}
