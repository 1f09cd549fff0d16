import { stringify } from 'csv-stringify/sync';
import { length } from '../daemon/status-lines.ts';

type Value = string | number | null;

/** Of a table for people, and of CSV. */
export interface Column<Entry> {
  /** As the API calls it: the head in CSV. */
  readonly name: string;
  readonly head: string;
  readonly of: (entry: Entry) => Value;
  /** For people; else numbers with separators, and what is unknown as `?`. */
  readonly show?: (value: Value) => string;
}

/** Aligned columns with a head, numbers to the right. */
export function table<Entry>(columns: readonly Column<Entry>[], entries: readonly Entry[]): string {
  const shown = columns.map(({ head, of, show = plain }) => {
    const values = entries.map(of);
    const cells = [head, ...values.map(show)];
    const width = Math.max(...cells.map((cell) => cell.length));
    const isNumber = values.some((value) => typeof value === 'number');
    return cells.map((cell) => (isNumber ? cell.padStart(width) : cell.padEnd(width)));
  });
  const lines = ['', ...entries].map((_, row) => shown.map((cells) => cells[row]).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** Numbers and times as they are; what is unknown is empty. */
export function csv<Entry>(columns: readonly Column<Entry>[], entries: readonly Entry[]): string {
  return stringify([
    columns.map(({ name }) => name),
    ...entries.map((entry) => columns.map(({ of }) => of(entry))),
  ]);
}

function plain(value: Value): string {
  if (value === null) return '?';
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}

/** Of a price, and of what belongs to it: not traded is not unknown. */
export function orDash(value: Value): string {
  return value === null ? '-' : plain(value);
}

/** Of an age in seconds. */
export function age(value: Value): string {
  return typeof value === 'number' ? length(value) : 'never seen';
}
