import type { Benchmark } from '../harness/types.ts';

/** Every benchmark, in the order of the report. Each is loaded, and run, in a process of its own. */
export const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  'write-sqlite': async () => (await import('./write-sqlite.ts')).benchmark,
  'write-mariadb': async () => (await import('./write-mariadb.ts')).benchmark,
};
