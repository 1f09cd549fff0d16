import { isComparison, summarise, type Report } from './report.ts';

/** A ratio that became worse by more than this part of what it was is a regression. */
const TOLERANCE = 0.2;

export interface Regression {
  readonly benchmark: string;
  readonly work: string;
  readonly before: number;
  readonly now: number;
}

/** Ratios to the limits that fell by more than a fifth. What only one of the reports has is not compared. */
export function regressions(before: Report, now: Report): Regression[] {
  const old = ratios(before);
  return [...ratios(now)].flatMap(([key, { benchmark, work, ratio }]) => {
    const was = old.get(key)?.ratio;
    return was !== undefined && ratio < was * (1 - TOLERANCE)
      ? [{ benchmark, work, before: was, now: ratio }]
      : [];
  });
}

function ratios({ benchmarks }: Report) {
  const all = new Map<string, { benchmark: string; work: string; ratio: number }>();
  for (const [benchmark, { runs }] of Object.entries(benchmarks)) {
    for (const result of runs.flatMap(({ results }) => results)) {
      const ratio = isComparison(result) ? summarise(result).ratio : null;
      if (ratio !== null)
        all.set(`${benchmark}: ${result.name}`, { benchmark, work: result.name, ratio: ratio.median });
    }
  }
  return all;
}
