/**
 * How the galaxy is looked at, without perspective: what is far is not smaller, so that a distance on the plane is the
 * same everywhere.
 *
 * @typedef {object} Camera
 * @property {readonly [number, number, number]} at what is in the middle, light years
 * @property {number} spanLy light years across the shorter side of the picture
 * @property {number} yaw degrees; 0: x goes right, z goes up
 * @property {number} pitch degrees; 90: from above, 0: from the side
 *
 * @typedef {{ readonly width: number, readonly height: number }} Size pixels
 * @typedef {{ readonly x: number, readonly y: number }} Pixel from the middle, x right, y down
 */

const SPAN = { leastLy: 2, mostLy: 140_000 };
const RADIAN = Math.PI / 180;

/** @param {Camera} camera */
export function anglesOf({ yaw, pitch }) {
  return {
    ...{ cosYaw: Math.cos(yaw * RADIAN), sinYaw: Math.sin(yaw * RADIAN) },
    ...{ cosPitch: Math.cos(pitch * RADIAN), sinPitch: Math.sin(pitch * RADIAN) },
  };
}

/**
 * @param {Camera} camera
 * @param {Size} size
 */
export function pixelsPerLy({ spanLy }, { width, height }) {
  return Math.min(width, height) / spanLy;
}

/**
 * Where points are on the picture.
 * @param {Camera} camera
 * @param {Size} size
 * @returns {(x: number, y: number, z: number) => Pixel}
 */
export function projection(camera, size) {
  const { cosYaw, sinYaw, cosPitch, sinPitch } = anglesOf(camera);
  const scale = pixelsPerLy(camera, size);
  const [atX, atY, atZ] = camera.at;
  return (x, y, z) => {
    const dx = x - atX;
    const dz = z - atZ;
    const away = dz * cosYaw - dx * sinYaw;
    return {
      x: (dx * cosYaw + dz * sinYaw) * scale,
      y: -(away * sinPitch + (y - atY) * cosPitch) * scale,
    };
  };
}

/**
 * Moves the picture along the plane.
 * @param {Camera} camera
 * @param {Size} size
 * @param {Pixel} by
 * @returns {Camera}
 */
export function pan(camera, size, by) {
  const { cosYaw, sinYaw, sinPitch } = anglesOf(camera);
  const scale = pixelsPerLy(camera, size);
  const across = -by.x / scale;
  // From the side a pixel would be worth any distance.
  const away = by.y / scale / Math.max(sinPitch, 0.25);
  const [x, y, z] = camera.at;
  return { ...camera, at: [x + across * cosYaw - away * sinYaw, y, z + across * sinYaw + away * cosYaw] };
}

/**
 * @param {Camera} camera
 * @param {Size} size
 * @param {number} factor below 1: nearer
 * @param {Pixel} around what is there stays there
 * @returns {Camera}
 */
export function zoom(camera, size, factor, around = { x: 0, y: 0 }) {
  const spanLy = Math.min(Math.max(camera.spanLy * factor, SPAN.leastLy), SPAN.mostLy);
  const nearer = { ...camera, spanLy };
  const by = 1 - camera.spanLy / spanLy;
  return pan(nearer, size, { x: around.x * by, y: around.y * by });
}

/**
 * @param {Camera} camera
 * @param {number} yaw degrees more
 * @param {number} pitch degrees more
 * @returns {Camera}
 */
export function turn(camera, yaw, pitch) {
  return {
    ...camera,
    yaw: (((camera.yaw + yaw) % 360) + 360) % 360,
    pitch: Math.min(90, Math.max(0, camera.pitch + pitch)),
  };
}

/** Pixels of a market. @param {number} pixelsPerLy */
export function sizeOf(pixelsPerLy) {
  return Math.min(11, Math.max(3, 3.2 * pixelsPerLy ** 0.4));
}

/** Markets of one system lie around each other, as the seeds of a sunflower do: pixels, and an angle. */
export const SUNFLOWER = { radius: 0.62, turn: 2.399_963 };

/**
 * The nearest of many points to a pixel.
 * @param {{ x: Float32Array, y: Float32Array, z: Float32Array, slot?: Float32Array }} points
 * @param {Camera} camera
 * @param {Size} size
 * @param {Pixel} pixel
 * @param {number} within pixels
 * @returns {number} its index; -1: none is so near
 */
export function nearest({ x, y, z, slot }, camera, size, pixel, within) {
  const project = projection(camera, size);
  const radius = SUNFLOWER.radius * sizeOf(pixelsPerLy(camera, size));
  let best = -1;
  let least = within * within;
  for (let at = 0; at < x.length; at++) {
    const there = project(x[at] ?? 0, y[at] ?? 0, z[at] ?? 0);
    const seed = slot?.[at] ?? 0;
    const far = radius * Math.sqrt(seed);
    const x1 = there.x + far * Math.cos(seed * SUNFLOWER.turn);
    const y1 = there.y - far * Math.sin(seed * SUNFLOWER.turn);
    const distance = (x1 - pixel.x) ** 2 + (y1 - pixel.y) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = at;
  }
  return best;
}

/** A point as addresses have it: `12.5,-3,40`; null: it is none. @param {string} text */
export function readPoint(text) {
  const numbers = text.split(',').map((each) => (each.trim() === '' ? NaN : Number(each)));
  const [x, y, z] = numbers;
  if (numbers.length !== 3 || x === undefined || y === undefined || z === undefined) return null;
  return numbers.every(Number.isFinite) ? /** @type {const} */ ([x, y, z]) : null;
}

/**
 * As exact as a picture of this size shows.
 * @param {Camera} camera
 */
export function writeCamera({ at, spanLy, yaw, pitch }) {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(spanLy)));
  return {
    at: at.map((each) => Number(each.toFixed(digits))).join(),
    span: String(Number(spanLy.toPrecision(3))),
    turn: `${Math.round(yaw)},${Math.round(pitch)}`,
  };
}
