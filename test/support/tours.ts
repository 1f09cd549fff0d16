import { distanceLy, type Position } from '../../src/domain/galaxy/galaxy.ts';
import { planCost, type TourProblem } from '../../src/domain/tours/problem.ts';
import type { SeededRandom } from './random.ts';

/** Tours whose seconds are light years. */
export function straightLines(
  points: readonly Position[],
  starts: readonly Position[],
  returns: boolean,
): TourProblem {
  const ly = (a: Position, b: Position) => distanceLy(a, b);
  return {
    stops: points.length,
    commanders: starts.length,
    firstS: (commander, to) => ly(starts[commander]!, points[to]!),
    legS: (_, from, to) => ly(points[from]!, points[to]!),
    lastS: (commander, from) => (returns ? ly(points[from]!, starts[commander]!) : 0),
  };
}

export function randomPoints(random: SeededRandom, count: number, sideLy = 100): Position[] {
  const at = () => random.between(0, sideLy);
  return Array.from({ length: count }, () => ({ x: at(), y: at(), z: at() }));
}

/** The least cost of a plan, by looking at every one: for a dozen stops. */
export function leastCost(problem: TourProblem): number {
  const subsets = 2 ** problem.stops;
  let plans: Plan[][] = [[{ longest: 0, sum: 0 }]];
  for (let commander = 0; commander < problem.commanders; commander++) {
    const own = shortestTours(problem, commander);
    const next: Plan[][] = [];
    for (let all = 0; all < subsets; all++) {
      const found: Plan[] = [];
      for (let part = all; ; part = (part - 1) & all) {
        for (const before of plans[all ^ part] ?? []) {
          offer(found, {
            longest: Math.max(before.longest, own[part]!),
            sum: before.sum + own[part]!,
          });
        }
        if (part === 0) break;
      }
      next.push(found);
    }
    plans = next;
  }
  const ends = plans[subsets - 1]!;
  return Math.min(...ends.map(({ longest, sum }) => planCost([longest]) - longest + sum));
}

interface Plan {
  readonly longest: number;
  readonly sum: number;
}

/** Keeps what nothing else is better than in both. */
function offer(found: Plan[], plan: Plan): void {
  if (found.some(({ longest, sum }) => longest <= plan.longest && sum <= plan.sum)) return;
  const kept = found.filter(({ longest, sum }) => longest < plan.longest || sum < plan.sum);
  found.splice(0, found.length, ...kept, plan);
}

/** By set of stops: the seconds of a commander's shortest tour over them (Held and Karp). */
function shortestTours(problem: TourProblem, commander: number): Float64Array {
  const { stops } = problem;
  const subsets = 2 ** stops;
  /** Of the shortest way over a set that ends at a stop. */
  const ways = new Float64Array(subsets * stops).fill(Infinity);
  for (let stop = 0; stop < stops; stop++) ways[(1 << stop) * stops + stop] = problem.firstS(commander, stop);
  const tours = new Float64Array(subsets).fill(Infinity);
  tours[0] = 0;
  for (let set = 1; set < subsets; set++) {
    for (let last = 0; last < stops; last++) {
      const way = ways[set * stops + last]!;
      if (way === Infinity) continue;
      tours[set] = Math.min(tours[set]!, way + problem.lastS(commander, last));
      for (let to = 0; to < stops; to++) {
        if ((set & (1 << to)) !== 0) continue;
        const at = (set | (1 << to)) * stops + to;
        ways[at] = Math.min(ways[at]!, way + problem.legS(commander, last, to));
      }
    }
  }
  return tours;
}
