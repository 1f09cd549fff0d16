import { h } from '/portal/preact.js';
import { anglesOf, pixelsPerLy, projection } from './camera.js';
import { count, decimal } from '../parts/format.js';

/**
 * @import { Camera, Size } from './camera.js'
 *
 * @typedef {object} Place
 * @property {string} name
 * @property {{ readonly x: number, readonly y: number, readonly z: number }} position
 */

/** Seen from far away, where no name of a system could be read. */
const LANDMARKS = [
  { name: 'Sol', position: { x: 0, y: 0, z: 0 } },
  { name: 'Colonia', position: { x: -9_530.5, y: -910.28, z: 19_808.13 } },
  { name: 'Sagittarius A*', position: { x: 25.22, y: -20.91, z: 25_899.97 } },
  { name: 'Beagle Point', position: { x: -1_111.56, y: -134.22, z: 65_269.75 } },
];
const FAR_LY = 2_500;
/** Names are shown where a light year has so many pixels. */
const NAMES_FROM_PX = 2.5;
const LETTER_PX = 7;
const LINE_PX = 15;

/**
 * Distances and names over the picture; said nowhere, for the list below says more.
 * @param {Camera} camera
 * @param {Size} size
 * @param {readonly Place[]} places
 * @param {Place['position'] | null} picked
 */
export function overlay(camera, size, places, picked) {
  const project = projection(camera, size);
  const { sinPitch } = anglesOf(camera);
  const scale = pixelsPerLy(camera, size);
  const ring = 10 ** Math.floor(Math.log10(camera.spanLy / 2));
  const radii = [1, 2, 5].map((step) => ring * step).filter((ly) => ly * scale > 30);
  const { width, height } = size;
  const shown = camera.spanLy > FAR_LY ? LANDMARKS : scale < NAMES_FROM_PX ? LANDMARKS.slice(0, 1) : places;
  const mark = picked === null ? null : project(picked.x, picked.y, picked.z);
  return h(
    'svg',
    {
      class: 'overlay',
      'aria-hidden': 'true',
      viewBox: `${-width / 2} ${-height / 2} ${width} ${height}`,
      width,
      height,
    },
    radii.map((ly) => [
      h('ellipse', { key: `ring ${ly}`, class: 'ring', rx: ly * scale, ry: ly * scale * sinPitch }),
      h('text', { key: `ly ${ly}`, class: 'ly', x: 4, y: -ly * scale * sinPitch - 4 }, distance(ly)),
    ]),
    h('path', { class: 'ring', d: 'M-5 0H5M0 -5V5' }),
    apart(shown, project, size).map(({ name, x, y }) =>
      h('text', { key: `name ${name} ${x}`, class: 'name', x: x + 12, y: y + 4 }, name),
    ),
    mark !== null && h('circle', { class: 'picked', cx: mark.x, cy: mark.y, r: 10 }),
  );
}

/** @param {number} ly */
function distance(ly) {
  return `${ly < 1 ? decimal(ly) : count(ly)} ly`;
}

/**
 * Names that lie within the picture and not over each other, a system once.
 * @param {readonly Place[]} places
 * @param {ReturnType<typeof projection>} project
 * @param {Size} size
 */
function apart(places, project, { width, height }) {
  /** @type {{ name: string, x: number, y: number }[]} */
  const shown = [];
  for (const { name, position } of places) {
    const { x, y } = project(position.x, position.y, position.z);
    const isIn = Math.abs(x) < width / 2 - 10 && Math.abs(y) < height / 2 - 10;
    const isOver = shown.some(
      (other) =>
        other.name === name ||
        (Math.abs(other.y - y) < LINE_PX &&
          x < other.x + other.name.length * LETTER_PX &&
          other.x < x + name.length * LETTER_PX),
    );
    if (isIn && !isOver) shown.push({ name, x, y });
  }
  return shown;
}
