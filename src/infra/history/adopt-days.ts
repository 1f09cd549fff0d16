import { readdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { asyncBufferFromFile, parquetMetadataAsync, type FileMetaData } from 'hyparquet';
import { dayNamed } from '../../domain/history/days.ts';
import { transact } from '../store/sqlite/database.ts';
import type { HistoryPlaces } from './places.ts';

interface Found {
  readonly rows: number;
  readonly bytes: number;
  readonly facts: ReadonlyMap<string, string | undefined>;
  /** Of its times, epoch seconds. */
  readonly firstS: number;
  readonly lastS: number;
}

/** Finds the days again whose files are there, for a running file that is new. What cannot be read is left out. */
export async function adoptDays(db: DatabaseSync, places: HistoryPlaces): Promise<void> {
  const days: (number | string | null)[][] = [];
  for (const day of await daysIn(places)) {
    const files = [await look(places.prices(day)), await look(places.hours(day))];
    const [prices, hours] = files;
    const there = files.filter((file) => file !== null);
    const [some] = there;
    if (some === undefined) continue;
    days.push([
      ...[day, some.facts.get('gap') ?? null, prices?.rows ?? 0, Number(some.facts.get('unseen') ?? 0)],
      ...[there.reduce((sum, { bytes }) => sum + bytes, 0), hours?.rows ?? 0],
      ...[Math.min(...there.map(({ firstS }) => firstS)), Math.max(...there.map(({ lastS }) => lastS))],
    ]);
  }
  const insert = db.prepare(
    `INSERT INTO day (day, gap, is_closed, changes, unseen, bytes, hours, first_s, last_s)
     VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)`,
  );
  transact(db, () => {
    for (const cells of days) insert.run(...cells);
  });
}

async function daysIn(places: HistoryPlaces): Promise<number[]> {
  const directories = [places.prices(0), places.hours(0)].map((file) => dirname(file));
  const names = await Promise.all(directories.map((directory) => readdir(directory).catch(() => [])));
  const days = names.flat().flatMap((name) => dayNamed(name.replace(/\.parquet$/, '')) ?? []);
  return [...new Set(days)].sort((a, b) => a - b);
}

async function look(path: string): Promise<Found | null> {
  try {
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
    const facts = metadata.key_value_metadata?.map(({ key, value }) => [key, value] as const);
    const times = timesOf(metadata);
    return {
      ...{ rows: Number(metadata.num_rows), bytes: (await stat(path)).size, facts: new Map(facts) },
      ...{ firstS: Math.min(...times), lastS: Math.max(...times) },
    };
  } catch {
    return null;
  }
}

/** Of the first column, which is the time. */
function timesOf({ row_groups: groups }: FileMetaData): number[] {
  return groups.flatMap(({ columns }) => {
    const { min_value: first, max_value: last } = columns[0]?.meta_data?.statistics ?? {};
    return [first, last].map((time) => (time instanceof Date ? time.getTime() / 1000 : NaN));
  });
}
