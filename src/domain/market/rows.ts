import { commodityKey } from './catalogue.ts';
import { MAX_INT32, ROW, ROW_WIDTH } from './snapshot.ts';

/** Why a row of an otherwise good message was dropped, in the order of the checks. */
export type RowRefusal =
  'malformed row' | 'unknown commodity' | 'bracket out of range' | 'number out of range';

/** Hears of every dropped row; `name` as received, blank where there is none. */
export type OnRowRefused = (reason: RowRefusal, name: string) => void;

/** What may be found in an entry of `commodities`; anything can be there instead. */
type Entry = Readonly<
  Record<
    'name' | 'meanPrice' | 'buyPrice' | 'stock' | 'stockBracket' | 'sellPrice' | 'demand' | 'demandBracket',
    unknown
  >
>;

/** Every field of an entry that is read. */
const FIELDS = [
  'name',
  'meanPrice',
  'buyPrice',
  'stock',
  'stockBracket',
  'sellPrice',
  'demand',
  'demandBracket',
] as const satisfies readonly (keyof Entry)[];

/** No name, no number in text is as long. */
const MAX_TEXT = 128;

/** Of an entry what {@link RowStager} reads, whatever else is in it; null: it is none. */
export function neededOf(entry: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof entry !== 'object' || entry === null) return null;
  return Object.fromEntries(
    FIELDS.map((field) => {
      const value = (entry as Entry)[field];
      if (typeof value === 'string') return [field, value.slice(0, MAX_TEXT)];
      // Nonsense stays nonsense, in short.
      return [field, typeof value === 'object' && value !== null ? [] : value];
    }),
  );
}

/**
 * Turns EDDN `commodities` lists into rows. Its working memory is made once and used for every list: this is the one
 * loop that runs a hundred times a message.
 */
export class RowStager {
  /** Commodity name -> its place in the table below. */
  readonly #places: ReadonlyMap<string, number>;
  /** A row a commodity, ascending item id, and whether the list at hand has it. */
  readonly #table: Int32Array;
  readonly #filled: Uint8Array;
  readonly #row = new Int32Array(ROW_WIDTH);

  /** @param index from `indexCommodities` */
  constructor(index: ReadonlyMap<string, number>) {
    const itemIds = [...new Set(index.values())].sort((a, b) => a - b);
    const places = new Map(itemIds.map((itemId, place) => [itemId, place]));
    this.#places = new Map([...index].map(([name, itemId]) => [name, places.get(itemId) ?? 0]));
    this.#table = new Int32Array(itemIds.length * ROW_WIDTH);
    for (const [place, itemId] of itemIds.entries()) this.#table[place * ROW_WIDTH + ROW.itemId] = itemId;
    this.#filled = new Uint8Array(itemIds.length);
  }

  /**
   * Rows in ascending item id, no item twice (the best filled one stays).
   *
   * An entry whose prices are both 0, or whose brackets are both 0, blank or absent, says that nothing is traded: it
   * is no row, whatever else is in it.
   *
   * @returns null when rows were refused and none is left: such a list proves nothing, so it must not clear a market
   */
  stage(commodities: readonly unknown[], onRefused: OnRowRefused): Int32Array | null {
    this.#filled.fill(0);
    let rows = 0;
    let refused = false;
    for (const entry of commodities as readonly (Entry | null)[]) {
      const read = this.#read(entry);
      if (typeof read === 'string') {
        refused = true;
        onRefused(read, typeof entry?.name === 'string' ? entry.name : '');
      } else rows += read;
    }
    return refused && rows === 0 ? null : this.#pack(rows);
  }

  /** Reads an entry into its place. @returns rows more than there were, or why it was refused */
  #read(entry: Entry | null): 0 | 1 | RowRefusal {
    if (typeof entry !== 'object' || entry === null) return 'malformed row';
    const demandLevel = level(entry.demandBracket);
    const supplyLevel = level(entry.stockBracket);
    if (isQuiet(demandLevel) && isQuiet(supplyLevel)) return 0;
    const demandPrice = amount(entry.sellPrice);
    const supplyPrice = amount(entry.buyPrice);
    if (demandPrice === 0 && supplyPrice === 0) return 0;

