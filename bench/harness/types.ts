/** What one round of some work cost. */
export interface Cost {
  readonly wallS: number;
  /** Of every process that took part; null where the system does not tell. */
  readonly cpuS: number | null;
}

/** Something measured several times, beside the cheapest way there is to do the same. */
export interface Comparison {
  /** Unique in a benchmark. */
  readonly name: string;
  /** How much work a round is: rows, messages, stations, bytes. */
  readonly amount: number;
  readonly unit: string;
  readonly ours: readonly Cost[];
  /** The physical limit, as many rounds, taken in turn with ours. */
  readonly limit?: { readonly what: string; readonly costs: readonly Cost[] };
  /** Lowest good ratio of speeds, ours to the limit's. */
  readonly budget?: number;
  /** Of our process while ours ran. */
  readonly peakRssMiB?: number | null;
  readonly peakRssBudgetMiB?: number;
}

/** Single figures, as percentiles and sizes; the name says the unit. */
export interface Figures {
  readonly name: string;
  readonly figures: Readonly<Record<string, number>>;
  /** What each figure named must be below. */
  readonly below?: Readonly<Record<string, number>>;
}

export type Result = Comparison | Figures;

export interface RunOptions {
  readonly size: number;
  readonly rounds: number;
  /** A profile is taken: the limits are left out. */
  readonly onlyOurs: boolean;
}

export interface Benchmark {
  /** What is measured beside what, in a sentence or two. */
  readonly about: string;
  /** Of a usual run, in {@link unit}. */
  readonly size: number;
  readonly unit: string;
  readonly rounds: number;
  /**
   * Says how cost grows: it is run at a tenth, a third and the whole of its size, each in a process of its own, and
   * extrapolated to this size.
   */
  readonly fullSize?: number;
  run(options: RunOptions): Promise<Result[]>;
}

/** The benchmark cannot be run here. */
export class Unavailable extends Error {}
