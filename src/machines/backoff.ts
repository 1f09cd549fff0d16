/** Exponential backoff, in milliseconds: `minMs` doubles with every attempt up to `capMs`. */
export interface Backoff {
  readonly minMs: number;
  readonly capMs: number;
}

/** A source of uniform numbers in [0, 1): handed in, so that machines stay pure and runs can be repeated. */
export type Random = () => number;

/**
 * Delay before the next attempt: min(minMs * 2^(attempt-1), capMs), of which the upper half is jitter so that many
 * waiters do not come back at once.
 * @param attempt failures so far, from 1
 */
export function backoffMs({ minMs, capMs }: Backoff, attempt: number, random: Random): number {
  const fullMs = Math.min(capMs, minMs * 2 ** Math.min(Math.max(attempt, 1) - 1, 30));
  return Math.round(fullMs * (0.5 + random() / 2));
}
