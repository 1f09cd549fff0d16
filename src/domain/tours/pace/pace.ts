import { fitOfTimes, median, type Fit } from './calibrate.ts';

/** From one stop of a list to the next, as the feed told: whoever read both markets. */
export interface Interval {
  /** By the plan that was flown. */
  readonly plannedS: number;
  /** Of that plan. */
  readonly pace: number;
  readonly takenS: number;
}

/** Fewer say nothing. */
const LEAST = 5;
/** Somebody who takes longer has made a pause, and strangers read markets at any time. */
const BOUNDS = { least: 0.5, most: 3, pauseS: 3_600 };

/** @returns null: it says nothing of the time a leg takes */
export function intervalOf(plannedS: number, pace: number, takenS: number): Interval | null {
  return takenS > 0 && takenS <= BOUNDS.pauseS && plannedS > 0 ? { plannedS, pace, takenS } : null;
}

/** How many times the model a commander takes: the median of his intervals; 1 where there are too few. */
export function paceOf(intervals: readonly Interval[]): number {
  if (intervals.length < LEAST) return 1;
  const pace = median(intervals.map(({ plannedS, pace: then, takenS }) => (takenS * then) / plannedS));
  return Math.min(BOUNDS.most, Math.max(BOUNDS.least, Math.round(pace * 100) / 100));
}

/** How far plans were off. Null: there is nothing to tell. */
export function errorOf(intervals: readonly Interval[]): Fit | null {
  return fitOfTimes(intervals.map(({ plannedS, takenS }) => ({ reckonedS: plannedS, takenS })));
}
