import type { Change } from '../ports/store/changes.ts';
import type { MarketRow, StationRecord } from '../ports/store/queries.ts';
import { watchesRow, watchesStation, watchesWholeMarkets, type Watch } from './watch.ts';

/** A good at a market that is another than it was. */
interface RowUpdate {
  readonly itemId: number;
  /** Null: it was not traded; undefined: nobody remembers. */
  readonly before: MarketRow | null | undefined;
  /** Null: it is not traded any more. */
  readonly now: MarketRow | null;
}

/** A change as subscribers are told it: with what is there now, and what was. */
export interface Update {
  /** The newest of those it stands for. */
  readonly change: Change;
  /** The oldest of them. */
  readonly oldestSeq: number;
  readonly station: StationRecord;
  /** What its market has now. */
  readonly market: readonly MarketRow[];
  /** What of it is another than it was, by item id; of a `station` change there is none. */
  readonly rows: readonly RowUpdate[];
  /** Nobody remembers what was: the rows are all there are. */
  readonly isWhole: boolean;
}

/** What has become of a market. @param before undefined: nobody remembers */
export function updateOf(
  { change, oldestSeq, station, market }: Pick<Update, 'change' | 'oldestSeq' | 'station' | 'market'>,
  before: readonly MarketRow[] | undefined,
): Update {
  return {
    change,
    oldestSeq,
    station,
    market,
    rows: rowUpdates(before, market),
    isWhole: before === undefined,
  };
}

export function isSameMarket(a: readonly MarketRow[], b: readonly MarketRow[]): boolean {
  return rowUpdates(a, b).length === 0;
}

function rowUpdates(
  before: readonly MarketRow[] | undefined,
  now: readonly MarketRow[],
): readonly RowUpdate[] {
  if (before === undefined) return now.map((row) => ({ itemId: row.itemId, before: undefined, now: row }));
  const old = new Map(before.map((row) => [row.itemId, row]));
  const updates: RowUpdate[] = [];
  for (const row of now) {
    const was = old.get(row.itemId) ?? null;
    old.delete(row.itemId);
    if (!isSame(was, row)) updates.push({ itemId: row.itemId, before: was, now: row });
  }
  for (const was of old.values()) updates.push({ itemId: was.itemId, before: was, now: null });
  return updates.sort((a, b) => a.itemId - b.itemId);
}

/** What a subscriber is told of it: also a row that has just ceased to fit. @returns null: nothing */
export function narrowed(watch: Watch, update: Update): Update | null {
  if (!watchesStation(watch, update.station)) return null;
  if (update.change.kind !== 'market') return update;
  const rows = watchesWholeMarkets(watch)
    ? update.rows
    : update.rows.filter(({ before, now }) => watchesRow(watch, before) || watchesRow(watch, now));
  // Who was told of rows that nobody remembers must hear that they are gone.
  if (rows.length === 0 && !update.isWhole) return null;
  // The very same where it is whole: what is told to many is written once.
  return rows.length === update.rows.length ? update : { ...update, rows };
}

/** Two updates of one thing that are told as one. @returns null: it is again what it was */
export function merged(older: Update, newer: Update): Update | null {
  if (newer.change.kind !== 'market' || newer.isWhole) return newer;
  const rows = new Map(older.rows.map((row) => [row.itemId, row]));
  for (const row of newer.rows) {
    const { before } = rows.get(row.itemId) ?? row;
    rows.set(row.itemId, { ...row, before });
  }
  const all = [...rows.values()].sort((a, b) => a.itemId - b.itemId);
  if (older.isWhole) return { ...newer, isWhole: true, rows: all.filter(({ now }) => now !== null) };
  const changed = all.filter(({ before, now }) => !isSame(before, now));
  return changed.length === 0 ? null : { ...newer, rows: changed };
}

function isSame(a: MarketRow | null | undefined, b: MarketRow | null): boolean {
  if (b === null) return a === null;
  return (Object.keys(b) as (keyof MarketRow)[]).every((key) => a?.[key] === b[key]);
}
