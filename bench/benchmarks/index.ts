import type { Benchmark } from '../harness/types.ts';

/** Every benchmark, in the order of the report. Each is loaded, and run, in a process of its own. */
export const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  decode: async () => (await import('./decode.ts')).benchmark,
  'write-sqlite': async () => (await import('./write-sqlite.ts')).benchmark,
  'write-mariadb': async () => (await import('./write-mariadb.ts')).benchmark,
  'change-log': async () => (await import('./change-log.ts')).benchmark,
  'export-sqlite': async () => (await import('./export-sqlite.ts')).benchmark,
  'export-mariadb': async () => (await import('./export-mariadb.ts')).benchmark,
  'import-sqlite': async () => (await import('./import-sqlite.ts')).benchmark,
  'import-mariadb': async () => (await import('./import-mariadb.ts')).benchmark,
  latency: async () => (await import('./latency.ts')).benchmark,
  push: async () => (await import('./push.ts')).benchmark,
  journals: async () => (await import('./journals.ts')).benchmark,
  replay: async () => (await import('./replay.ts')).replay,
  tours: async () => (await import('./tours.ts')).benchmark,
  'tour-question': async () => (await import('./tour-question.ts')).benchmark,
  questions: async () => (await import('./questions.ts')).benchmark,
  history: async () => (await import('./history.ts')).benchmark,
  'start-up': async () => (await import('./start-up.ts')).benchmark,
  idle: async () => (await import('./idle.ts')).benchmark,
  actors: async () => (await import('./actors.ts')).actors,
  inspector: async () => (await import('./actors.ts')).inspector,
  'growth-messages': async () => (await import('./replay.ts')).growth,
  'growth-stations': async () => (await import('./growth.ts')).stations,
  'growth-rows': async () => (await import('./growth.ts')).rows,
  'growth-dump': async () => (await import('./growth.ts')).dump,
};
