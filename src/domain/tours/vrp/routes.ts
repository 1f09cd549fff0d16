import { routeSeconds, type Costs } from './costs.ts';

/** The longest tour weighs most, and the others still count: something a search can climb down. */
const POWER = 8;

/** The routes of all commanders while a search works on them. */
export class Routes {
  readonly costs: readonly Costs[];
  readonly tours: number[][];
  /** Of each commander's route. */
  readonly seconds: number[];
  /** By stop: whose it is; -1: nobody's. */
  readonly routeOf: Int32Array;

  private constructor(costs: readonly Costs[], tours: number[][], seconds: number[], routeOf: Int32Array) {
    this.costs = costs;
    this.tours = tours;
    this.seconds = seconds;
    this.routeOf = routeOf;
  }

  /** @param stops all there are, in a tour or not yet */
  static from(costs: readonly Costs[], tours: number[][], stops: number): Routes {
    const routeOf = new Int32Array(stops).fill(-1);
    for (const [at, tour] of tours.entries()) for (const stop of tour) routeOf[stop] = at;
    const seconds = costs.map((each, at) => routeSeconds(each, tours[at] ?? []));
    return new Routes(costs, tours, seconds, routeOf);
  }

  get stops(): number {
    return this.routeOf.length;
  }

  copy(): Routes {
    const tours = this.tours.map((tour) => tour.slice());
    return new Routes(this.costs, tours, this.seconds.slice(), this.routeOf.slice());
  }

  /** Takes a part out of a route. @returns its stops */
  take(route: number, from: number, count: number): number[] {
    const out = this.tours[route]?.splice(from, count) ?? [];
    for (const stop of out) this.routeOf[stop] = -1;
    return out;
  }

  put(route: number, at: number, stop: number, addedS: number): void {
    this.tours[route]?.splice(at, 0, stop);
    this.seconds[route] = (this.seconds[route] ?? 0) + addedS;
    this.routeOf[stop] = route;
  }

  /** After {@link take}. */
  reckon(route: number): void {
    const costs = this.costs[route];
    if (costs !== undefined) this.seconds[route] = routeSeconds(costs, this.tours[route] ?? []);
  }

  /** Seconds between the longest tour and the sum of all; of a single one its own. */
  smoothed(): number {
    const longest = Math.max(...this.seconds);
    if (longest <= 0) return 0;
    let sum = 0;
    for (const each of this.seconds) sum += (each / longest) ** POWER;
    return longest * sum ** (1 / POWER);
  }

  /** What the smoothed seconds grow by, as a measure to compare routes of one moment by. */
  weight(route: number, addedS: number): number {
    if (this.seconds.length === 1) return addedS;
    const longest = Math.max(1, ...this.seconds);
    const was = this.seconds[route] ?? 0;
    return ((was + addedS) / longest) ** POWER - (was / longest) ** POWER;
  }
}
