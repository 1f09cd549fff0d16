/* global ELK */

const CHAR = 6.7;
const LINE = 16;
const TITLE = 24;

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.layered.spacing.nodeNodeBetweenLayers': '34',
  'elk.layered.spacing.edgeNodeBetweenLayers': '16',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
};

/** Runs in a worker of its own: the page stays alive while a large chart is laid out. */
const elk = new ELK({ workerUrl: '/elk-worker.js' });
const laidOut = new Map();

/**
 * Positions for every state, edge and label of a chart: laid out downwards or to the right, whatever is drawn larger
 * in a room of that shape.
 * @param shape width / height
 */
export function layoutChart(chart, shape) {
  if (!laidOut.has(chart.machine)) laidOut.set(chart.machine, bestOf(chart, shape));
  return laidOut.get(chart.machine);
}

async function bestOf(chart, shape) {
  const layouts = await Promise.all(
    ['DOWN', 'RIGHT'].map((direction) => elk.layout(graphOf(chart, direction))),
  );
  const size = ({ width, height }) => Math.max(width / shape, height);
  return layouts.sort((a, b) => size(a) - size(b))[0];
}

function graphOf({ machine, root, edges }, direction) {
  const initials = [];
  const children = [nodeOf(root, initials)];
  return {
    id: `chart ${machine}`,
    layoutOptions: { ...OPTIONS, 'elk.direction': direction },
    children,
    edges: [...initials, ...edgesOf(edges)],
  };
}

/** Transitions between the same two states share an edge, a line of its label each. */
function edgesOf(edges) {
  const bundles = Map.groupBy(edges, ({ from, to }) => `${from} > ${to}`);
  return [...bundles.values()].map((bundle, i) => {
    const lines = bundle.map(({ id, event, guard, actions }) => {
      const text = guard === null ? event : `${event} [${guard}]`;
      return { text, transition: id, full: actions.length > 0 ? `${text} / ${actions.join(', ')}` : text };
    });
    const label = { width: widest(lines.map(({ text }) => text)) + 8, height: lines.length * 13 + 4 };
    return {
      id: `edge ${i}`,
      sources: [nodeId(bundle[0].from)],
      targets: [nodeId(bundle[0].to)],
      lines,
      labels: [{ id: `label ${i}`, text: ' ', ...label }],
    };
  });
}

function nodeOf(state, initials) {
  const lines = [
    ...state.invokes.map((text) => ({ text: `invoke / ${text}` })),
    ...state.entry.map((text) => ({ text: `entry / ${text}` })),
    ...state.exit.map((text) => ({ text: `exit / ${text}` })),
    ...state.reactions.map(({ id, event, guard, actions }) => ({
      text: [
        event,
        guard === null ? '' : ` [${guard}]`,
        actions.length > 0 ? ` / ${actions.join(', ')}` : '',
      ].join(''),
      transition: id,
    })),
  ].map((line) => ({
    ...line,
    full: line.text,
    text: line.text.length > 42 ? `${line.text.slice(0, 41)}…` : line.text,
  }));
  const head = TITLE + lines.length * LINE + (lines.length > 0 ? 6 : 0);
  const width = Math.max(70, widest([state.key]) * 1.1 + 28, widest(lines.map(({ text }) => text)) + 20);
  const node = { id: nodeId(state.path), state, lines, width, height: head };
  if (state.states.length === 0) return node;
  for (const [i, path] of state.initial.entries()) {
    initials.push({
      id: `initial ${state.path} ${i}`,
      sources: [`start ${state.path}`],
      targets: [nodeId(path)],
    });
  }
  return {
    ...node,
    children: [
      { id: `start ${state.path}`, isStart: true, width: 10, height: 10 },
      ...state.states.map((child) => nodeOf(child, initials)),
    ],
    layoutOptions: {
      'elk.padding': `[top=${head + 12},left=16,bottom=16,right=16]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${head})`,
    },
  };
}

function nodeId(path) {
  return `state ${path}`;
}

function widest(texts) {
  return Math.max(0, ...texts.map((text) => text.length)) * CHAR;
}
