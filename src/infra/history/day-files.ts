import type { DatabaseSync } from 'node:sqlite';
import { ROW, ROW_WIDTH } from '../../domain/market/snapshot.ts';
import { unpackRows } from './packed-rows.ts';
import { BOOLEAN, INT32, INT64, STRING, TIMESTAMP, type Column, type Rows } from './parquet-file.ts';

/** Of a row group: what one answer has to look through at least. */
const GROUP_ROWS = 32_768;
/** In how many parts of its rows a good may lie, and a market. */
const MAX_BANDS = 8;

/** A change of prices; null is not traded, or unknown. */
export const PRICE_COLUMNS = [
  { name: 'observed_at', type: TIMESTAMP },
  { name: 'market_id', type: INT64, isKey: true },
  { name: 'item_id', type: INT32, isKey: true },
  { name: 'commodity', type: STRING, nullable: true },
  { name: 'supply_price', type: INT32, nullable: true },
  { name: 'supply_units', type: INT32, nullable: true },
  { name: 'supply_level', type: INT32, nullable: true },
  { name: 'demand_price', type: INT32, nullable: true },
  { name: 'demand_units', type: INT32, nullable: true },
  { name: 'demand_level', type: INT32, nullable: true },
  { name: 'source', type: STRING },
  { name: 'is_first', type: BOOLEAN },
] as const satisfies readonly Column[];

const side = (name: 'supply' | 'demand') =>
  [
    { name: `${name}_min`, type: INT32, nullable: true },
    { name: `${name}_max`, type: INT32, nullable: true },
    { name: `${name}_sum`, type: INT64 },
    { name: `${name}_observations`, type: INT32 },
  ] as const satisfies readonly Column[];

/** Prices of a good in an hour, over all markets but fleet carriers; the mean is sum by observations. */
export const HOUR_COLUMNS = [
  { name: 'hour', type: TIMESTAMP },
  { name: 'item_id', type: INT32, isKey: true },
  { name: 'commodity', type: STRING, nullable: true },
  ...side('supply'),
  ...side('demand'),
] as const satisfies readonly Column[];

/**
 * The changes of a day in bands of goods, each by market, good and time: a good lies in one band, a market is a short
 * run of each. Of all this only one row group is in memory.
 */
export function* priceGroups(
  db: DatabaseSync,
  day: number,
  names: ReadonlyMap<number, string>,
): Generator<Rows> {
  const markets = db.prepare(
    'SELECT market_id, observed_s, source, is_first, rows FROM change WHERE day = ? ORDER BY market_id, seq',
  );
  for (const band of bandsOf(db, day)) {
    let group: Rows[number][] = [];
    let ofMarket: Rows[number][] = [];
    let marketId: unknown;
    const takeMarket = () => {
      ofMarket.sort((a, b) => Number(a[ITEM]) - Number(b[ITEM]));
      group.push(...ofMarket);
      ofMarket = [];
    };
    for (const change of markets.iterate(day)) {
      if (change.market_id !== marketId) {
        takeMarket();
        marketId = change.market_id;
        if (group.length >= GROUP_ROWS) {
          yield group;
          group = [];
        }
      }
      const rows = unpackRows(change.rows as Uint8Array);
      for (let at = 0; at < rows.length; at += ROW_WIDTH) {
        const itemId = rows[at + ROW.itemId] ?? 0;
        if (itemId < band.first || itemId > band.last) continue;
        ofMarket.push([
          BigInt(Number(change.observed_s)) * 1000n,
          BigInt(Number(change.market_id)),
          itemId,
          names.get(itemId) ?? null,
          ...cellsOf(rows, at, ROW.supplyPrice, ROW.supplyUnits, ROW.supplyLevel),
          ...cellsOf(rows, at, ROW.demandPrice, ROW.demandUnits, ROW.demandLevel),
          String(change.source),
          change.is_first === 1,
        ]);
      }
    }
    takeMarket();
    if (group.length > 0) yield group;
  }
}

const ITEM = PRICE_COLUMNS.findIndex(({ name }) => name === 'item_id');

function cellsOf(rows: Int32Array, at: number, price: number, units: number, level: number) {
  const told = rows[at + price] ?? 0;
  if (told === 0) return [null, null, null];
  const bracket = rows[at + level] ?? -1;
  return [told, rows[at + units] ?? 0, bracket < 0 ? null : bracket];
}

/** Goods from `first` to `last`, in bands of about as many rows each. */
function bandsOf(db: DatabaseSync, day: number): { readonly first: number; readonly last: number }[] {
  const counts = new Map<number, number>();
  let total = 0;
  for (const { rows } of db.prepare('SELECT rows FROM change WHERE day = ?').iterate(day)) {
    const unpacked = unpackRows(rows as Uint8Array);
    for (let at = 0; at < unpacked.length; at += ROW_WIDTH) {
      const itemId = unpacked[at + ROW.itemId] ?? 0;
      counts.set(itemId, (counts.get(itemId) ?? 0) + 1);
      total++;
    }
  }
  const wanted = Math.min(MAX_BANDS, Math.ceil(Math.sqrt(total / GROUP_ROWS)));
  const bands: { first: number; last: number }[] = [];
  let taken = 0;
  for (const [itemId, count] of [...counts].sort(([a], [b]) => a - b)) {
    const last = bands.at(-1);
    if (last === undefined || taken >= (bands.length * total) / wanted)
      bands.push({ first: itemId, last: itemId });
    else last.last = itemId;
    taken += count;
  }
  return bands;
}

/** The hours of a day by good: some thousand rows. */
export function* hourGroups(
  db: DatabaseSync,
  day: number,
  names: ReadonlyMap<number, string>,
): Generator<Rows> {
  const rows = db.prepare('SELECT * FROM hour WHERE day = ? ORDER BY item_id, hour_s').all(day);
  for (let at = 0; at < rows.length; at += GROUP_ROWS) {
    yield rows.slice(at, at + GROUP_ROWS).map((row) => {
      const number = (name: string) => (row[name] === null ? null : Number(row[name]));
      const cells = (of: 'supply' | 'demand') => [
        ...[number(`${of}_min`), number(`${of}_max`)],
        ...[BigInt(Number(row[`${of}_sum`])), number(`${of}_n`)],
      ];
      const itemId = Number(row.item_id);
      return [
        ...[BigInt(Number(row.hour_s)) * 1000n, itemId, names.get(itemId) ?? null],
        ...cells('supply'),
        ...cells('demand'),
      ];
    });
  }
}
