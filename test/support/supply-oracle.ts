import { distanceLy } from '../../src/domain/galaxy/galaxy.ts';
import { legSeconds } from '../../src/domain/galaxy/travel-time.ts';
import type { SupplyRequest } from '../../src/domain/colonisation/supply/load-problem.ts';

/** Seconds of there, from one to the next, and back, in the best order: all are tried. */
export function quickestRoute(
  { sellers, to, jumpRangeLy, times }: SupplyRequest,
  visited: readonly number[],
): number {
  const place = (at: number) => sellers[at] ?? to;
  const leg = (from: number, at: number) =>
    legSeconds(
      { ...place(at), distanceLy: distanceLy(place(from).position, place(at).position) },
      jumpRangeLy,
      times,
    );
  const onwards = (from: number, left: readonly number[]): number =>
    left.length === 0
      ? leg(from, -1)
      : Math.min(
          ...left.map(
            (next) =>
              leg(from, next) +
              onwards(
                next,
                left.filter((each) => each !== next),
              ),
          ),
        );
  return onwards(-1, visited);
}

/** Tonnes of each good that can be had at all, whatever the time. */
export function obtainableTonnes({ needs, sellers }: SupplyRequest): number {
  return Object.entries(needs).reduce((sum, [symbol, needed]) => {
    const stock = sellers.reduce((all, { offers }) => all + (offers[symbol]?.stock ?? 0), 0);
    return sum + Math.min(needed, stock);
  }, 0);
}

/** The fewest seconds in which everything can be brought: every choice of loads is tried. For a handful of sellers and loads. */
export function leastSeconds(request: SupplyRequest): number {
  const wanted = obtainableTonnes(request);
  if (wanted === 0) return 0;
  const count = request.sellers.length;
  const subsets = Array.from({ length: 2 ** count - 1 }, (_, at) =>
    Array.from({ length: count }, (_each, seller) => seller).filter((seller) => ((at + 1) >> seller) & 1),
  ).map((sellers) => ({ sellers, seconds: quickestRoute(request, sellers) }));
  // Every load to everybody is enough.
  const all = subsets.at(-1)?.seconds ?? 0;
  let least = all * Math.ceil(wanted / request.capacity);
  const choose = (from: number, loads: readonly (readonly number[])[], seconds: number) => {
    if (seconds >= least) return;
    if (loads.length * request.capacity >= wanted && mostTonnes(request, loads) === wanted) {
      least = seconds;
      return;
    }
    for (let at = from; at < subsets.length; at++) {
      const subset = subsets[at];
      if (subset !== undefined) choose(at, [...loads, subset.sellers], seconds + subset.seconds);
    }
  };
  choose(0, [], 0);
  return least;
}

/** What these loads can bring at most: a flow from goods over sellers' stocks into holds. */
function mostTonnes(
  { needs, sellers, capacity }: SupplyRequest,
  loads: readonly (readonly number[])[],
): number {
  const capacityOf = new Map<string, Map<string, number>>();
  const edge = (from: string, to: string, tonnes: number) => {
    const out = capacityOf.get(from) ?? new Map<string, number>();
    out.set(to, (out.get(to) ?? 0) + tonnes);
    capacityOf.set(from, out);
    const back = capacityOf.get(to) ?? new Map<string, number>();
    back.set(from, back.get(from) ?? 0);
    capacityOf.set(to, back);
  };
  for (const [symbol, needed] of Object.entries(needs)) {
    edge('begin', symbol, needed);
    for (const [at, { offers }] of sellers.entries()) {
      const stock = offers[symbol]?.stock ?? 0;
      if (stock === 0) continue;
      edge(symbol, `${symbol} at ${at}`, stock);
      for (const [load, visited] of loads.entries()) {
        if (visited.includes(at)) edge(`${symbol} at ${at}`, `load ${load}`, stock);
      }
    }
  }
  for (const load of loads.keys()) edge(`load ${load}`, 'end', capacity);
  let flow = 0;
  for (;;) {
    const path = pathOf(capacityOf);
    if (path === null) return flow;
    const more = Math.min(...path.map(([from, to]) => capacityOf.get(from)?.get(to) ?? 0));
    for (const [from, to] of path) {
      capacityOf.get(from)?.set(to, (capacityOf.get(from)?.get(to) ?? 0) - more);
      capacityOf.get(to)?.set(from, (capacityOf.get(to)?.get(from) ?? 0) + more);
    }
    flow += more;
  }
}

function pathOf(capacityOf: ReadonlyMap<string, ReadonlyMap<string, number>>): [string, string][] | null {
  const cameFrom = new Map([['begin', '']]);
  const waiting = ['begin'];
  for (let from = waiting.shift(); from !== undefined; from = waiting.shift()) {
    for (const [to, left] of capacityOf.get(from) ?? []) {
      if (left <= 0 || cameFrom.has(to)) continue;
      cameFrom.set(to, from);
      waiting.push(to);
    }
  }
  if (!cameFrom.has('end')) return null;
  const path: [string, string][] = [];
  for (let to = 'end'; to !== 'begin'; to = cameFrom.get(to) ?? 'begin')
    path.unshift([cameFrom.get(to) ?? '', to]);
  return path;
}
