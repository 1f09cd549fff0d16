import type { Tours } from './problem.ts';

/** Stops that a plan lost, and that it has more than once. */
export interface Unbalanced {
  readonly missing: readonly number[];
  readonly double: readonly number[];
}

/** Every stop must be in exactly one tour, once. @returns null: so it is */
export function whatIsUnbalanced(tours: Tours, stops: number): Unbalanced | null {
  const times = new Uint32Array(stops);
  for (const tour of tours) for (const stop of tour) times[stop] = (times[stop] ?? 0) + 1;
  const numbers = Array.from(times.keys());
  const missing = numbers.filter((stop) => times[stop] === 0);
  const double = numbers.filter((stop) => (times[stop] ?? 0) > 1);
  return missing.length + double.length === 0 ? null : { missing, double };
}
