/** A value, and how much it counts: seconds, observations. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

export interface Steadiness {
  readonly mean: number;
  /** Standard deviation as a part of the mean; 0: it never moved. */
  readonly volatility: number;
  /** The part of its weight that is within 5 % of the mean, 0 ... 1. */
  readonly stability: number;
}

const NEAR = 0.05;

/** @returns null: there is nothing that counts */
export function steadiness(values: readonly Weighted[]): Steadiness | null {
  const total = values.reduce((sum, { weight }) => sum + weight, 0);
  if (total <= 0) return null;
  const mean = values.reduce((sum, { value, weight }) => sum + value * weight, 0) / total;
  const variance = values.reduce((sum, { value, weight }) => sum + (value - mean) ** 2 * weight, 0) / total;
  const near = values.reduce(
    (sum, { value, weight }) => sum + (Math.abs(value - mean) <= NEAR * mean ? weight : 0),
    0,
  );
  return { mean, volatility: Math.sqrt(variance) / mean, stability: near / total };
}
