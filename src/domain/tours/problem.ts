/** Seconds of the legs of a tour; each is from docked to docked, the market there read. Stops go by their numbers. */
export interface TourProblem {
  readonly stops: number;
  readonly commanders: number;
  /** From where a commander starts. */
  firstS(commander: number, to: number): number;
  legS(commander: number, from: number, to: number): number;
  /** Back to the start; 0 where a tour may end anywhere. */
  lastS(commander: number, from: number): number;
}

/** Per commander: the stops, in the order in which they are flown. */
export type Tours = readonly (readonly number[])[];

/** Seconds that a commander takes for stops in this order. */
export function tourSeconds(problem: TourProblem, commander: number, order: readonly number[]): number {
  const first = order[0];
  const last = order.at(-1);
  if (first === undefined || last === undefined) return 0;
  let seconds = problem.firstS(commander, first) + problem.lastS(commander, last);
  let from = first;
  for (const to of order.slice(1)) {
    seconds += problem.legS(commander, from, to);
    from = to;
  }
  return seconds;
}

/** What is made as small as can be: a tour that ends later weighs this much more than time of all together. */
const LONGEST_WEIGHT = 100;

/** The longest tour counts most, then the sum of all. */
export function planCost(seconds: readonly number[]): number {
  return LONGEST_WEIGHT * Math.max(0, ...seconds) + seconds.reduce((sum, each) => sum + each, 0);
}
