/** What can be wrong in a dump, and what that costs. */
export const DUMP_PROBLEMS = {
  'invalid JSON': 'a line, a station or a block of one that is no JSON; skipped',
  'no system id': 'id64 is no integer of 1 to 2^63-1; the system is skipped with its stations',
  'no system name': 'absent, blank or too long; the system is skipped with its stations',
  'no coordinates': 'coords are not three numbers; the system is skipped with its stations',
  'no station id': 'id is no integer of 1 to 2^63-1; the station is skipped',
  'sentinel station id': 'id is 2^64-1, which means none; the station is skipped',
  'no station name': 'absent, blank or too long; the station is skipped',
  'distance out of range': 'no number, or more than an INT column holds; 0 is stored',
  'unreadable time': 'a time in no known form, read as if absent',
  'time ahead of clock':
    'observed in the future: a market, shipyard or outfitting block is skipped, a system or station is taken as one ' +
    'without a time',
  'unreadable list': 'a block without its list of commodities, ships or modules; the block is skipped',
  'incomplete commodity': 'without a usable id, name or category; the row is skipped',
  'unknown category': 'an item that is in no table, in a category that is in none either; the row is skipped',
  'no price': 'a price or quantity is absent or null; the row is skipped',
  'number out of range':
    'a price is no integer of 0 to 2^31-1, or a quantity none of 0 or more; the row is skipped',
  'incomplete ship': 'without a usable id or name; skipped',
  'incomplete module': 'without a usable id, name, class or rating; skipped',
} as const;

export type DumpProblem = keyof typeof DUMP_PROBLEMS;

export interface ProblemCount {
  readonly count: number;
  /** The first one met, fit for a log line. */
  readonly sample: string;
}

export type ProblemCounts = Readonly<Partial<Record<DumpProblem, ProblemCount>>>;

/** Takes note of a problem; `sample` is only asked for the first of each kind. */
export type NoteProblem = (problem: DumpProblem, sample: () => string) => void;

/** Counts problems and keeps the first of each kind. */
export class ProblemLog {
  readonly #problems = new Map<DumpProblem, ProblemCount>();
  #total = 0;

  readonly note: NoteProblem = (problem, sample) => this.#count(problem, 1, sample);

  /** Adds what another log counted. */
  add(counts: ProblemCounts): void {
    for (const [problem, { count, sample }] of Object.entries(counts) as [DumpProblem, ProblemCount][]) {
      this.#count(problem, count, () => sample);
    }
  }

  /** How many have been noted. */
  get total(): number {
    return this.#total;
  }

  counts(): ProblemCounts {
    return Object.fromEntries(this.#problems);
  }

  #count(problem: DumpProblem, more: number, sample: () => string): void {
    this.#total += more;
    const known = this.#problems.get(problem);
    this.#problems.set(problem, { count: (known?.count ?? 0) + more, sample: known?.sample ?? sample() });
  }
}
