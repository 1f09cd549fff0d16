import { distanceLy, type Position } from '../../galaxy/galaxy.ts';

/** Seconds of a commander's tour over these stops. */
export type TourCost = (commander: number, stops: readonly number[]) => number;

/**
 * Stops in the order of their x, each for the commander whose tour is the shortest so far (the first of several).
 * Stops of one place stay together.
 */
export function greedy(points: readonly Position[], commanders: number, cost: TourCost): number[][] {
  const order = [...points.entries()].sort(([, a], [, b]) => a.x - b.x);
  const tours = Array.from({ length: commanders }, (_, commander) => ({
    ...{ commander, seconds: 0 },
    stops: [] as number[],
  }));
  const isTaken = new Set<number>();
  for (const [stop, place] of order) {
    if (isTaken.has(stop)) continue;
    const tour = tours.reduce((shortest, each) => (each.seconds < shortest.seconds ? each : shortest));
    for (const [other, itsPlace] of order) {
      if (distanceLy(place, itsPlace) > 0) continue;
      isTaken.add(other);
      tour.stops.push(other);
    }
    tour.seconds = cost(tour.commander, tour.stops);
  }
  return tours.map(({ stops }) => stops);
}
