/* global ELK */

const CHAR = 6.7;
const LINE = 16;
const TITLE = 24;

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
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

/** Positions for every state, edge and label of a chart. */
export function layoutChart(chart) {
  if (!laidOut.has(chart.machine)) laidOut.set(chart.machine, elk.layout(graphOf(chart)));
  return laidOut.get(chart.machine);
}

function graphOf({ machine, root, edges }) {
  const initials = [];
  const children = [nodeOf(root, initials)];
  return {
    id: `chart ${machine}`,
    layoutOptions: OPTIONS,
    children,
    edges: [
      ...initials,
      ...edges.map(({ id, from, to, event, guard, actions }, i) => {
        const lines = guard === null ? [event] : [event, `[${guard}]`];
        return {
          id: `edge ${i}`,
          sources: [nodeId(from)],
          targets: [nodeId(to)],
          transition: id,
          title: [
            event,
            guard === null ? '' : `[${guard}]`,
            actions.length > 0 ? `/ ${actions.join(', ')}` : '',
          ].join(' '),
          labels: [
            {
              id: `label ${i}`,
              text: lines.join('\n'),
              width: widest(lines) + 8,
              height: lines.length * 13 + 4,
            },
          ],
        };
      }),
    ],
  };
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
    text: line.text.length > 52 ? `${line.text.slice(0, 51)}…` : line.text,
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
