import { NEVER_S } from './markets.js';

/** @import { Markets } from './markets.js' */

/**
 * What the picture is drawn from: markets, or bins of them.
 *
 * @typedef {object} Points
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Float32Array} z
 * @property {Float32Array} seenS as in Markets
 * @property {Float32Array} [slot] as in Markets; absent: 0
 * @property {Float32Array} [weight] markets of each; absent: one
 */

/** Pixels of a bin. */
const BIN_PX = 7;
/** Bins smaller than this would hold a system each. */
const LEAST_LY = 8;
/** The age that one nobody has seen counts as. */
const NEVER_AGE_S = 365 * 86_400;

/**
 * Light years of a bin, a power of two; 0: markets are far enough from each other.
 * @param {number} pixelsPerLy
 */
export function binOf(pixelsPerLy) {
  const ly = 2 ** Math.ceil(Math.log2(BIN_PX / pixelsPerLy));
  return ly < LEAST_LY ? 0 : ly;
}

/**
 * Markets of a cube are one point in the middle of them, as old as they are by the geometric mean.
 * @param {Markets} markets
 * @param {number} binLy
 * @param {number} nowS epoch seconds
 * @returns {Points & { weight: Float32Array }}
 */
export function binMarkets({ x, y, z, seenS, baseS }, binLy, nowS) {
  /** @type {Map<number, number>} */
  const places = new Map();
  const binAt = new Uint32Array(x.length);
  for (let at = 0; at < x.length; at++) {
    const key = cell(x[at]) + 65_536 * (cell(y[at]) + 65_536 * cell(z[at]));
    const known = places.get(key);
    binAt[at] = known ?? places.size;
    if (known === undefined) places.set(key, places.size);
  }
  const sums = Array.from({ length: 5 }, () => new Float64Array(places.size));
  const [weight, sumX, sumY, sumZ, sumAge] =
    /** @type {[Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]} */ (sums);
  for (let at = 0; at < x.length; at++) {
    const bin = binAt[at] ?? 0;
    add(weight, bin, 1);
    add(sumX, bin, x[at]);
    add(sumY, bin, y[at]);
    add(sumZ, bin, z[at]);
    add(sumAge, bin, Math.log(ageOf(seenS[at] ?? NEVER_S)));
  }
  const mean = (/** @type {Float64Array} */ sum) =>
    Float32Array.from(sum, (each, bin) => each / (weight[bin] ?? 1));
  return {
    ...{ x: mean(sumX), y: mean(sumY), z: mean(sumZ) },
    seenS: mean(sumAge).map((logAge) => nowS - baseS - Math.exp(logAge)),
    weight: Float32Array.from(weight),
  };

  /** @param {number | undefined} ly */
  function cell(ly) {
    return Math.floor((ly ?? 0) / binLy) + 32_768;
  }

  /** @param {number} seen */
  function ageOf(seen) {
    return seen === NEVER_S || seen < -1e11 ? NEVER_AGE_S : Math.max(60, nowS - baseS - seen);
  }
}

/**
 * @param {Float64Array} sums
 * @param {number} at
 * @param {number | undefined} value
 */
function add(sums, at, value) {
  sums[at] = (sums[at] ?? 0) + (value ?? 0);
}
