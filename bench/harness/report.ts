import { readFileSync } from 'node:fs';
import type { Machine } from './machine.ts';
import { median, speedRatio, type Spread } from './statistics.ts';
import type { Comparison, Figures, Result } from './types.ts';

/** A run of `npm run bench`, as `docs/benchmarks.json` holds it: everything that was measured, nothing derived. */
export interface Report {
  readonly machine: Machine;
  readonly benchmarks: Readonly<Record<string, BenchmarkReport>>;
}

export interface BenchmarkReport {
  readonly about: string;
  /** When it was run, ISO 8601. */
  readonly at: string;
  readonly unit: string;
  /** Results by size: one, or those of a benchmark that says how cost grows. */
  readonly runs: readonly Run[];
  readonly fullSize?: number;
  /** Why there are none. */
  readonly unavailable?: string;
}

export interface Run {
  readonly size: number;
  readonly results: readonly Result[];
}

/** A comparison in numbers. Speeds are {@link Comparison.unit} a second, medians. */
export interface Summary {
  readonly speed: number;
  readonly limitSpeed: number | null;
  readonly ratio: Spread | null;
  /** The same of CPU time. */
  readonly cpuRatio: Spread | null;
  /** Null: there is no budget. */
  readonly isMet: boolean | null;
}

export function isComparison(result: Result): result is Comparison {
  return 'ours' in result;
}

export function summarise({ amount, ours, limit, budget, ...rest }: Comparison): Summary {
  const wall = ours.map(({ wallS }) => wallS);
  const limitWall = limit?.costs.map(({ wallS }) => wallS);
  const cpu = known(ours.map(({ cpuS }) => cpuS));
  const limitCpu = known(limit?.costs.map(({ cpuS }) => cpuS) ?? [null]);
  const ratio = limitWall === undefined ? null : speedRatio(wall, limitWall);
  const verdicts: boolean[] = [];
  if (budget !== undefined && ratio !== null) verdicts.push(ratio.median >= budget);
  if (rest.peakRssBudgetMiB !== undefined) verdicts.push((rest.peakRssMiB ?? 0) <= rest.peakRssBudgetMiB);
  return {
    speed: amount / median(wall),
    limitSpeed: limitWall === undefined ? null : amount / median(limitWall),
    ratio,
    cpuRatio: cpu === null || limitCpu === null ? null : speedRatio(cpu, limitCpu),
    isMet: verdicts.length === 0 ? null : verdicts.every(Boolean),
  };
}

/** Whether every figure that has a bound is below it; null: none has. */
export function isWithin({ figures, below }: Figures): boolean | null {
  if (below === undefined) return null;
  return Object.entries(below).every(([name, bound]) => (figures[name] ?? Infinity) < bound);
}

/** Null when one is not known, or too short to be told from nothing. */
function known(seconds: readonly (number | null)[]): number[] | null {
  return seconds.every((each) => each !== null && each > 0) ? (seconds as number[]) : null;
}

/** @throws what reading and parsing throw */
export function readReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

/** The benchmarks of a run, and of an earlier run those that were left out now, if the machine is the same. */
export function mergeReports(earlier: Report, now: Report): Report {
  const isSame = earlier.machine.cpu === now.machine.cpu && earlier.machine.cores === now.machine.cores;
  return isSame ? { ...now, benchmarks: { ...earlier.benchmarks, ...now.benchmarks } } : now;
}
