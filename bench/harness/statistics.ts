/** @param values any order, at least one */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between neighbours. @param values any order, at least one */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const low = sorted[Math.floor(at)]!;
  return low + (sorted[Math.ceil(at)]! - low) * (at % 1);
}

/** Median, least and most. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** How fast ours is beside the limit, round by round: above 1 it is faster. */
export function speedRatio(oursS: readonly number[], limitS: readonly number[]): Spread {
  const ratios = oursS.map((ours, i) => limitS[i]! / ours);
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}

/** Something that grows with size. */
export interface Point {
  readonly size: number;
  readonly value: number;
}

/** k of value = c * size^k that fits best: 1 is linear. */
export function growthExponent(points: readonly Point[]): number {
  return slope(points.map(({ size, value }) => ({ size: Math.log(size), value: Math.log(value) })));
}

/** By the power law through the points, from the largest one on. */
export function extrapolatePower(points: readonly Point[], size: number): number {
  const largest = points.toSorted((p, q) => q.size - p.size)[0]!;
  return largest.value * (size / largest.size) ** Math.max(0, growthExponent(points));
}

/** On the line through the two largest points; never less than the larger of them for a larger size. */
export function extrapolate(points: readonly Point[], size: number): number {
  const [a, b] = points.toSorted((p, q) => p.size - q.size).slice(-2) as [Point, Point];
  return b.value + Math.max(0, slope([a, b])) * (size - b.size);
}

function slope(points: readonly Point[]): number {
  const mean = (of: (point: Point) => number) => points.reduce((sum, p) => sum + of(p), 0) / points.length;
  const [size, value] = [mean((p) => p.size), mean((p) => p.value)];
  const covariance = mean((p) => (p.size - size) * (p.value - value));
  return covariance / mean((p) => (p.size - size) ** 2);
}
