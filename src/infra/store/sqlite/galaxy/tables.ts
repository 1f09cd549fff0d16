import type { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../../domain/generation.ts';
import type {
  FDevModule,
  FDevShip,
  RareCommodity,
  ReferenceTables,
} from '../../../../domain/ports/store/galaxy-store.ts';
import {
  categoriesOf,
  missingCategories,
  rareRows,
  rareStations,
  renumbered,
  type RareRow,
} from '../../shared/reference-tables.ts';
import { transact } from '../database.ts';
import { isRowError } from '../errors.ts';
import { categoryRows, insertCategories, prepareItemUpsert, readCategories } from '../markets/items.ts';
import { prepareUpsert } from './upsert.ts';

/** What an import begins with, beside EDCD's tables. */
export interface BegunImport {
  /** Names of all. */
  readonly categories: readonly string[];
  /** Of those the ones that are new beside others. */
  readonly newCategories: readonly string[];
  /** By item id. */
  readonly itemCategories: ReadonlyMap<number, string>;
}

/** @throws StoreError `refused`: the categories are not Trade Dangerous' ones */
export function writeReferenceTables(
  db: DatabaseSync,
  generation: Generation,
  tables: ReferenceTables,
): BegunImport {
  const { commodities, shipyard, outfitting } = tables;
  return transact(db, () => {
    const stored = categoryRows(db);
    const added = missingCategories(stored, tables);
    insertCategories(db, added);
    if (generation === 'v13' && commodities !== null) {
      const writeItem = prepareItemUpsert(db);
      for (const commodity of commodities) if (!commodity.rare) writeItem(commodity);
    }
    if (shipyard !== null) writeShipyard(db, shipyard);
    if (generation === 'v12' && outfitting !== null) writeOutfitting(db, outfitting);
    const items = db
      .prepare('SELECT item_id, c.name FROM Item JOIN Category c USING (category_id)')
      .all()
      .map((row) => [Number(row.item_id), String(row.name)] as const);
    return {
      categories: [...stored, ...added].map(({ name }) => name),
      newCategories: stored.length === 0 ? [] : added.map(({ name }) => name),
      itemCategories: new Map([...categoriesOf(tables), ...items]),
    };
  });
}

/** What an import ends with: the numbers of the items, and the rares. Only what differs is written. */
export function finishTables(
  db: DatabaseSync,
  generation: Generation,
  rares: readonly RareCommodity[] | null,
): void {
  transact(db, () => {
    renumberItems(db);
    if (rares === null) return;
    const isStation = db.prepare('SELECT 1 FROM Station WHERE station_id = ?');
    const rows = rareRows(rares, readCategories(db), (id) => isStation.get(id) !== undefined);
    if (generation === 'v12') writeRareItems(db, rows);
    else writeRareStations(db, rows);
  });
}

function writeShipyard(db: DatabaseSync, ships: readonly FDevShip[]): void {
  const write = prepareUpsert(db, 'FDevShipyard', 'id', ['symbol', 'name', 'entitlement']);
  for (const { id, symbol, name, entitlement } of ships) {
    skipRefused(() => write(id, symbol, name, filled(entitlement)));
  }
}

function writeOutfitting(db: DatabaseSync, modules: readonly FDevModule[]): void {
  const write = prepareUpsert(db, 'FDevOutfitting', 'id', [
    ...['symbol', 'category', 'name', 'mount', 'guidance', 'ship', 'class', 'rating', 'entitlement'],
  ]);
  for (const module of modules) {
    const { id, symbol, category, name, mount, guidance, ship, class: size, rating, entitlement } = module;
    skipRefused(() =>
      write(
        ...[id, symbol, category, name, filled(mount), filled(guidance), filled(ship), size, rating],
        filled(entitlement),
      ),
    );
  }
}

/** Blank is what EDCD's tables have for nothing. */
const filled = (text: string) => (text === '' ? null : text);

/** The table's checks know the values of their time; what is not among them is left out. */
function skipRefused(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (!isRowError(error)) throw error;
  }
}

function renumberItems(db: DatabaseSync): void {
  const rows = db.prepare('SELECT item_id, name, category_id, ui_order FROM Item').all();
  const items = rows.map((row) => ({
    id: Number(row.item_id),
    name: String(row.name),
    categoryId: Number(row.category_id),
    uiOrder: Number(row.ui_order),
  }));
  const update = db.prepare('UPDATE Item SET ui_order = ? WHERE item_id = ?');
  for (const { id, uiOrder } of renumbered(items)) update.run(uiOrder, id);
}

function writeRareItems(db: DatabaseSync, rares: readonly RareRow[]): void {
  const select = db.prepare(
    `SELECT rare_id, station_id, category_id, name FROM RareItem
     WHERE cost IS NULL AND max_allocation IS NULL AND illegal = '?' AND suppressed = '?' ORDER BY rare_id`,
  );
  select.setReadBigInts(true);
  select.setReturnArrays(true);
  const count = db.prepare('SELECT count(*) AS n FROM RareItem').get()?.n;
  const rows = rares.map(({ id, stationId, categoryId, name }) => [id, stationId, categoryId, name]);
  const stored = select.all() as unknown as (bigint | string)[][];
  if (count === rows.length && stored.flat().join('\n') === rows.flat().join('\n')) return;
  db.exec('DELETE FROM RareItem');
  const insert = db.prepare(
    'INSERT INTO RareItem (rare_id, station_id, category_id, name) VALUES (?, ?, ?, ?)',
  );
  for (const row of rows) insert.run(...row);
}

function writeRareStations(db: DatabaseSync, rares: readonly RareRow[]): void {
  const select = db.prepare('SELECT item_id, name, category_id, rare_station_id FROM Item');
  select.setReadBigInts(true);
  const items = select.all().map((row) => ({
    id: Number(row.item_id),
    name: String(row.name),
    categoryId: Number(row.category_id),
    stationId: row.rare_station_id as bigint | null,
  }));
  const update = db.prepare('UPDATE Item SET rare_station_id = ? WHERE item_id = ?');
  for (const { id, stationId } of rareStations(items, rares)) update.run(stationId, id);
}
