import type { SeededRandom } from '../../seeded-random.ts';
import type { Costs } from './costs.ts';
import type { Routes } from './routes.ts';

/** A place that is overlooked now and then leads elsewhere. */
const BLINK = 0.01;

/** Puts stops into the routes, one after the other where each costs least. */
export function recreate(routes: Routes, removed: number[], random: SeededRandom): void {
  arrange(routes.costs[0], removed, random);
  for (const stop of removed) {
    let best = { weight: Infinity, route: 0, at: 0, addedS: 0 };
    for (const [route, costs] of routes.costs.entries()) {
      const tour = routes.tours[route] ?? [];
      const place = cheapestPlace(costs, tour, stop, random) ?? placeAt(costs, tour, stop, tour.length);
      const weight = routes.weight(route, place.addedS);
      if (weight < best.weight) best = { ...place, weight, route };
    }
    routes.put(best.route, best.at, stop, best.addedS);
  }
}

interface Place {
  readonly at: number;
  readonly addedS: number;
}

/** Null: every place was overlooked. */
function cheapestPlace(
  { width, s }: Costs,
  tour: readonly number[],
  stop: number,
  random: SeededRandom,
): Place | null {
  const end = width - 1;
  const count = tour.length;
  let least = Infinity;
  let leastAt = -1;
  let fromRow = end * width;
  for (let at = 0; at <= count; at++) {
    const to = at < count ? (tour[at] ?? end) : end;
    const added = (s[fromRow + stop] ?? 0) + (s[stop * width + to] ?? 0) - (s[fromRow + to] ?? 0);
    if (added < least && random.next() >= BLINK) {
      least = added;
      leastAt = at;
    }
    fromRow = to * width;
  }
  return leastAt < 0 ? null : { at: leastAt, addedS: least };
}

function placeAt({ width, s }: Costs, tour: readonly number[], stop: number, at: number): Place {
  const end = width - 1;
  const [from, to] = [tour[at - 1] ?? end, tour[at] ?? end];
  const addedS = (s[from * width + stop] ?? 0) + (s[stop * width + to] ?? 0) - (s[from * width + to] ?? 0);
  return { at, addedS };
}

/** Farthest from the start first, nearest first, or mostly in any order. */
function arrange(costs: Costs | undefined, stops: number[], random: SeededRandom): void {
  if (costs === undefined) return;
  const startRow = (costs.width - 1) * costs.width;
  const far = (stop: number) => costs.s[startRow + stop] ?? 0;
  const way = random.next() * 7;
  if (way < 2) stops.sort((a, b) => far(b) - far(a));
  else if (way < 3) stops.sort((a, b) => far(a) - far(b));
  else shuffle(stops, random);
}

function shuffle(stops: number[], random: SeededRandom): void {
  for (let i = stops.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    const kept = stops[i] ?? 0;
    stops[i] = stops[j] ?? 0;
    stops[j] = kept;
  }
}
