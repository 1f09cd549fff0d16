import { el, svg } from './dom.js';
import { layoutChart } from './layout.js';

/** Smaller is not read any more: pixels a unit of the drawing. */
const MIN_SCALE = 0.7;

/** A machine's statechart with one actor's states and last transition marked. */
export class ChartView {
  #box;
  #drawing = null;
  #machine = null;
  #actor = null;
  /** The reader has chosen what to see of this chart. */
  #touched = false;

  constructor(box) {
    this.#box = box;
    panAndZoom(box, { onTouch: () => (this.#touched = true) });
  }

  /** Lays a chart out, once. */
  prepare(chart) {
    return layoutChart(chart, this.#box.clientWidth / this.#box.clientHeight);
  }

  /** @param chart null: the actor is no machine */
  async show(chart, actor) {
    this.#actor = actor;
    const machine = chart?.machine ?? null;
    if (machine !== this.#machine || machine === null) {
      this.#machine = machine;
      this.#drawing = null;
      if (chart === null) {
        const text =
          actor === null ? 'Select an actor.' : 'This actor has no states: it does one piece of work.';
        this.#box.replaceChildren(el('p', { class: 'empty' }, text));
        return;
      }
      this.#box.replaceChildren(el('p', { class: 'empty' }, `Drawing ${machine} …`));
      const drawing = draw(await this.prepare(chart));
      if (this.#machine !== machine) return;
      this.#drawing = drawing;
      this.#touched = false;
      this.#box.replaceChildren(drawing);
    }
    this.#mark();
    this.#frame();
  }

  /** The whole chart if it can be read, else the part around the current state. */
  #frame() {
    const { clientWidth, clientHeight } = this.#box;
    if (this.#drawing === null || this.#touched || clientWidth * clientHeight === 0) return;
    const view = this.#drawing.viewBox.baseVal;
    const whole = {
      width: Number(this.#drawing.dataset.width) + 16,
      height: Number(this.#drawing.dataset.height) + 16,
    };
    const width = Math.min(whole.width, clientWidth / MIN_SCALE);
    const height = Math.min(whole.height, clientHeight / MIN_SCALE);
    const current = this.#drawing.querySelector('.current')?.getBBox();
    const { x, y } = view;
    const sees =
      current !== undefined &&
      current.x >= x &&
      current.y >= y &&
      current.x + current.width <= x + width &&
      current.y + current.height <= y + height;
    if (view.width === width && view.height === height && (sees || current === undefined)) return;
    const centre = current ?? { x: 0, y: 0, width: 0, height: 0 };
    view.x = between(-8, centre.x + centre.width / 2 - width / 2, whole.width - 8 - width);
    view.y = between(-8, centre.y + centre.height / 2 - height / 2, whole.height - 8 - height);
    view.width = width;
    view.height = height;
  }

  #mark() {
    if (this.#drawing === null || this.#actor === null) return;
    const { states, transitions } = this.#actor;
    for (const node of this.#drawing.querySelectorAll('[data-state]')) {
      const path = node.dataset.state;
      node.classList.toggle('current', states.includes(path));
      node.classList.toggle('within', path === '' || states.some((leaf) => leaf.startsWith(`${path}.`)));
    }
    for (const node of this.#drawing.querySelectorAll('[data-transition]')) {
      node.classList.toggle('taken', transitions.includes(node.dataset.transition));
    }
    for (const edge of this.#drawing.querySelectorAll('.edge')) {
      const taken = edge.querySelector('.taken') !== null;
      edge.classList.toggle('taken', taken);
      // What is marked is drawn above the rest.
      if (taken) edge.parentElement.append(edge);
    }
  }
}

function draw(graph) {
  const edges = svg('g');
  for (const edge of graph.edges) edges.append(drawEdge(edge));
  const nodes = svg('g');
  for (const child of graph.children) drawNode(child, nodes);
  return svg(
    'svg',
    {
      viewBox: wholeOf(graph),
      role: 'img',
      'data-width': graph.width,
      'data-height': graph.height,
    },
    svg('defs', {}, arrow('arrow'), arrow('arrow-taken')),
    nodes,
    edges,
  );
}

function drawNode(node, into) {
  const { x, y, width, height, state, lines, isStart } = node;
  if (isStart) {
    into.append(svg('circle', { class: 'start', cx: x + 5, cy: y + 5, r: 5 }));
    return;
  }
  const group = svg('g', { class: `state ${state.type}`, 'data-state': state.path });
  group.append(svg('rect', { x, y, width, height, rx: 8 }));
  if (state.type === 'final')
    group.append(
      svg('rect', { class: 'inner', x: x + 3, y: y + 3, width: width - 6, height: height - 6, rx: 6 }),
    );
  group.append(svg('text', { class: 'title', x: x + 10, y: y + 16 }, state.key));
  lines.forEach(({ text, full, transition }, i) => {
    group.append(
      svg(
        'text',
        { class: 'line', x: x + 10, y: y + 36 + i * 16, 'data-transition': transition },
        text,
        svg('title', {}, full),
      ),
    );
  });
  into.append(group);
  for (const child of node.children ?? []) drawNode(child, into);
}

function drawEdge({ sections = [], labels = [], lines = [] }) {
  const group = svg('g', { class: lines.length === 0 ? 'edge initial' : 'edge' });
  for (const { startPoint, endPoint, bendPoints = [] } of sections) {
    group.append(svg('path', { d: rounded([startPoint, ...bendPoints, endPoint]) }));
  }
  for (const { x, y, width, height } of labels) {
    group.append(svg('rect', { class: 'label', x, y, width, height, rx: 3 }));
    lines.forEach(({ text, full, transition }, i) => {
      const at = { x: x + width / 2, y: y + 12 + i * 13 };
      group.append(svg('text', { ...at, 'data-transition': transition }, text, svg('title', {}, full)));
    });
  }
  return group;
}

function between(min, value, max) {
  return Math.max(min, Math.min(value, max));
}

/** A path through the points with rounded corners. */
function rounded(points) {
  const [first, ...rest] = points;
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, i) => {
    const next = rest[i + 1];
    if (next === undefined) {
      path += `L${point.x},${point.y}`;
      return;
    }
    const before = towards(point, points[i], 6);
    const after = towards(point, next, 6);
    path += `L${before.x},${before.y}Q${point.x},${point.y} ${after.x},${after.y}`;
  });
  return path;
}

function towards(from, to, distance) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const part = Math.min(distance, length / 2) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function arrow(id) {
  return svg(
    'marker',
    { id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, orient: 'auto' },
    svg('path', { d: 'M0,0.5L8,4L0,7.5z' }),
  );
}

/** Wheel: zoom at the pointer; drag: move; double click: the whole chart. */
function panAndZoom(box, { onTouch }) {
  const view = () => box.querySelector('svg')?.viewBox.baseVal ?? null;
  const scale = (current) => Math.max(current.width / box.clientWidth, current.height / box.clientHeight);
  box.addEventListener(
    'wheel',
    (event) => {
      const current = view();
      if (current === null) return;
      event.preventDefault();
      onTouch();
      const by = Math.exp(event.deltaY * 0.0015);
      const frame = box.getBoundingClientRect();
      const atX =
        current.x + current.width / 2 + (event.clientX - frame.x - frame.width / 2) * scale(current);
      const atY =
        current.y + current.height / 2 + (event.clientY - frame.y - frame.height / 2) * scale(current);
      current.x = atX + (current.x - atX) * by;
      current.y = atY + (current.y - atY) * by;
      current.width *= by;
      current.height *= by;
    },
    { passive: false },
  );
  box.addEventListener('pointermove', (event) => {
    const current = view();
    if (current === null || (event.buttons & 1) === 0) return;
    onTouch();
    const factor = scale(current);
    current.x -= event.movementX * factor;
    current.y -= event.movementY * factor;
  });
  box.addEventListener('dblclick', () => {
    const drawing = box.querySelector('svg');
    if (drawing === null) return;
    onTouch();
    drawing.setAttribute('viewBox', wholeOf(drawing.dataset));
  });
}

function wholeOf({ width, height }) {
  return `-8 -8 ${Number(width) + 16} ${Number(height) + 16}`;
}
