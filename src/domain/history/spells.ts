import type { Side } from '../galaxy/quotes.ts';
import type { PricePoint } from '../ports/publishing/history.ts';
import type { Weighted } from './steadiness.ts';

/**
 * For how many seconds each price of a good at a market was valid. Time in which it was not traded, or nobody knows its
 * price, has none.
 * @param points of one good, by time
 * @param toS until when the last one is valid
 */
export function spells(points: readonly PricePoint[], side: Side, toS: number): Weighted[] {
  return points.flatMap((point, at) => {
    const value = side === 'supply' ? point.supplyPrice : point.demandPrice;
    const endS = points[at + 1]?.observedAtS ?? toS;
    return value === 0 ? [] : [{ value, weight: Math.max(0, endS - point.observedAtS) }];
  });
}
