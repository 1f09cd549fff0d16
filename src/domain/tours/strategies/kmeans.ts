import type { Position } from '../../galaxy/galaxy.ts';
import type { SeededRandom } from '../../seeded-random.ts';
import { centroid, distanceTo } from './geometry.ts';

const MAX_ROUNDS = 50;

/** A cluster for each commander: nearest centre (the first of several), until nothing changes or after 50 rounds. */
export function kmeans(points: readonly Position[], commanders: number, random: SeededRandom): number[][] {
  if (points.length === 0) return Array.from({ length: commanders }, () => []);
  let centres = firstCentres(points, commanders, random);
  let clusters: number[][] = [];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    clusters = assign(points, centres);
    const moved = centres.map((centre, at) => {
      const cluster = clusters[at] ?? [];
      return cluster.length === 0 ? centre : centroid(points, cluster);
    });
    if (moved.every((centre, at) => distanceTo(centres, at, centre) === 0)) break;
    centres = moved;
  }
  return clusters;
}

/** Different stops by chance; the last one again where there are too few. */
function firstCentres(points: readonly Position[], count: number, random: SeededRandom): Position[] {
  const left = [...points];
  const centres: Position[] = [];
  while (centres.length < count) {
    const [next] = left.splice(Math.floor(random.next() * left.length), 1);
    const centre = next ?? centres.at(-1);
    if (centre === undefined) break;
    centres.push(centre);
  }
  return centres;
}

function assign(points: readonly Position[], centres: readonly Position[]): number[][] {
  const clusters = Array.from(centres, (): number[] => []);
  for (const stop of points.keys()) {
    const distances = centres.map((centre) => distanceTo(points, stop, centre));
    clusters[distances.indexOf(Math.min(...distances))]?.push(stop);
  }
  return clusters;
}
