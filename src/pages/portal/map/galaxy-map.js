import { Component, h } from '/portal/preact.js';
import { binMarkets, binOf } from './bins.js';
import { nearest, pixelsPerLy, turn, writeCamera, zoom } from './camera.js';
import { takeGestures } from './gestures.js';
import { coloursOf, legend } from './legend.js';
import { LiveMarkets } from './live-markets.js';
import { overlay } from './overlay.js';
import { Picture } from './picture.js';
import { count } from '../parts/format.js';

/**
 * @import { Points } from './bins.js'
 * @import { Camera, Pixel } from './camera.js'
 * @import { Markets } from './markets.js'
 * @import { Place } from './overlay.js'
 * @import { Colours } from './picture.js'
 *
 * @typedef {object} MapOf
 * @property {string} path of the file of markets
 * @property {Camera} camera as the address has it
 * @property {Camera} home where the map begins
 * @property {string} label for those who hear the page
 * @property {readonly Place[]} places that are named
 * @property {Place['position'] | null} picked
 * @property {{ text: string, pixel: Pixel } | null} pointed what is said of the market under the pointer
 * @property {() => number} nowMs the server's time
 * @property {(camera: Camera) => void} onMove it rests
 * @property {(marketId: number) => void} onPick
 * @property {(marketId: number | null, pixel: Pixel | null) => void} onPoint
 */

const REST_MS = 250;
const AGE_MS = 1_000;
/** Thirty frames a second: where drawing takes longer, a part of the points is drawn while they move. */
const FRAME_MS = 33;
const FEWEST = 16;
const BIN_AGAIN_MS = 10_000;
const POINT_PX = 12;
const PICK_PX = 24;

/** Whether this browser draws with WebGL. */
export function canDraw() {
  return document.createElement('canvas').getContext('webgl2') !== null;
}

/**
 * Every market as a point.
 * @extends {Component<MapOf, { told: string }>}
 */
