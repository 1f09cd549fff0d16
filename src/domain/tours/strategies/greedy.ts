import type { Position } from '../../galaxy/galaxy.ts';
import { distanceTo } from './geometry.ts';

/** Seconds of a commander's tour over these stops. */
export type TourCost = (commander: number, stops: readonly number[]) => number;

/**
 * Stops in the order of their x, each for the commander whose tour is the shortest so far (the first of several).
 * Stops of one place stay together.
 */
export function greedy(points: readonly Position[], commanders: number, cost: TourCost): number[][] {
  const order = Array.from(points.keys()).sort((a, b) => (points[a]?.x ?? 0) - (points[b]?.x ?? 0));
  const tours = Array.from({ length: commanders }, (): number[] => []);
  const seconds = Array.from(tours, () => 0);
  const isTaken = new Set<number>();
  for (const stop of order) {
    if (isTaken.has(stop)) continue;
    const commander = seconds.indexOf(Math.min(...seconds));
    const together = order.filter((other) => isSamePlace(points, stop, other));
    for (const each of together) isTaken.add(each);
    tours[commander]?.push(...together);
    seconds[commander] = cost(commander, tours[commander] ?? []);
  }
  return tours;
}

function isSamePlace(points: readonly Position[], a: number, b: number): boolean {
  const place = points[b];
  return place !== undefined && distanceTo(points, a, place) === 0;
}
