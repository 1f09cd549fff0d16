import type { SeededRandom } from '../../seeded-random.ts';
import type { LoadProblem } from './load-problem.ts';

/** Tonnes of a good from a seller. */
interface Take {
  readonly seller: number;
  readonly good: number;
  readonly tonnes: number;
}

/** A flight: there, from seller to seller, and back. */
export interface Load {
  /** Sellers in the order in which they are visited, each once. */
  readonly stops: readonly number[];
  readonly takes: readonly Take[];
  readonly tonnes: number;
  readonly seconds: number;
  /** So many alike. */
  readonly times: number;
}

/** What is still needed, and what sellers still have. */
export class Rest {
  readonly needs: Float64Array;
  readonly stock: Float64Array;
  /** Of all sellers together, by good. */
  readonly #supply: Float64Array;
  readonly #goods: number;

  constructor(problem: LoadProblem) {
    this.needs = problem.needs.slice();
    this.stock = problem.stock.slice();
    this.#goods = problem.goods.length;
    this.#supply = new Float64Array(this.#goods);
    for (const [at, tonnes] of this.stock.entries()) {
      this.#supply[at % this.#goods] = (this.#supply[at % this.#goods] ?? 0) + tonnes;
    }
  }

  stockOf(seller: number, good: number): number {
    return this.stock[seller * this.#goods + good] ?? 0;
  }

  /** Tonnes of a good that must come from this seller sooner or later: the others have too little. */
  onlyFrom(seller: number, good: number): number {
    return Math.max(0, (this.needs[good] ?? 0) - (this.#supply[good] ?? 0) + this.stockOf(seller, good));
  }

  /** @param times below 0: gives it back */
  take({ takes }: Pick<Load, 'takes'>, times: number): void {
    for (const { seller, good, tonnes } of takes) {
      const at = seller * this.#goods + good;
      this.needs[good] = (this.needs[good] ?? 0) - times * tonnes;
      this.stock[at] = (this.stock[at] ?? 0) - times * tonnes;
      this.#supply[good] = (this.#supply[good] ?? 0) - times * tonnes;
    }
  }

  /** How often the same can be taken. */
  timesOf({ takes }: Pick<Load, 'takes'>): number {
    const asked = new Map<number, number>();
    let times = Infinity;
    for (const { seller, good, tonnes } of takes) {
      asked.set(good, (asked.get(good) ?? 0) + tonnes);
      times = Math.min(times, Math.floor(this.stockOf(seller, good) / tonnes));
    }
    for (const [good, tonnes] of asked) times = Math.min(times, Math.floor((this.needs[good] ?? 0) / tonnes));
    return times;
  }
}

/** Stops of which every order is looked at: 5,040 at most. */
const MOST_ORDERED = 7;
/** Sellers from which a load is begun: the best of them. */
const SEEDS = 8;

/** How far chance goes when something is tried: a rate counts up to this part more. */
const NOISE = 0.4;

/** Tried by chance: on only if the load gets better by it, always, never. */
const LEAST_RATES = [1, 0, Infinity];

/**
 * The load that brings most tonnes a second of what is left.
 * @param random null: nothing is left to chance
 * @returns null: nothing can be had any more
 */
export function bestLoad(problem: LoadProblem, rest: Rest, random: SeededRandom | null): Load | null {
  const luck = () => (random === null ? 1 : 1 + NOISE * random.next());
  const order = goodsInOrder(problem, random);
  const leastRate = random?.pick(LEAST_RATES) ?? 1;
  const seeds = [];
  for (let seller = 0; seller < problem.sellers.length; seller++) {
    const tonnes = obtainable(problem, rest.needs, rest.stock, seller, problem.capacity);
    if (tonnes > 0) seeds.push({ seller, rate: (luck() * tonnes) / problem.routeSeconds([seller]) });
  }
  seeds.sort((a, b) => b.rate - a.rate);
  let best: Load | null = null;
  let bestRate = 0;
  for (const { seller } of seeds.slice(0, random === null ? SEEDS : 1)) {
    const load = grown(problem, rest, seller, order, luck, leastRate);
    const rate = load.tonnes / load.seconds;
    if (rate <= bestRate) continue;
    best = load;
    bestRate = rate;
  }
  return best;
}

/**
 * From one seller on to others.
 * @param leastRate how many tonnes a second the way to another one brings at least, as a part of what the load does
 */
function grown(
  problem: LoadProblem,
  rest: Rest,
  first: number,
  order: readonly number[],
  luck: () => number,
  leastRate: number,
): Load {
  const needs = rest.needs.slice();
  const takes: Take[] = [];
  let stops: readonly number[] = [];
  let tonnes = 0;
  let seconds = 0;
  const visit = (seller: number, route: readonly number[], routeS: number) => {
    stops = route;
    seconds = routeS;
    const taken = new Map<number, number>();
    const take = (good: number, most: number) => {
      const stock = rest.stockOf(seller, good) - (taken.get(good) ?? 0);
      const more = Math.min(problem.capacity - tonnes, needs[good] ?? 0, stock, most);
      if (more <= 0) return;
      taken.set(good, (taken.get(good) ?? 0) + more);
      needs[good] = (needs[good] ?? 0) - more;
      tonnes += more;
    };
    // First what would bring us back here: the rest may be had elsewhere.
    for (const good of order) take(good, rest.onlyFrom(seller, good));
    for (const good of order) take(good, Infinity);
    for (const [good, each] of taken) takes.push({ seller, good, tonnes: each });
  };
  visit(first, [first], problem.routeSeconds([first]));
  while (tonnes < problem.capacity) {
    let next: { seller: number; route: readonly number[]; seconds: number } | null = null;
    let nextRate = leastRate * (tonnes / seconds);
    for (let seller = 0; seller < problem.sellers.length; seller++) {
      if (stops.includes(seller)) continue;
      const more = obtainable(problem, needs, rest.stock, seller, problem.capacity - tonnes);
      if (more === 0) continue;
      const inserted = cheapestInsertion(problem, stops, seller, seconds);
      const rate = (luck() * more) / (inserted.seconds - seconds);
      if (rate <= nextRate) continue;
      nextRate = rate;
      next = { seller, ...inserted };
    }
    if (next === null) break;
    visit(next.seller, next.route, next.seconds);
  }
  return inQuickestOrder(
    problem,
    withoutNeedless(problem, rest, { stops, takes, tonnes, seconds, times: 1 }),
  );
}

/** Loads have few stops: every order is looked at, as far as it is not slower already. */
function inQuickestOrder(problem: LoadProblem, load: Load): Load {
  if (load.stops.length > MOST_ORDERED) return load;
  let { stops, seconds } = load;
  const goOn = (route: readonly number[], left: readonly number[], soFarS: number) => {
    const from = route.at(-1) ?? -1;
    if (left.length === 0) {
      const allS = soFarS + problem.secondsOf(from, -1);
      if (allS < seconds) [stops, seconds] = [route, allS];
      return;
    }
    for (const next of left) {
      const nextS = soFarS + problem.secondsOf(from, next);
      if (nextS >= seconds) continue;
      goOn(
        [...route, next],
        left.filter((other) => other !== next),
        nextS,
      );
    }
  };
  goOn([], load.stops, 0);
  return { ...load, stops, seconds };
}

/** Without the stops whose goods the others have, too: what was near at first may be needless once others are visited. */
function withoutNeedless(problem: LoadProblem, rest: Rest, load: Load): Load {
  return load.stops.reduce((best, seller) => without(problem, rest, best, seller) ?? best, load);
}

/** @returns null: the other stops have too little of what is bought there */
function without(problem: LoadProblem, rest: Rest, load: Load, seller: number): Load | null {
  const stops = load.stops.filter((other) => other !== seller);
  const takes = load.takes.filter((take) => take.seller !== seller);
  for (const { good, tonnes } of load.takes.filter((take) => take.seller === seller)) {
    let left = tonnes;
    for (const other of stops) {
      const at = takes.findIndex((take) => take.seller === other && take.good === good);
      const has = takes[at]?.tonnes ?? 0;
      const more = Math.min(left, rest.stockOf(other, good) - has);
      if (more <= 0) continue;
      takes.splice(at === -1 ? takes.length : at, 1, { seller: other, good, tonnes: has + more });
      left -= more;
    }
    if (left > 0) return null;
  }
  return { ...load, stops, takes, seconds: problem.routeSeconds(stops) };
}

function obtainable(
  { goods }: LoadProblem,
  needs: Float64Array,
  stock: Float64Array,
  seller: number,
  room: number,
): number {
  let tonnes = 0;
  const at = seller * goods.length;
  for (let good = 0; good < goods.length; good++) {
    tonnes += Math.min(needs[good] ?? 0, stock[at + good] ?? 0);
  }
  return Math.min(tonnes, room);
}

function cheapestInsertion(problem: LoadProblem, stops: readonly number[], seller: number, seconds: number) {
  let bestAt = 0;
  let bestS = Infinity;
  for (let at = 0; at <= stops.length; at++) {
    const [from, to] = [stops[at - 1] ?? -1, stops[at] ?? -1];
    const moreS =
      problem.secondsOf(from, seller) + problem.secondsOf(seller, to) - problem.secondsOf(from, to);
    if (moreS >= bestS) continue;
    bestS = moreS;
    bestAt = at;
  }
  return { route: stops.toSpliced(bestAt, 0, seller), seconds: seconds + bestS };
}

/** What few sell first: it can be had nowhere else. */
function goodsInOrder({ goods, sellersOf }: LoadProblem, random: SeededRandom | null): number[] {
  const key = Array.from(goods, (_, good) => (random?.next() ?? 0) * goods.length + (sellersOf[good] ?? 0));
  return Array.from(goods.keys()).sort((a, b) => (key[a] ?? 0) - (key[b] ?? 0));
}
