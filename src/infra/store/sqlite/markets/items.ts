import { nameKey } from '../../../../domain/names.ts';
import type { DatabaseSync } from 'node:sqlite';
import type { Commodity } from '../../../../domain/market/catalogue.ts';
import { ROW, ROW_WIDTH, type Snapshot } from '../../../../domain/market/snapshot.ts';
import { newCategories, type CategoryRow } from '../../shared/reference-tables.ts';
import { findItem, meanPrices, NONE_LEFT_OUT, seedItems } from '../../shared/seed-items.ts';
import { seedCategories, transact } from '../database.ts';
import { prepareUpsert } from '../galaxy/upsert.ts';

/** The `Item` table as the writer knows it: what exists, what may be added, and the mean prices. */
export interface Items {
  /** Adds the items of the rows that the catalogue knows. @returns what keeps each of the others out, by item id */
  admit(rows: Int32Array): ReadonlyMap<number, string>;
  /** Writes the mean prices that differ, ascending item id; the newest observation tells. */
  writeMeans(written: readonly Snapshot[]): void;
  /** Reads the table anew when next asked: after a rollback, what is in memory may never have been written. */
  forget(): void;
}

export function createItems(db: DatabaseSync, commodities: readonly Commodity[]): Items {
  const catalogue = new Map(commodities.map((commodity) => [commodity.id, commodity]));
  const selectAll = db.prepare('SELECT item_id, avg_price FROM Item');
  const select = db.prepare('SELECT avg_price FROM Item WHERE item_id = ?');
  const insert = prepareInsert(db);
  const updateMean = db.prepare('UPDATE Item SET avg_price = ? WHERE item_id = ?');
  let known: Map<number, unknown> | undefined;

  const prices = () =>
    (known ??= new Map(selectAll.all().map((row) => [Number(row.item_id), row.avg_price])));

  /** Another program may have added it. */
  function exists(itemId: number): boolean {
    if (prices().has(itemId)) return true;
    const row = select.get(itemId);
    if (row !== undefined) prices().set(itemId, row.avg_price);
    return row !== undefined;
  }

  return {
    admit(rows) {
      const missing: number[] = [];
      for (let at = ROW.itemId; at < rows.length; at += ROW_WIDTH) {
        const itemId = rows[at] ?? 0;
        if (!exists(itemId)) missing.push(itemId);
      }
      if (missing.length === 0) return NONE_LEFT_OUT;
      const categories = readCategories(db);
      const leftOut = new Map<number, string>();
      for (const itemId of missing) {
        const found = findItem(itemId, catalogue, categories);
        if (typeof found === 'string') {
          leftOut.set(itemId, found);
        } else {
          insert(itemId, found.name, found.categoryId, 0);
          prices().set(itemId, null);
        }
      }
      return leftOut;
    },

    writeMeans(written) {
      for (const [itemId, price] of meanPrices(written)) {
        // One that does not exist was left out.
        if (!prices().has(itemId) || prices().get(itemId) === price) continue;
        updateMean.run(price, itemId);
        prices().set(itemId, price);
      }
    },

    forget() {
      known = undefined;
    },
  };
}

/**
 * Seeds `Category`, and `Item` when it is empty.
 * @returns categories that are new beside others
 */
export function seedCatalogue(db: DatabaseSync, commodities: readonly Commodity[]): string[] {
  return transact(db, () => {
    seedCategories(db);
    const added = newCategories(categoryRows(db), commodities);
    insertCategories(db, added);
    if (db.prepare('SELECT 1 FROM Item LIMIT 1').get() === undefined) {
      const insert = prepareInsert(db);
      for (const item of seedItems(commodities, readCategories(db))) {
        insert(item.itemId, item.name, item.categoryId, item.uiOrder);
      }
    }
    return added.map(({ name }) => name);
  });
}

function prepareInsert(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO Item (item_id, fdev_id, name, category_id, ui_order) VALUES (?1, ?1, ?2, ?3, ?4)',
  );
  return (itemId: number, name: string, categoryId: number, uiOrder: number) =>
    void insert.run(itemId, name, categoryId, uiOrder);
}

/**
 * Prepares the writing of an item as an import tells it: id, name and category; the rest of its row stays. An item of an
 * unknown category is passed over.
 */
export function prepareItemUpsert(
  db: DatabaseSync,
): (item: Pick<Commodity, 'id' | 'name' | 'category'>) => void {
  const categories = readCategories(db);
  const upsert = prepareUpsert(db, 'Item', 'item_id', ['fdev_id', 'name', 'category_id']);
  return ({ id, name, category }) => {
    const categoryId = categories.get(nameKey(category));
    if (categoryId !== undefined) upsert(id, id, name, categoryId);
  };
}

/** Ids of the categories by {@link nameKey}. */
export function readCategories(db: DatabaseSync): Map<string, number> {
  return new Map(categoryRows(db).map(({ id, name }) => [nameKey(name), id]));
}

/** Ascending id. */
export function categoryRows(db: DatabaseSync): CategoryRow[] {
  const rows = db.prepare('SELECT category_id, name FROM Category ORDER BY category_id').all();
  return rows.map((row) => ({ id: Number(row.category_id), name: String(row.name) }));
}

export function insertCategories(db: DatabaseSync, categories: readonly CategoryRow[]): void {
  const insert = db.prepare('INSERT INTO Category (category_id, name) VALUES (?, ?)');
  for (const { id, name } of categories) insert.run(id, name);
}
