import { parseTimestamp } from '../timestamp.ts';
import type { NoteProblem } from './problems.ts';
import { plain } from './values.ts';

/** @returns epoch seconds; null when absent, or unreadable and noted */
function readTime(value: unknown, note: NoteProblem, where: () => string): number | null {
  if (value === undefined || value === null) return null;
  const timeS = parseTimestamp(value);
  if (timeS === null) note('unreadable time', () => `${where()}: ${plain(value)}`);
  return timeS;
}

/** @returns the same as {@link readTime}; null, noted, also when it is later than anything can have been observed */
export function readPastTime(
  value: unknown,
  notAfterS: number,
  note: NoteProblem,
  where: () => string,
): number | null {
  const timeS = readTime(value, note, where);
  if (timeS === null || timeS <= notAfterS) return timeS;
  note('time ahead of clock', () => `${where()}: ${plain(value)}`);
  return null;
}
