import { describeError } from '../../domain/errors.ts';
import { dayName } from '../../domain/history/days.ts';
import { HOUR_COLUMNS, hourGroups, PRICE_COLUMNS, priceGroups } from './day-files.ts';
import { writeParquetFile } from './parquet-file.ts';
import { historyPlaces } from './places.ts';
import type { Written } from './recording.ts';
import { readDays, readRunningFile } from './running-file.ts';

export interface CloseTask {
  readonly directory: string;
  readonly day: number;
  readonly names: ReadonlyMap<number, string>;
}

/** What a thread throws loses its kind on the way. */
export type Closed = Written | { readonly error: string };

/** Writes the files of a day from the running file, which keeps what it has. */
export async function closeDay({ directory, day, names }: CloseTask): Promise<Closed> {
  const places = historyPlaces(directory);
  try {
    using db = readRunningFile(places.runningFile);
    const row = db === null ? undefined : readDays(db).find((each) => each.day === day);
    if (db === null || row === undefined) throw new Error(`nothing was recorded on ${dayName(day)}`);
    const facts = {
      ...{ day: dayName(day), is_whole: String(row.gap === null), unseen: String(row.unseen) },
      ...(row.gap !== null && { gap: row.gap }),
    };
    const prices = await writeParquetFile(
      places.prices(day),
      PRICE_COLUMNS,
      priceGroups(db, day, names),
      facts,
    );
    const hours = await writeParquetFile(places.hours(day), HOUR_COLUMNS, hourGroups(db, day, names), facts);
    return { bytes: prices.bytes + hours.bytes, hours: hours.rows };
  } catch (error) {
    return { error: describeError(error) };
  }
}
