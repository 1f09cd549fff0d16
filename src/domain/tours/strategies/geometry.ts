import { distanceLy, type Position } from '../../galaxy/galaxy.ts';

/** The middle of some places; the origin where there are none. */
export function centroid(points: readonly Position[], of: readonly number[]): Position {
  const sum = { x: 0, y: 0, z: 0 };
  for (const { x, y, z } of of.flatMap((index) => points[index] ?? [])) {
    sum.x += x;
    sum.y += y;
    sum.z += z;
  }
  const count = Math.max(1, of.length);
  return { x: sum.x / count, y: sum.y / count, z: sum.z / count };
}

/** Light years from a point to one of the places; none is that far. */
export function distanceTo(points: readonly Position[], index: number, from: Position): number {
  const point = points[index];
  return point === undefined ? Infinity : distanceLy(point, from);
}
