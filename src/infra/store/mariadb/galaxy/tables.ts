import { nameKey } from '../../../../domain/names.ts';
import type { Generation } from '../../../../domain/generation.ts';
import type { RareCommodity, ReferenceTables } from '../../../../domain/ports/store/galaxy-store.ts';
import {
  categoriesOf,
  missingCategories,
  rareRows,
  rareStations,
  renumbered,
  type RareRow,
} from '../../shared/reference-tables.ts';
import type { Link } from '../connection.ts';
import { patiently } from '../housekeeping/purge.ts';
import { categoryRows, insertCategories, readCategories } from '../markets/items.ts';
import { SmallTable, type SmallTableSetup } from './small-table.ts';
import { literal, statements } from '../sql.ts';

/** Some 10 KB: fits into the packets of any server. */
const ITEMS_PER_STATEMENT = 200;

/**
 * Adds the categories that are missing.
 *
 * @returns the names of all, and of those that are new beside others
 * @throws StoreError `refused`: they are not Trade Dangerous' ones
 */
export async function writeCategories(
  link: Link,
  tables: ReferenceTables,
  maxBytes: number,
): Promise<{ readonly categories: readonly string[]; readonly added: readonly string[] }> {
  const stored = await categoryRows(link);
  const missing = missingCategories(stored, tables);
  for (const sql of insertCategories(missing, maxBytes)) await link.run(sql);
  const names = (rows: typeof stored) => rows.map(({ name }) => name);
  return {
    categories: names([...stored, ...missing]),
    added: stored.length === 0 ? [] : names(missing),
  };
}

/** By item id, of the items in the database and in EDCD's tables. */
export async function readItemCategories(link: Link, tables: ReferenceTables): Promise<Map<number, string>> {
  const rows = await link.rows('SELECT item_id, c.name FROM Item JOIN Category c USING (category_id)');
  return new Map([...categoriesOf(tables), ...rows.map(([id, name]) => [Number(id), String(name)] as const)]);
}

/** EDCD's own tables; what the checks of a table do not let in is left out. */
export async function writeEdcdTables(
  setup: SmallTableSetup,
  generation: Generation,
  { shipyard, outfitting }: ReferenceTables,
): Promise<void> {
  if (shipyard !== null) {
    const table = await SmallTable.read(setup, 'FDevShipyard', ['id', 'symbol', 'name', 'entitlement']);
    await table.write(
      shipyard.map(({ id, symbol, name, entitlement }) => [id, symbol, name, filled(entitlement)]),
    );
  }
  if (outfitting !== null && generation === 'v12') {
    const table = await SmallTable.read(setup, 'FDevOutfitting', [
      ...['id', 'symbol', 'category', 'name', 'mount', 'guidance', 'ship', 'class', 'rating', 'entitlement'],
    ]);
    await table.write(
      outfitting.map((module) => [
        ...([module.id, module.symbol, module.category, module.name, filled(module.mount)] as const),
        ...[filled(module.guidance), filled(module.ship), module.class, module.rating],
        filled(module.entitlement),
      ]),
    );
  }
}

/** Blank is what EDCD's tables have for nothing. */
const filled = (value: string) => (value === '' ? null : value);

/** Numbers the items in their categories. */
export async function renumberItems(link: Link): Promise<void> {
  const rows = await link.rows('SELECT item_id, name, category_id, ui_order FROM Item');
  const changed = renumbered(
    rows.map(([id, name, categoryId, uiOrder]) => ({
      id: Number(id),
      name: String(name),
      categoryId: Number(categoryId),
      uiOrder: Number(uiOrder),
    })),
  );
  await updateItems(
    link,
    'ui_order',
    changed.map(({ id, uiOrder }) => [id, uiOrder]),
  );
}

export async function writeRares(
  link: Link,
  generation: Generation,
  rares: readonly RareCommodity[],
): Promise<void> {
  const ids = rares.map(({ marketId }) => marketId);
  const found =
    ids.length === 0
      ? []
      : await link.rows(`SELECT station_id FROM Station WHERE station_id IN (${ids.join()})`);
  const stations = new Set(found.map(([id]) => String(id)));
  const rows = rareRows(rares, await readCategories(link), (id) => stations.has(String(id)));
  await (generation === 'v12' ? writeRareItems(link, rows) : writeRareStations(link, rows));
}

async function writeRareItems(link: Link, rares: readonly RareRow[]): Promise<void> {
  const rows = rares.map(({ id, stationId, categoryId, name }) => [
    ...[id, stationId, categoryId, name],
    ...[null, null, '?', '?'],
  ]);
  const columns = 'rare_id, station_id, category_id, name, cost, max_allocation, illegal, suppressed';
  const stored = await link.rows(`SELECT ${columns} FROM RareItem ORDER BY rare_id`);
  if (rows.length === stored.length && rows.join('\n') === stored.join('\n')) return;
  const values = rows.map((row) => `(${row.map(literal).join()})`);
  await patiently(() =>
    link.transaction(async () => {
      await link.run('DELETE FROM RareItem');
      for (const sql of statements(`INSERT INTO RareItem (${columns}) VALUES `, values)) await link.run(sql);
    }),
  );
}

async function writeRareStations(link: Link, rares: readonly RareRow[]): Promise<void> {
  const rows = await link.rows('SELECT item_id, name, category_id, rare_station_id FROM Item');
  const changed = rareStations(
    rows.map(([id, name, categoryId, stationId]) => ({
      id: Number(id),
      name: String(name),
      categoryId: Number(categoryId),
      stationId: stationId === null || stationId === undefined ? null : BigInt(stationId),
    })),
    rares,
  );
  await updateItems(
    link,
    'rare_station_id',
    changed.map(({ id, stationId }) => [id, stationId]),
  );
}

async function updateItems(
  link: Link,
  column: string,
  values: readonly (readonly [number, number | bigint | null])[],
): Promise<void> {
  for (let from = 0; from < values.length; from += ITEMS_PER_STATEMENT) {
    const some = values.slice(from, from + ITEMS_PER_STATEMENT);
    const cases = some.map(([id, value]) => `WHEN ${id} THEN ${literal(value)}`).join(' ');
    const ids = some.map(([id]) => id).join();
    await patiently(() =>
      link.run(`UPDATE Item SET ${column} = CASE item_id ${cases} END WHERE item_id IN (${ids})`),
    );
  }
}

/** The rows of `Item` for these commodities; those of unknown categories are left out. */
export function itemRows(
  items: readonly { readonly id: number; readonly name: string; readonly category: string }[],
  categories: ReadonlyMap<string, number>,
): [number, number, string, number][] {
  return items.flatMap(({ id, name, category }) => {
    const categoryId = categories.get(nameKey(category));
    return categoryId === undefined ? [] : [[id, id, name, categoryId]];
  });
}
