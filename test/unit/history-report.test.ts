import { describe, expect, test } from 'vitest';
import { reportHistory } from '../../src/actors/historian/report.ts';
import { dayName } from '../../src/domain/history/days.ts';
import type { HistoryDay } from '../../src/domain/ports/publishing/history.ts';

const aDay = (day: number, what: Partial<HistoryDay> = {}): HistoryDay => ({
  ...{ day, gap: null, isClosed: false, changes: 0, unseen: 0, bytes: 0 },
  ...what,
});

describe('what is said of the days', () => {
  test('nothing where no history is kept, and no day before the first', () => {
    expect(reportHistory(null)).toBe(null);
    expect(reportHistory([])).toEqual({ running: null, whole: [], others: [], bytes: 0 });
  });

  test('whole ones that follow each other are told together, the others with what they lack', () => {
    const closed = { isClosed: true, bytes: 10 };
    const days = [
      aDay(1, closed),
      aDay(2, closed),
      aDay(3, { ...closed, gap: 'lost' }),
      aDay(4, closed),
      aDay(6, closed),
      aDay(7),
      aDay(8, { changes: 3, gap: 'late' }),
    ];
    expect(reportHistory(days)).toEqual({
      running: { day: dayName(8), changes: 3, gap: 'late' },
      whole: [
        { from: dayName(1), to: dayName(2) },
        { from: dayName(4), to: dayName(4) },
        { from: dayName(6), to: dayName(6) },
      ],
      others: [
        { day: dayName(3), why: 'lost' },
        { day: dayName(7), why: 'its file is not written yet' },
      ],
      bytes: 50,
    });
  });
});
