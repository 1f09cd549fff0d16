import { join } from 'node:path';
import { dayName } from '../../domain/history/days.ts';

/** Of the files of a history. */
export interface HistoryPlaces {
  readonly runningFile: string;
  /** A day's changes of prices. */
  readonly prices: (day: number) => string;
  /** A day's lowest, highest and mean prices by the hour. */
  readonly hours: (day: number) => string;
}

export function historyPlaces(directory: string): HistoryPlaces {
  const file = (kind: string) => (day: number) => join(directory, kind, `${dayName(day)}.parquet`);
  return { runningFile: join(directory, 'running.db'), prices: file('prices'), hours: file('hours') };
}
