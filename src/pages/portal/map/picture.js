import { anglesOf, pixelsPerLy, sizeOf, SUNFLOWER } from './camera.js';

/**
 * @import { Points } from './bins.js'
 * @import { Camera, Size } from './camera.js'
 *
 * @typedef {readonly [number, number, number]} Colour red, green and blue, 0 to 1
 *
 * @typedef {object} Colours
 * @property {Colour} fresh
 * @property {Colour} today
 * @property {Colour} week
 * @property {Colour} stale
 * @property {Colour} never
 */

const COLUMNS = /** @type {const} */ (['x', 'y', 'z', 'seenS', 'slot', 'weight']);

// Ages go on by themselves: only `now` is told anew. What is fresher lies above.
const VERTEX = `#version 300 es
in float x, y, z, seenS, slot, weight;
uniform vec3 centre;
uniform vec4 angles;
uniform vec2 scale, pixel;
uniform float now, size;
uniform vec3 colours[5];
out vec3 colour;
out float hollow, radius;
void main() {
  vec3 d = vec3(x, y, z) - centre;
  float away = d.z * angles.x - d.x * angles.y;
  float age = max(now - seenS, 1.0);
  bool never = age > 1.0e11;
  float days = log2(age / 86400.0) * 0.30103;
  float step = clamp(days < 0.0 ? 1.0 + days / 1.38 : days < 0.845 ? 1.0 + days / 0.845 : 2.0 + (days - 0.845) / 0.632, 0.0, 3.0);
  int lower = int(min(step, 2.0));
  colour = never ? colours[4] : mix(colours[lower], colours[lower + 1], step - float(lower));
  hollow = never ? 1.0 : 0.0;
  radius = size * weight * (1.0 + 1.2 * max(0.0, 1.0 - age / 20.0)) * 0.5;
  vec2 around = slot == 0.0 ? vec2(0.0) : ${SUNFLOWER.radius.toFixed(4)} * size * sqrt(slot) *
    vec2(cos(slot * ${SUNFLOWER.turn}), sin(slot * ${SUNFLOWER.turn})) * pixel;
  gl_PointSize = radius * 2.0 + 1.0;
  gl_Position = vec4(
    vec2(d.x * angles.x + d.z * angles.y, away * angles.w + d.y * angles.z) * scale + around,
    never ? 0.99 : step / 4.0,
    1.0
  );
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
in vec3 colour;
in float hollow, radius;
out vec4 painted;
void main() {
  float far = length(gl_PointCoord - 0.5) * (radius * 2.0 + 1.0);
  float alpha = clamp(radius - far + 0.5, 0.0, 1.0) * mix(0.92, smoothstep(radius - 2.2, radius - 1.2, far), hollow);
  if (alpha < 0.02) discard;
  painted = vec4(colour * alpha, alpha);
}`;

/** Points in the colours of their ages. */
export class Picture {
  #gl;
  #program;
  /** @type {Map<string, WebGLBuffer>} */
  #buffers = new Map();
  #count = 0;
  #every = 0;

  /** @param {WebGL2RenderingContext} gl */
  constructor(gl) {
    this.#gl = gl;
    this.#program = programOf(gl);
    for (const name of COLUMNS) {
      const buffer = gl.createBuffer();
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.enableVertexAttribArray(gl.getAttribLocation(this.#program, name));
      this.#buffers.set(name, buffer);
    }
    gl.useProgram(this.#program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.DEPTH_TEST);
    gl.depthFunc(gl.LEQUAL);
  }

  /** @param {Points} points */
  show(points) {
    const gl = this.#gl;
    this.#count = points.x.length;
    this.#every = 0;
    for (const name of COLUMNS) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers.get(name) ?? null);
      gl.bufferData(gl.ARRAY_BUFFER, columnOf(points, name), gl.DYNAMIC_DRAW);
    }
  }

  /**
   * One of them was seen.
   * @param {number} at its index
   * @param {number} seenS
   */
  see(at, seenS) {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers.get('seenS') ?? null);
    gl.bufferSubData(gl.ARRAY_BUFFER, at * 4, Float32Array.of(seenS));
  }

  /**
   * @param {Camera} camera
   * @param {Size} size of the picture on the page
   * @param {number} density pixels of the screen for one of the page
   * @param {number} nowS seconds since the base of the points
   * @param {number} every 1: all points; n: each n-th
   * @param {Colours} colours
   */
  draw(camera, size, density, nowS, every, { fresh, today, week, stale, never }) {
    const gl = this.#gl;
    const { cosYaw, sinYaw, cosPitch, sinPitch } = anglesOf(camera);
    const scale = 2 * pixelsPerLy(camera, size);
    const place = (/** @type {string} */ name) => gl.getUniformLocation(this.#program, name);
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    gl.uniform3f(place('centre'), ...camera.at);
    gl.uniform4f(place('angles'), cosYaw, sinYaw, cosPitch, sinPitch);
    gl.uniform2f(place('scale'), scale / size.width, scale / size.height);
    gl.uniform2f(place('pixel'), 2 / gl.drawingBufferWidth, 2 / gl.drawingBufferHeight);
    gl.uniform1f(place('now'), nowS);
    gl.uniform1f(place('size'), sizeOf(scale / 2) * density);
    gl.uniform3fv(place('colours'), [fresh, today, week, stale, never].flat());
    this.#take(every);
    gl.drawArrays(gl.POINTS, 0, Math.floor(this.#count / every));
  }

  /** @param {number} every */
  #take(every) {
    if (every === this.#every) return;
    this.#every = every;
    const gl = this.#gl;
    for (const [name, buffer] of this.#buffers) {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.vertexAttribPointer(gl.getAttribLocation(this.#program, name), 1, gl.FLOAT, false, 4 * every, 0);
    }
  }
}

/**
 * @param {Points} points
 * @param {typeof COLUMNS[number]} name
 */
function columnOf(points, name) {
  // Of a thousand markets the bin is four times as large as one.
  if (name === 'weight')
    return (points.weight ?? new Float32Array(points.x.length).fill(1)).map((each) => each ** 0.2);
  return points[name] ?? new Float32Array(points.x.length);
}

/** @param {WebGL2RenderingContext} gl */
function programOf(gl) {
  const program = gl.createProgram();
  for (const [type, source] of /** @type {const} */ ([
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ])) {
    const shader = gl.createShader(type);
    if (shader === null) throw new Error('no shader can be made');
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (gl.getProgramParameter(program, gl.LINK_STATUS) !== true && !gl.isContextLost())
    throw new Error(gl.getProgramInfoLog(program) ?? 'the shaders do not link');
  return program;
}
