import type { Benchmark } from '../harness/types.ts';

/** Every benchmark, in the order of the report. Each is loaded, and run, in a process of its own. */
export const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  decode: async () => (await import('./decode.ts')).benchmark,
  'write-sqlite': async () => (await import('./write-sqlite.ts')).benchmark,
  'write-mariadb': async () => (await import('./write-mariadb.ts')).benchmark,
  'export-sqlite': async () => (await import('./export-sqlite.ts')).benchmark,
  'export-mariadb': async () => (await import('./export-mariadb.ts')).benchmark,
  'import-sqlite': async () => (await import('./import-sqlite.ts')).benchmark,
  'import-mariadb': async () => (await import('./import-mariadb.ts')).benchmark,
  latency: async () => (await import('./latency.ts')).benchmark,
};
