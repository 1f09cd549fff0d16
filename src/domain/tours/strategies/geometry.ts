import { distanceLy, type Position } from '../../galaxy/galaxy.ts';

/** The middle of some places; the origin where there are none. */
export function centroid(points: readonly Position[], of: readonly number[]): Position {
  const sum = { x: 0, y: 0, z: 0 };
  for (const index of of) {
    sum.x += points[index]?.x ?? 0;
    sum.y += points[index]?.y ?? 0;
    sum.z += points[index]?.z ?? 0;
  }
  const count = Math.max(1, of.length);
  return { x: sum.x / count, y: sum.y / count, z: sum.z / count };
}

/** Light years from a point to one of the places. */
export function distanceTo(points: readonly Position[], index: number, from: Position): number {
  const point = points[index];
  return point === undefined ? Infinity : distanceLy(point, from);
}
