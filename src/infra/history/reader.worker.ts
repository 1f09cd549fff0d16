import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parquetReadObjects, type AsyncBuffer, type ParquetQueryFilter } from 'hyparquet';
import { dayOf } from '../../domain/history/days.ts';
import { ROW, ROW_WIDTH } from '../../domain/market/snapshot.ts';
import type {
  HistoryDay,
  HistoryRange,
  PriceBucket,
  PricePoint,
  PriceRange,
} from '../../domain/ports/publishing/history.ts';
import { HOUR_COLUMNS, PRICE_COLUMNS } from './day-files.ts';
import { unpackRows } from './packed-rows.ts';
import { historyPlaces } from './places.ts';
import { told } from './recording.ts';
import { readDays, readRunningFile, type DayRow } from './running-file.ts';

/** Longer answers are refused: whoever asks shall ask for less. */
const MAX_POINTS = 200_000;
const DEADLINE_MS = 10_000;

interface Task {
  readonly directory: string;
  readonly range: HistoryRange;
}

export interface MarketTask extends Task {
  readonly marketId: number;
  readonly itemId: number | null;
}

export interface CommodityTask extends Task {
  readonly itemId: number;
  readonly bucketS: number;
}

/** `refusal`: why it was asked for too much. */
export type Answer<T> = (T & { readonly days: readonly HistoryDay[] }) | { readonly refusal: string };

/** Asked for too much. */
class TooMuch extends Error {}

const seconds = { timestampFromMilliseconds: (ms: bigint) => Number(ms) / 1000 };

export function readMarket(task: MarketTask): Promise<Answer<{ readonly points: readonly PricePoint[] }>> {
  const { marketId, itemId } = task;
  return answer(task, async (walk) => {
    const points: PricePoint[] = [];
    const take = (point: PricePoint) => {
      if (itemId !== null && point.itemId !== itemId) return;
      if (points.push(point) > MAX_POINTS)
        throw new TooMuch('there are too many changes: ask for one good, or a shorter time');
    };
    await walk({
      file: 'prices',
      filter: { market_id: { $eq: BigInt(marketId) }, ...(itemId !== null && { item_id: { $eq: itemId } }) },
      takeRow: (row) =>
        take({
          ...{ itemId: Number(row.item_id), observedAtS: Number(row.observed_at) },
          ...{ isFirst: row.is_first === true, isForgotten: row.source === 'purge' },
          ...{ supplyPrice: Number(row.supply_price), supplyUnits: Number(row.supply_units) },
          ...{ supplyLevel: Number(row.supply_level ?? -1) },
          ...{ demandPrice: Number(row.demand_price), demandUnits: Number(row.demand_units) },
          ...{ demandLevel: Number(row.demand_level ?? -1) },
        }),
      running: 'SELECT observed_s, source, is_first, rows FROM change WHERE day = ? AND market_id = ?',
      key: marketId,
      takeRunning(change) {
        const rows = unpackRows(change.rows as Uint8Array);
        for (let at = 0; at < rows.length; at += ROW_WIDTH) {
          const cell = (column: number) => rows[at + column] ?? 0;
          take({
            ...{ itemId: cell(ROW.itemId), observedAtS: Number(change.observed_s) },
            ...{ isFirst: change.is_first === 1, isForgotten: change.source === 'purge' },
            ...{ supplyPrice: cell(ROW.supplyPrice), supplyUnits: cell(ROW.supplyUnits) },
            ...{ supplyLevel: cell(ROW.supplyLevel), demandPrice: cell(ROW.demandPrice) },
            ...{ demandUnits: cell(ROW.demandUnits), demandLevel: cell(ROW.demandLevel) },
          });
        }
      },
    });
    const { fromS, toS } = task.range;
    const inRange = points.filter(({ observedAtS }) => observedAtS >= fromS && observedAtS <= toS);
    inRange.sort((a, b) => a.observedAtS - b.observedAtS || a.itemId - b.itemId);
    // Of two of a second the one that came later counts.
    return { points: inRange.filter((point, at) => !isSameMoment(point, inRange[at + 1])) };
  });
}

function isSameMoment(a: PricePoint, b: PricePoint | undefined): boolean {
  return a.observedAtS === b?.observedAtS && a.itemId === b.itemId;
}

