import { readFileSync, writeFileSync } from 'node:fs';
import { median } from './statistics.ts';
import type { Cost, RunOptions } from './types.ts';

/** Linux counts the CPU time of other processes in hundredths of a second. */
const TICKS_PER_S = 100;
const MIB = 1024 * 1024;

/** CPU time of a process so far, seconds; null where the system does not tell, or it has ended. */
export function cpuOf(pid: number): number | null {
  const stat = readProc(`${pid}/stat`);
  if (stat === null) return null;
  // The name in front may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** Most memory a process has held since its start, or since {@link resetPeakRss}; null where the system does not tell. */
export function peakRssMiB(pid: number | 'self'): number | null {
  const [, kib] = /VmHWM:\s+(\d+) kB/.exec(readProc(`${pid}/status`) ?? '') ?? [];
  if (kib !== undefined) return Number(kib) / 1024;
  return pid === 'self' ? (process.resourceUsage().maxRSS * 1024) / MIB : null;
}

export function rssMiB(pid: number): number | null {
  const [, kib] = /VmRSS:\s+(\d+) kB/.exec(readProc(`${pid}/status`) ?? '') ?? [];
  return kib === undefined ? null : Number(kib) / 1024;
}

/** Of this process. Where that is impossible the peak stays that of its whole life. */
function resetPeakRss(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // Not Linux.
  }
}

function readProc(file: string): string | null {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return null;
  }
}

/** What some work costs: time, and the CPU time of this process and of `others`, e.g. a database server. */
export async function costOf(work: () => unknown, others: readonly number[] = []): Promise<Cost> {
  const othersCpu = () =>
    others.map(cpuOf).reduce((sum, each) => (sum === null || each === null ? null : sum + each), 0);
  const before = othersCpu();
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallS = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const after = othersCpu();
  const cpuS = before === null || after === null ? null : (user + system) / 1e6 + after - before;
  return { wallS, cpuS };
}

/** One way to do the work of a comparison. */
export interface Contender {
  readonly name: string;
  /** Not measured. */
  readonly prepare?: () => unknown;
  readonly run: () => unknown;
  /** Processes that work for it. */
  readonly others?: readonly number[];
  /** Instead of measuring this process and `others`: it measures itself. */
  readonly cost?: () => Promise<Cost>;
}

export interface Measured {
  readonly ours: Cost[];
  /** The quickest of the limits, by their medians. */
  readonly limit?: { readonly what: string; readonly costs: Cost[] };
  readonly peakRssMiB: number | null;
}

/** Collects what rounds cost, ours and the limits in an order that changes every round. */
export class Match {
  readonly #costs = new Map<string, Cost[]>();
  #peakRssMiB: number | null = null;
  #rounds = 0;

  async round(ours: Contender, limits: readonly Contender[]): Promise<void> {
    const all = [ours, ...limits];
    const first = this.#rounds++ % all.length;
    for (const contender of [...all.slice(first), ...all.slice(0, first)]) {
      await contender.prepare?.();
      if (contender === ours) resetPeakRss();
      const cost = await (contender.cost?.() ?? costOf(contender.run, contender.others));
      if (contender === ours) this.#peakRssMiB = Math.max(this.#peakRssMiB ?? 0, peakRssMiB('self') ?? 0);
      const costs = this.#costs.get(contender.name) ?? [];
      costs.push(cost);
      this.#costs.set(contender.name, costs);
    }
  }

  result(): Measured {
    const limits = [...this.#costs.keys()].filter((name) => name !== OURS);
    const wallS = (name: string) => median(this.#costs.get(name)!.map((cost) => cost.wallS));
    const [best] = limits.sort((a, b) => wallS(a) - wallS(b));
    return {
      ours: this.#costs.get(OURS)!,
      ...(best !== undefined && { limit: { what: best, costs: this.#costs.get(best)! } }),
      peakRssMiB: this.#peakRssMiB,
    };
  }
}

/** The name of our contender. */
export const OURS = 'ours';

/** Rounds of one comparison, one after the other. */
export async function compare(
  { rounds, onlyOurs }: Pick<RunOptions, 'rounds' | 'onlyOurs'>,
  ours: Omit<Contender, 'name'>,
  limits: readonly Contender[],
): Promise<Measured> {
  const match = new Match();
  for (let i = 0; i < rounds; i++) await match.round({ ...ours, name: OURS }, onlyOurs ? [] : limits);
  return match.result();
}
