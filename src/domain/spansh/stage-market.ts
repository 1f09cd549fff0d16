import { nameKey } from '../names.ts';
import { ROW, ROW_WIDTH } from '../market/snapshot.ts';
import type { NoteProblem } from './problems.ts';
import type { DumpRules, SeenItem } from './records.ts';
import type { Seen } from './seen.ts';
import { readShortName } from '../eddn/values.ts';
import { isCount, isId, isJsonObject, plain, readUnits, type JsonObject } from './values.ts';

/** Finds the category of an item, spelled as in the table; undefined: there is none. */
export type CategoryFinder = (itemId: number, told: string) => string | undefined;

export function findCategories({
  categories,
  itemCategories,
}: Pick<DumpRules, 'categories' | 'itemCategories'>): CategoryFinder {
  const names = new Map(categories.map((name) => [nameKey(name), name]));
  return (itemId, told) => names.get(nameKey(told)) ?? itemCategories.get(itemId);
}

/** What may be in a row's numbers. */
const NUMBERS = {
  sellPrice: isCount,
  demand: (value: unknown) => readUnits(value) !== null,
  buyPrice: isCount,
  supply: (value: unknown) => readUnits(value) !== null,
};
const AMOUNTS = Object.keys(NUMBERS) as (keyof typeof NUMBERS)[];

/** Brackets are not in the dump. */
const UNKNOWN_LEVEL = -1;

/**
 * The rows of a market block, and the items it names.
 *
 * Of several entries of a commodity the last usable one counts, and it is no row when both its prices are 0.
 * @param block parsed `station.market`, whatever it is
 * @returns rows as {@link ROW}, ascending item id; null when there are none: the dump then says nothing
 */
export function stageMarket(
  block: unknown,
  categoryOf: CategoryFinder,
  items: Seen<SeenItem>,
  note: NoteProblem,
  where: () => string,
): Int32Array<ArrayBuffer> | null {
  const commodities = isJsonObject(block) ? block.commodities : undefined;
  if (!Array.isArray(commodities)) {
    note('unreadable list', () => `${where()}: commodities ${plain(commodities)}`);
    return null;
  }
  const entries = new Map<number, JsonObject>();
  for (const entry of commodities as unknown[]) {
    const item = stageItem(entry, categoryOf, note, where);
    if (item === null) continue;
    items.offer(item);
    const row = entry as JsonObject;
    const odd = AMOUNTS.find((key) => !NUMBERS[key](row[key]));
    if (odd === undefined) entries.set(item.id, row);
    else {
      const absent = row[odd] === undefined || row[odd] === null;
      note(absent ? 'no price' : 'number out of range', () => {
        return `${where()}: ${plain(item.name)}: ${odd} ${plain(row[odd])}`;
      });
    }
  }
  return pack(entries);
}

function stageItem(
  entry: unknown,
  categoryOf: CategoryFinder,
  note: NoteProblem,
  where: () => string,
): SeenItem | null {
  const fields = isJsonObject(entry) ? entry : {};
  const { commodityId: id } = fields;
  const [name, given] = [readShortName(fields.name), readShortName(fields.category)];
  if (!isId(id) || name === null || given === null) {
    note('incomplete commodity', () => `${where()}: ${plain(entry)}`);
    return null;
  }
  const category = categoryOf(id, given);
  if (category === undefined) {
    note('unknown category', () => `${where()}: ${plain(name)} is ${plain(given)}`);
    return null;
  }
  return { id, name, category, symbol: readShortName(fields.symbol) };
}

function pack(entries: ReadonlyMap<number, JsonObject>): Int32Array<ArrayBuffer> | null {
  const traded = [...entries]
    .filter(([, { sellPrice, buyPrice }]) => sellPrice !== 0 || buyPrice !== 0)
    .sort(([a], [b]) => a - b);
  if (traded.length === 0) return null;
  const rows = new Int32Array(traded.length * ROW_WIDTH);
  let at = 0;
  for (const [id, entry] of traded) {
    rows[at + ROW.itemId] = id;
    rows[at + ROW.demandPrice] = entry.sellPrice as number;
    rows[at + ROW.demandUnits] = readUnits(entry.demand) ?? 0;
    rows[at + ROW.demandLevel] = UNKNOWN_LEVEL;
    rows[at + ROW.supplyPrice] = entry.buyPrice as number;
    rows[at + ROW.supplyUnits] = readUnits(entry.supply) ?? 0;
    rows[at + ROW.supplyLevel] = UNKNOWN_LEVEL;
    at += ROW_WIDTH;
  }
  return rows;
}