export function readCommodity(
  task: CommodityTask,
): Promise<Answer<{ readonly buckets: readonly PriceBucket[] }>> {
  const { itemId, bucketS, range } = task;
  return answer(task, async (walk) => {
    const buckets = new Map<number, Record<Side, Totals>>();
    const take = (hourS: number, side: Side, [min, max, sum, count]: readonly unknown[]) => {
      if (Number(count) === 0 || hourS < range.fromS || hourS > range.toS) return;
      const fromS = hourS - (hourS % bucketS);
      const bucket = buckets.get(fromS) ?? { supply: nothing(), demand: nothing() };
      buckets.set(fromS, bucket);
      const totals = bucket[side];
      totals.min = Math.min(totals.min, Number(min));
      totals.max = Math.max(totals.max, Number(max));
      totals.sum += Number(sum);
      totals.observations += Number(count);
    };
    await walk({
      file: 'hours',
      filter: { item_id: { $eq: itemId } },
      takeRow(row) {
        for (const side of SIDES) {
          const cells = [row[`${side}_min`], row[`${side}_max`], row[`${side}_sum`]];
          take(Number(row.hour), side, [...cells, row[`${side}_observations`]]);
        }
      },
      running: 'SELECT * FROM hour WHERE day = ? AND item_id = ?',
      key: itemId,
      takeRunning(row) {
        for (const side of SIDES) {
          const cells = [row[`${side}_min`], row[`${side}_max`], row[`${side}_sum`], row[`${side}_n`]];
          take(Number(row.hour_s), side, cells);
        }
      },
    });
    return {
      buckets: [...buckets]
        .sort(([a], [b]) => a - b)
        .map(([fromS, { supply, demand }]) => ({
          ...{ fromS, supply: rangeOf(supply), demand: rangeOf(demand) },
        })),
    };
  });
}

const SIDES = ['supply', 'demand'] as const;
type Side = (typeof SIDES)[number];

interface Totals {
  min: number;
  max: number;
  sum: number;
  observations: number;
}

function nothing(): Totals {
  return { min: Infinity, max: 0, sum: 0, observations: 0 };
}

function rangeOf({ min, max, sum, observations }: Totals): PriceRange | null {
  return observations === 0 ? null : { min, max, mean: sum / observations, observations };
}

type Row = Readonly<Record<string, unknown>>;

interface Walk {
  readonly file: 'prices' | 'hours';
  readonly filter: ParquetQueryFilter;
  readonly takeRow: (row: Row) => void;
  /** A statement that takes a day and the key. */
  readonly running: string;
  readonly key: number;
  readonly takeRunning: (row: Row) => void;
}

/** Goes through the days that may have something of the range: those that run, in one state with the list of days. */
async function answer<T extends object>(
  { directory, range }: Task,
  work: (walk: (through: Walk) => Promise<void>) => Promise<T>,
): Promise<Answer<T>> {
  const deadlineMs = performance.now() + DEADLINE_MS;
  const places = historyPlaces(directory);
  try {
    using db = readRunningFile(places.runningFile);
    if (db === null) return { ...(await work(() => Promise.resolve())), days: [] };
    const days = readDays(db).filter((each) => concerns(each, range));
    const lost = new Map<number, string>();
    const found = await work(async ({ file, filter, takeRow, running, key, takeRunning }) => {
      const statement = db.prepare(running);
      for (const { day, isClosed, changes, hours } of days) {
        if (performance.now() > deadlineMs) throw new TooMuch('it takes too long: ask for a shorter time');
        if (!isClosed) for (const row of statement.iterate(day, key)) takeRunning(row);
        // There is no file without rows.
        else if ({ prices: changes, hours }[file] > 0) {
          const rows = await searchFile(places[file](day), filter, COLUMNS[file]).catch((error: unknown) => {
            const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
            lost.set(day, isMissing ? 'its file is missing' : 'its file cannot be read');
            return [];
          });
          for (const row of rows) takeRow(row);
        }
      }
    });
    return { ...found, days: days.map((day) => told({ ...day, gap: day.gap ?? lost.get(day.day) ?? null })) };
  } catch (error) {
    if (error instanceof TooMuch) return { refusal: error.message };
    throw error;
  }
}

/** Also of days without anything: they say whether something is missing. */
function concerns({ day, firstS, lastS }: DayRow, { fromS, toS }: HistoryRange): boolean {
  const isOfRange = day >= dayOf(fromS) && day <= dayOf(toS);
  return isOfRange || (firstS !== null && lastS !== null && firstS <= toS && lastS >= fromS);
}

/** What is read of each file: names are those of now. */
const COLUMNS = {
  prices: PRICE_COLUMNS.map(({ name }) => name).filter((name) => name !== 'commodity'),
  hours: HOUR_COLUMNS.map(({ name }) => name).filter((name) => name !== 'commodity'),
};

/** Row groups and pages that cannot have it are not read. */
async function searchFile(
  path: string,
  filter: ParquetQueryFilter,
  columns: readonly string[],
): Promise<readonly Row[]> {
  const descriptor = openSync(path, 'r');
  try {
    const file = bufferOf(descriptor);
    return await parquetReadObjects({
      ...{ file, filter, columns: [...columns], parsers: seconds },
      ...{ usePageIndex: true, useOffsetIndex: true },
    });
  } finally {
    closeSync(descriptor);
  }
}

/** Some hundred small pieces of a file are read: the library's own way opens it for each. */
function bufferOf(descriptor: number): AsyncBuffer {
  const byteLength = fstatSync(descriptor).size;
  return {
    byteLength,
    slice(start, end = byteLength) {
      const piece = new Uint8Array(end - start);
      readSync(descriptor, piece, 0, piece.length, start);
      return piece.buffer;
    },
  };
}
