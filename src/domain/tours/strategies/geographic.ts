import type { Position } from '../../galaxy/galaxy.ts';

/** The axis that is cut, where several sides are as long: the first. */
const AXES = ['y', 'x', 'z'] as const;

/** The longest side of the box around all stops, cut into slices of one width, a slice for each commander. */
export function geographic(points: readonly Position[], commanders: number): number[][] {
  const slices = Array.from({ length: commanders }, (): number[] => []);
  const sides = AXES.map((axis) => {
    const values = points.map((point) => point[axis]);
    const min = Math.min(...values);
    return { axis, min, length: Math.max(...values) - min };
  });
  const longest = Math.max(...sides.map(({ length }) => length));
  const side = sides.find(({ length }) => length === longest);
  if (side === undefined || longest <= 0) {
    // All at one place: in turn.
    for (const stop of points.keys()) slices[stop % commanders]?.push(stop);
    return slices;
  }
  const width = longest / commanders;
  for (const [stop, point] of points.entries()) {
    const slice = Math.floor((point[side.axis] - side.min) / width);
    slices[Math.min(slice, commanders - 1)]?.push(stop);
  }
  return slices;
}
