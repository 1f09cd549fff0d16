import type { Position } from '../../galaxy/galaxy.ts';

/** The axis that is cut, where several sides are as long: the first. */
const AXES = ['y', 'x', 'z'] as const;

/** The longest side of the box around all stops, cut into slices of one width, a slice for each commander. */
export function geographic(points: readonly Position[], commanders: number): number[][] {
  const sides = AXES.map((axis) => {
    const values = points.map((point) => point[axis]);
    const min = Math.min(...values);
    return { axis, min, length: Math.max(...values) - min };
  });
  const side = sides.reduce((longest, each) => (each.length > longest.length ? each : longest));
  const width = side.length / commanders;
  // All at one place: in turn.
  const slices = points.map((point, stop) =>
    width === 0
      ? stop % commanders
      : Math.min(Math.floor((point[side.axis] - side.min) / width), commanders - 1),
  );
  return Array.from({ length: commanders }, (_, slice) =>
    [...slices.keys()].filter((stop) => slices[stop] === slice),
  );
}
