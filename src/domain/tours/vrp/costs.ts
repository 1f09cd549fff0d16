import type { TourProblem } from '../problem.ts';

/** The legs of one commander in a square: row from, column to; the last row and column are the start and the end. */
export interface Costs {
  /** Stops and one. */
  readonly width: number;
  readonly s: Float64Array;
}

export function costsOf(problem: TourProblem, commander: number): Costs {
  const { stops } = problem;
  const width = stops + 1;
  const s = new Float64Array(width * width);
  for (let from = 0; from < stops; from++) {
    for (let to = 0; to < stops; to++) {
      if (from !== to) s[from * width + to] = problem.legS(commander, from, to);
    }
    s[from * width + stops] = problem.lastS(commander, from);
    s[stops * width + from] = problem.firstS(commander, from);
  }
  return { width, s };
}

/** Seconds of a route, from the start to the end. */
export function routeSeconds({ width, s }: Costs, route: readonly number[]): number {
  let from = width - 1;
  let seconds = 0;
  for (const to of route) {
    seconds += s[from * width + to] ?? 0;
    from = to;
  }
  return seconds + (s[from * width + width - 1] ?? 0);
}
