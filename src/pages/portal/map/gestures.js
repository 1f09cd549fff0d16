import { pan, turn, zoom } from './camera.js';

/** @import { Camera, Pixel, Size } from './camera.js' */

/** Pixels that a finger may move while it points. */
const STILL_PX = 5;
const STEP_PX = 60;
const CLOSER = 0.7;

/**
 * @typedef {object} Moved
 * @property {() => Camera} camera
 * @property {() => Size} size
 * @property {(camera: Camera) => void} onMove
 * @property {(pixel: Pixel) => void} onPick
 * @property {(pixel: Pixel | null) => void} onPoint
 * @property {() => void} onHome
 */

/**
 * Pointers, wheel and keys move the picture.
 * @param {HTMLElement} place
 * @param {Moved} moved
 */
export function takeGestures(place, { camera, size, onMove, onPick, onPoint, onHome }) {
  /** @type {Map<number, { x: number, y: number, pressedX: number, pressedY: number }>} */
  const pressed = new Map();
  let isPick = false;

  /** @param {{ clientX: number, clientY: number }} event */
  const pixelOf = ({ clientX, clientY }) => {
    const { left, top, width, height } = place.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };

  place.addEventListener('pointerdown', (event) => {
    place.setPointerCapture(event.pointerId);
    const { x, y } = pixelOf(event);
    pressed.set(event.pointerId, { x, y, pressedX: x, pressedY: y });
    isPick = pressed.size === 1;
  });
  place.addEventListener('pointermove', (event) => {
    const pixel = pixelOf(event);
    const before = pressed.get(event.pointerId);
    if (before === undefined) {
      onPoint(pixel);
      return;
    }
    if (isPick && Math.hypot(pixel.x - before.pressedX, pixel.y - before.pressedY) < STILL_PX) return;
    isPick = false;
    const by = { x: pixel.x - before.x, y: pixel.y - before.y };
    const other = [...pressed].find(([id]) => id !== event.pointerId)?.[1];
    if (other !== undefined) {
      const apart = (/** @type {Pixel} */ one) => Math.max(20, Math.hypot(one.x - other.x, one.y - other.y));
      const half = { x: by.x / 2, y: by.y / 2 };
      onMove(pan(zoom(camera(), size(), apart(before) / apart(pixel), other), size(), half));
    } else if (event.shiftKey || event.buttons === 2) {
      onMove(turn(camera(), by.x * 0.3, by.y * 0.3));
    } else {
      onMove(pan(camera(), size(), by));
    }
    Object.assign(before, pixel);
  });
  const release = (/** @type {PointerEvent} */ event) => {
    if (event.type === 'pointerup' && isPick && pressed.size === 1) onPick(pixelOf(event));
    pressed.delete(event.pointerId);
    isPick = false;
  };
  place.addEventListener('pointerup', release);
  place.addEventListener('pointercancel', release);
  place.addEventListener('pointerleave', () => onPoint(null));
  place.addEventListener('contextmenu', (event) => event.preventDefault());
  place.addEventListener('dblclick', (event) =>
    onMove(zoom(camera(), size(), CLOSER * CLOSER, pixelOf(event))),
  );
  place.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const by = Math.max(-200, Math.min(200, event.deltaY * lines));
      onMove(zoom(camera(), size(), Math.exp(by * 0.0022), pixelOf(event)));
    },
    { passive: false },
  );
  place.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = camera();
    const by = (/** @type {number} */ x, /** @type {number} */ y) => onMove(pan(now, size(), { x, y }));
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => by(STEP_PX, 0),
      ArrowRight: () => by(-STEP_PX, 0),
      ArrowUp: () => by(0, STEP_PX),
      ArrowDown: () => by(0, -STEP_PX),
      '+': () => onMove(zoom(now, size(), CLOSER)),
      '=': () => onMove(zoom(now, size(), CLOSER)),
      '-': () => onMove(zoom(now, size(), 1 / CLOSER)),
      ',': () => onMove(turn(now, -15, 0)),
      '.': () => onMove(turn(now, 15, 0)),
      PageUp: () => onMove(turn(now, 0, 15)),
      PageDown: () => onMove(turn(now, 0, -15)),
      Home: onHome,
      Enter: () => onPick({ x: 0, y: 0 }),
    };
    const act = keys[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}
