import { dayName } from '../../domain/history/days.ts';
import type { HistoryDay } from '../../domain/ports/publishing/history.ts';

/** Days of the history, `2026-11-28`. */
export interface HistoryReport {
  /** The one that runs; null: it has not begun yet. */
  readonly running: { readonly day: string; readonly changes: number; readonly gap: string | null } | null;
  /** From the first to the last of days that lie in their files and lack nothing, oldest first. */
  readonly whole: readonly { readonly from: string; readonly to: string }[];
  /** Days that are over and lack something, or have no file yet. */
  readonly others: readonly { readonly day: string; readonly why: string }[];
  /** Of all files. */
  readonly bytes: number;
}

export function reportHistory(days: readonly HistoryDay[] | null): HistoryReport | null {
  if (days === null) return null;
  const running = days.at(-1);
  const whole: { from: number; to: number }[] = [];
  const others: { day: string; why: string }[] = [];
  for (const { day, gap, isClosed } of days.slice(0, -1)) {
    const last = whole.at(-1);
    if (gap !== null || !isClosed)
      others.push({ day: dayName(day), why: gap ?? 'its file is not written yet' });
    else if (last?.to === day - 1) last.to = day;
    else whole.push({ from: day, to: day });
  }
  return {
    running:
      running === undefined
        ? null
        : { day: dayName(running.day), changes: running.changes, gap: running.gap },
    whole: whole.map(({ from, to }) => ({ from: dayName(from), to: dayName(to) })),
    others,
    bytes: days.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
