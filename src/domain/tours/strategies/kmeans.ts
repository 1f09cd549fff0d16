import type { Position } from '../../galaxy/galaxy.ts';
import type { SeededRandom } from '../../seeded-random.ts';
import { centroid, distanceTo } from './geometry.ts';

/** By then nothing changes any more, or it goes round in circles. */
const ROUNDS = 50;

/** A cluster for each commander: nearest centre (the first of several), again and again. */
export function kmeans(points: readonly Position[], commanders: number, random: SeededRandom): number[][] {
  let centres = firstCentres(points, commanders, random);
  for (let round = 1; round < ROUNDS; round++) {
    centres = assign(points, centres).map(({ centre, stops }) =>
      stops.length === 0 ? centre : centroid(points, stops),
    );
  }
  const clusters = assign(points, centres);
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
