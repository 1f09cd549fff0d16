/** What is sent as a map: docs/api.md, "The map". */
const MAGIC = 'TDLMAP01';
const HEADER_BYTES = 12;
const COLUMNS = 5;

/** Older than any: nobody has seen it. */
export const NEVER_S = -1e12;

/**
 * All markets in columns, as the graphics take them.
 *
 * @typedef {object} Markets
 * @property {Float64Array} ids ascending
 * @property {Float32Array} x light years
 * @property {Float32Array} y
 * @property {Float32Array} z
 * @property {Float32Array} seenS seconds since `baseS`, which are exact for what is young; {@link NEVER_S}
 * @property {Float32Array} slot which of those of its system it is, from 0
 * @property {number} baseS epoch seconds
 */

/**
 * @param {ArrayBuffer} bytes
 * @param {number} baseS epoch seconds that times are counted from: about now
 * @returns {Markets}
 */
export function readMarkets(bytes, baseS) {
  const count = new DataView(bytes).getUint32(MAGIC.length, true);
  const magic = new TextDecoder().decode(bytes.slice(0, MAGIC.length));
  if (magic !== MAGIC || bytes.byteLength !== HEADER_BYTES + 4 * COLUMNS * count) throw new Error('no map');
  const from = (/** @type {number} */ column) => HEADER_BYTES + 4 * count * column;
  const gaps = new Uint32Array(bytes, from(4), count);
  const ids = new Float64Array(count);
  let id = 0;
  for (let at = 0; at < count; at++) ids[at] = id += gaps[at] ?? 0;
  const x = new Float32Array(bytes, from(0), count);
  const y = new Float32Array(bytes, from(1), count);
  const z = new Float32Array(bytes, from(2), count);
  return {
    ...{ ids, baseS, x, y, z },
    slot: slotsOf(x, y, z),
    seenS: Float32Array.from(new Uint32Array(bytes, from(3), count), (atS) =>
      atS === 0 ? NEVER_S : atS - baseS,
    ),
  };
}

/**
 * @param {Float32Array} x
 * @param {Float32Array} y
 * @param {Float32Array} z
 */
function slotsOf(x, y, z) {
  /** @type {Map<number, number>} */
  const taken = new Map();
  return x.map((_, at) => {
    // Coordinates are multiples of 1/32.
    const key = (x[at] ?? 0) * 32 + ((z[at] ?? 0) * 32 + (y[at] ?? 0) * 1024) * 4_194_304;
    const slot = taken.get(key) ?? 0;
    taken.set(key, slot + 1);
    return slot;
  });
}

/**
 * Place of a market in the columns; -1: it is not among them.
 * @param {Float64Array} ids
 * @param {number} id
 */
export function indexOf(ids, id) {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ids[middle] ?? 0) < id) low = middle + 1;
    else high = middle;
  }
  return ids[low] === id ? low : -1;
}
