import type { SeededRandom } from '../../seeded-random.ts';
import type { Costs } from './costs.ts';
import type { Routes } from './routes.ts';

/** Stops taken out at once, on average, and of one string at most. */
const REMOVED = 10;
const STRING = 10;

/** All stops by their nearness to a stop, itself first. */
export type Neighbours = readonly Int32Array[];

export function neighboursOf([costs]: readonly Costs[], stops: number): Neighbours {
  if (costs === undefined) return [];
  const { width, s } = costs;
  return Array.from({ length: stops }, (_, stop) => {
    const far = (other: number) => (other === stop ? -1 : (s[stop * width + other] ?? 0));
    return Int32Array.from({ length: stops }, (__, other) => other).sort((a, b) => far(a) - far(b));
  });
}

/**
 * Takes strings of stops that follow one another out of the routes, around one stop (slack induction by string
 * removals, Christiaens and Vanden Berghe 2020; but a route may lose several, for there may be only one).
 * @returns what was taken out
 */
export function ruin(routes: Routes, neighbours: Neighbours, random: SeededRandom): number[] {
  const { stops } = routes;
  const longest = Math.min(STRING, Math.max(1, Math.floor(stops / 2)));
  const strings = random.integer(1, Math.ceil((4 * REMOVED) / (1 + longest)));
  const removed: number[] = [];
  const isTouched = new Set<number>();
  let taken = 0;
  for (const stop of neighbours[random.integer(0, stops - 1)] ?? []) {
    if (taken === strings) break;
    const route = routes.routeOf[stop] ?? -1;
    const tour = routes.tours[route];
    if (tour === undefined) continue;
    const length = random.integer(1, Math.min(tour.length, longest));
    const from = tour.indexOf(stop) - random.integer(0, length - 1);
    removed.push(...routes.take(route, Math.max(0, Math.min(tour.length - length, from)), length));
    isTouched.add(route);
    taken += 1;
  }
  for (const route of isTouched) routes.reckon(route);
  return removed;
}