export class GalaxyMap extends Component {
  /** @type {HTMLCanvasElement | null} */
  #canvas = null;
  /** @type {HTMLElement | null} */
  #legend = null;
  /** @type {Picture | null} */
  #picture = null;
  /** @type {Colours | null} */
  #colours = null;
  /** @type {LiveMarkets | null} */
  #live = null;
  /** @type {Markets | null} */
  #markets = null;
  /** @type {Points | null} */
  #points = null;
  #binLy = 0;
  #binnedMs = 0;
  #isMoving = false;
  #paintedMs = 0;
  /** While they move each so many-th point is drawn. */
  #every = 1;
  #size = { width: 1, height: 1 };
  #camera = this.props.camera;
  /** Where it rested last, as the address has it. */
  #told = '';
  #isDrawing = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #resting;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ageing;
  #resizing = new ResizeObserver(() => this.#resize());
  #scheme = matchMedia('(prefers-color-scheme: dark)');
  #recolour = () => {
    this.#colours = null;
    this.#draw();
  };

  /** @override */
  state = { told: 'Loading…' };

  /** @override */
  componentDidMount() {
    const canvas = this.#canvas;
    if (canvas === null) return;
    this.#begin(canvas);
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.#picture = null;
    });
    canvas.addEventListener('webglcontextrestored', () => this.#begin(canvas));
    takeGestures(canvas, {
      camera: () => this.#camera,
      size: () => this.#size,
      onMove: (camera) => this.#move(camera),
      onPick: (pixel) => this.#pick(pixel),
      onPoint: (pixel) => this.#point(pixel),
      onHome: () => this.#move(this.props.home),
    });
    this.#resizing.observe(canvas);
    this.#scheme.addEventListener('change', this.#recolour);
    this.#ageing = setInterval(() => {
      if (!document.hidden) this.#draw();
    }, AGE_MS);
    this.#listen();
  }

  /**
   * @param {MapOf} before
   * @override
   */
  componentDidUpdate(before) {
    if (before.path !== this.props.path) this.#listen();
    const address = addressOf(this.props.camera);
    // Who moves it while the address is being written is farther already.
    const isOwn = this.#isMoving && address === this.#told;
    if (address !== addressOf(before.camera) && address !== addressOf(this.#camera) && !isOwn) {
      this.#camera = this.props.camera;
      this.#draw();
    }
  }

  /** @override */
  componentWillUnmount() {
    this.#live?.end();
    this.#resizing.disconnect();
    this.#scheme.removeEventListener('change', this.#recolour);
    clearInterval(this.#ageing);
    clearTimeout(this.#resting);
    this.#canvas = null;
  }

  /** @override */
  render() {
    const { label, places, picked, pointed } = this.props;
    const camera = this.#camera;
    const button = (
      /** @type {string} */ text,
      /** @type {string} */ title,
      /** @type {() => Camera} */ to,
    ) => h('button', { type: 'button', title, 'aria-label': title, onClick: () => this.#move(to()) }, text);
    return h(
      'div',
      { class: 'map' },
      h('canvas', {
        tabIndex: 0,
        role: 'application',
        'aria-roledescription': 'map',
        'aria-label': label,
        'aria-describedby': 'map-keys',
        ref: (/** @type {HTMLCanvasElement | null} */ canvas) => {
          this.#canvas = canvas;
        },
      }),
      overlay(camera, this.#size, places, picked),
      pointed !== null &&
        h(
          'p',
          {
            class: 'pointed',
            'aria-hidden': 'true',
            style: { '--x': `${pointed.pixel.x}px`, '--y': `${pointed.pixel.y}px` },
          },
          pointed.text,
        ),
      h(
        'div',
        { class: 'controls', role: 'group', 'aria-label': 'The picture' },
        button('+', 'Nearer', () => zoom(this.#camera, this.#size, 0.6)),
        button('−', 'Farther', () => zoom(this.#camera, this.#size, 1 / 0.6)),
        button('↻', 'Turn', () => turn(this.#camera, 30, 0)),
        button('◪', camera.pitch > 60 ? 'From the side' : 'From above', () =>
          turn(this.#camera, 0, this.#camera.pitch > 60 ? -65 : 90),
        ),
        button('⌂', 'Back to where it began', () => this.props.home),
      ),
      h('p', { class: 'told' }, this.state.told),
      legend((list) => {
        this.#legend = list;
      }),
    );
  }

  /** @param {HTMLCanvasElement} canvas */
  #begin(canvas) {
    const gl = canvas.getContext('webgl2', { antialias: false, alpha: true });
    if (gl === null) return;
    this.#picture = new Picture(gl);
    this.#points = null;
    this.#resize();
  }

  #listen() {
    this.#live?.end();
    this.#live = new LiveMarkets(this.props.path, {
      onMarkets: (markets) => {
        this.#markets = markets;
        this.#points = null;
        const { length } = markets.ids;
        this.setState({ told: length === 1 ? '1 market' : `${count(length)} markets` });
        this.#draw();
      },
      onSeen: (at, seenS) => {
        // Others than are in the picture: all of them are drawn anew.
        if (this.#binLy === 0 && this.#points !== null) this.#picture?.see(at, seenS);
        this.#draw();
      },
      onFailure: () => this.setState({ told: 'The daemon does not answer. It is asked again.' }),
    });
  }

  #resize() {
    const canvas = this.#canvas;
    if (canvas === null) return;
    const { clientWidth: width, clientHeight: height } = canvas;
    this.#size = { width, height };
    canvas.width = Math.round(width * devicePixelRatio);
    canvas.height = Math.round(height * devicePixelRatio);
    this.#draw();
  }

  /** @param {Camera} camera */
  #move(camera) {
    this.#camera = camera;
    this.#isMoving = true;
    this.#draw();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#isMoving = false;
      // A slow frame now and then is no slow machine.
      this.#every = Math.max(1, this.#every / 2);
      this.#paintedMs = 0;
      this.#draw();
      this.#told = addressOf(this.#camera);
      this.props.onMove(this.#camera);
    }, REST_MS);
  }

  #draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => {
      this.#isDrawing = false;
      if (this.#canvas === null) return;
      this.#paint();
      this.forceUpdate();
    });
  }

  #paint() {
    const markets = this.#markets;
    const nowMs = this.props.nowMs();
    if (markets === null || this.#picture === null) return;
    const binLy = binOf(pixelsPerLy(this.#camera, this.#size));
    const isOld = binLy > 0 && nowMs - this.#binnedMs > BIN_AGAIN_MS;
    if (this.#points === null || binLy !== this.#binLy || isOld) {
      this.#points = binLy === 0 ? markets : binMarkets(markets, binLy, nowMs / 1000);
      this.#binLy = binLy;
      this.#binnedMs = nowMs;
      this.#picture.show(this.#points);
      this.#every = 1;
    }
    if (this.#isMoving) this.#keepUp();
    this.#colours ??= coloursOf(this.#legend);
    const nowS = nowMs / 1000 - markets.baseS;
    this.#picture.draw(
      this.#camera,
      this.#size,
      devicePixelRatio,
      nowS,
      this.#isMoving ? this.#every : 1,
      this.#colours,
    );
  }

  #keepUp() {
    const now = performance.now();
    const took = now - this.#paintedMs;
    // What follows a pause says nothing.
    if (took < 4 * REST_MS && took > FRAME_MS && this.#every < FEWEST) this.#every *= 2;
    this.#paintedMs = now;
  }

  /** @param {Pixel} pixel */
  #pick(pixel) {
    // What came just now is drawn with the next frame only.
    if (this.#points === null) this.#paint();
    if (this.#points === null) return;
    const at = nearest(this.#points, this.#camera, this.#size, pixel, PICK_PX);
    if (at < 0) return;
    const id = this.#markets?.ids[at];
    if (this.#binLy > 0) this.#move(zoom(this.#camera, this.#size, 0.4, pixel));
    else if (id !== undefined) this.props.onPick(id);
  }

  /** @param {Pixel | null} pixel */
  #point(pixel) {
    const isNear = pixel !== null && this.#points !== null && this.#binLy === 0;
    const at = isNear ? nearest(this.#points ?? NOTHING, this.#camera, this.#size, pixel, POINT_PX) : -1;
    const id = this.#markets?.ids[at] ?? null;
    this.#canvas?.classList.toggle('pointing', id !== null);
    this.props.onPoint(id, pixel);
  }
}

const NOTHING = { x: new Float32Array(0), y: new Float32Array(0), z: new Float32Array(0) };

/** @param {Camera} camera */
function addressOf(camera) {
  return JSON.stringify(writeCamera(camera));
}
