import type { Position } from '../../galaxy/galaxy.ts';
import type { SeededRandom } from '../../seeded-random.ts';
import { centroid, distanceTo } from './geometry.ts';

/** By then nothing changes any more, or it goes round in circles. */
const MAX_ROUNDS = 50;

/** A cluster for each commander: nearest centre (the first of several), until nothing changes or after so many rounds. */
export function kmeans(points: readonly Position[], commanders: number, random: SeededRandom): number[][] {
  let centres = firstCentres(points, commanders, random);
  let clusters = assign(points, centres);
  for (let round = 1; round < MAX_ROUNDS; round++) {
    const moved = clusters.map(({ centre, stops }) =>
      stops.length === 0 ? centre : centroid(points, stops),
    );
    // Stryker disable next-line all: without it the same is found again
    if (moved.every((centre, at) => distanceTo(centres, at, centre) === 0)) break;
    centres = moved;
    clusters = assign(points, centres);
  }
  return Array.from({ length: commanders }, (_, commander) => clusters[commander]?.stops ?? []);
}

/** Different stops by chance; fewer where there are too few. */
function firstCentres(points: readonly Position[], count: number, random: SeededRandom): Position[] {
  const left = [...points];
  return Array.from({ length: count }, () => left.splice(Math.floor(random.next() * left.length), 1)).flat();
}

function assign(points: readonly Position[], centres: readonly Position[]) {
  const clusters = centres.map((centre) => ({ centre, stops: [] as number[] }));
  for (const stop of points.keys()) {
    const far = clusters.map(({ centre }) => distanceTo(points, stop, centre));
    clusters[far.indexOf(Math.min(...far))]?.stops.push(stop);
  }
  return clusters;
}