    const { name } = entry;
    if (typeof name !== 'string') return 'malformed row';
    // Almost every name arrives as the key itself.
    const place = this.#places.get(name) ?? this.#places.get(commodityKey(name));
    if (place === undefined) return 'unknown commodity';
    if (Number.isNaN(demandLevel) || Number.isNaN(supplyLevel)) return 'bracket out of range';
    const demandUnits = units(entry.demand);
    const supplyUnits = units(entry.stock);
    if (!(fits(demandPrice) && fits(supplyPrice) && fits(demandUnits) && fits(supplyUnits))) {
      return 'number out of range';
    }
    const mean = amount(entry.meanPrice);
    const isAgain = this.#filled[place] === 1;
    const row = isAgain ? this.#row : this.#table;
    const at = isAgain ? 0 : place * ROW_WIDTH;
    // The item is in its place already.
    row[at + ROW.demandPrice] = demandPrice;
    row[at + ROW.demandUnits] = demandUnits;
    row[at + ROW.demandLevel] = demandLevel;
    row[at + ROW.supplyPrice] = supplyPrice;
    row[at + ROW.supplyUnits] = supplyUnits;
    row[at + ROW.supplyLevel] = supplyLevel;
    row[at + ROW.meanPrice] = fits(mean) ? mean : 0;
    if (isAgain) this.#keepBetter(place);
    this.#filled[place] = 1;
    return isAgain ? 0 : 1;
  }

  /** An item that is in the list again, in `#row`, takes its place if it is better filled. */
  #keepBetter(place: number): void {
    const offset = place * ROW_WIDTH;
    if (!isBetter(this.#row, this.#table.subarray(offset))) return;
    this.#row[ROW.itemId] = this.#table[offset + ROW.itemId] ?? 0;
    copyRow(this.#row, 0, this.#table, offset);
  }

  #pack(rows: number): Int32Array {
    const packed = new Int32Array(rows * ROW_WIDTH);
    let end = 0;
    for (let place = 0; place < this.#filled.length; place++) {
      if (this.#filled[place] === 0) continue;
      copyRow(this.#table, place * ROW_WIDTH, packed, end);
      end += ROW_WIDTH;
    }
    return packed;
  }
}

/** For eight numbers a loop is much quicker than `set` with a view. */
function copyRow(from: Int32Array, fromOffset: number, to: Int32Array, toOffset: number): void {
  for (let column = 0; column < ROW_WIDTH; column++) to[toOffset + column] = from[fromOffset + column] ?? 0;
}

/** Or nothing, which is 0. `Number` also knows 0x10 and 1e3, which nobody means. */
const DECIMAL = /^\s*(?:[-+]?\d+(?:\.\d+)?\s*)?$/;

/** A number or decimal text; absent is 0, nonsense NaN. */
function amount(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === undefined || value === null) return 0;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : NaN;
}

/** A number of units. Above 2^31-1, which is all a column holds, it counts as that: more than anybody trades. */
function units(value: unknown): number {
  const told = amount(value);
  return Number.isInteger(told) ? Math.min(told, MAX_INT32) : told;
}

/** A bracket: 0 ... 3; absent or blank is -1 (unknown), nonsense NaN. */
function level(value: unknown): number {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return -1;
  const bracket = amount(value);
  return bracket === 0 || bracket === 1 || bracket === 2 || bracket === 3 ? bracket : NaN;
}

const isQuiet = (bracket: number) => bracket === 0 || bracket === -1;

const fits = (value: number) => Number.isInteger(value) && value >= 0 && value <= MAX_INT32;

/** What makes a row well filled. Source: Trade Dangerous' client listener, which keeps the better of two. */
const POINTS = [
  [ROW.demandLevel, 4],
  [ROW.supplyLevel, 4],
  [ROW.demandUnits, 2],
  [ROW.supplyUnits, 2],
  [ROW.demandPrice, 1],
  [ROW.supplyPrice, 1],
] as const;

/** Better filled, else more units; of two equal rows the first stays. */
function isBetter(row: Int32Array, rival: Int32Array): boolean {
  const difference = points(row) - points(rival);
  return difference > 0 || (difference === 0 && unitsOf(row) > unitsOf(rival));
}

function points(row: Int32Array): number {
  return POINTS.reduce((sum, [column, worth]) => sum + ((row[column] ?? 0) > 0 ? worth : 0), 0);
}

function unitsOf(row: Int32Array): number {
  return (row[ROW.demandUnits] ?? 0) + (row[ROW.supplyUnits] ?? 0);
}
