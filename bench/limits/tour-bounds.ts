import { distanceLy, type Position } from '../../src/domain/galaxy/galaxy.ts';

const STEPS = 400;

/**
 * Nothing is shorter than this: a bound on the longest of several round tours from one start. All tours together are a
 * round trip that passes the start as often as there are commanders, which is no shorter than its best 1-tree (Held and
 * Karp 1971); the longest is no shorter than their mean, nor than the way to the farthest stop and back.
 */
export function longestAtLeast(stops: readonly Position[], start: Position, commanders: number): number {
  const nodes = [...stops, ...Array.from({ length: commanders }, () => start)];
  const farthest = Math.max(...stops.map((stop) => 2 * distanceLy(stop, start)));
  return Math.max(farthest, roundTripAtLeast(nodes) / commanders);
}

/** Raises the weights of nodes that the cheapest 1-tree passes too often. */
function roundTripAtLeast(nodes: readonly Position[]): number {
  const weights = new Float64Array(nodes.length);
  let best = 0;
  let step = 0;
  for (let round = 0; round < STEPS; round++) {
    const { length, degrees } = oneTree(nodes, weights);
    const bound = length - 2 * weights.reduce((sum, weight) => sum + weight, 0);
    best = Math.max(best, bound);
    if (round === 0) step = bound / nodes.length / 2;
    for (const [node, degree] of degrees.entries()) weights[node]! += step * (degree - 2);
    step *= 0.985;
  }
  return best;
}

/** The cheapest tree over all nodes but the first, and its two cheapest edges, lengths with the weights of both ends. */
function oneTree(nodes: readonly Position[], weights: Float64Array) {
  const count = nodes.length;
  const degrees = new Int32Array(count);
  const near = new Float64Array(count).fill(Infinity);
  const parent = new Int32Array(count).fill(-1);
  const isIn = new Uint8Array(count);
  const weigh = (a: number, b: number) => distanceLy(nodes[a]!, nodes[b]!) + weights[a]! + weights[b]!;
  let length = 0;
  let next = 1;
  for (let added = 1; added < count; added++) {
    isIn[next] = 1;
    if (parent[next]! >= 0) {
      length += near[next]!;
      degrees[next]! += 1;
      degrees[parent[next]!]! += 1;
    }
    const from = next;
    let least = Infinity;
    for (let node = 1; node < count; node++) {
      if (isIn[node] === 1) continue;
      const way = weigh(from, node);
      if (way < near[node]!) {
        near[node] = way;
        parent[node] = from;
      }
      if (near[node]! < least) {
        least = near[node]!;
        next = node;
      }
    }
  }
  const edges = nodes.map((_, node) => (node === 0 ? Infinity : weigh(0, node)));
  for (let times = 0; times < 2; times++) {
    const node = edges.indexOf(Math.min(...edges));
    length += edges[node]!;
    edges[node] = Infinity;
    degrees[node]! += 1;
    degrees[0]! += 1;
  }
  return { length, degrees };
}
