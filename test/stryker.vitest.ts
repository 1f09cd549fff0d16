import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { keptThread } from './support/kept-thread.ts';

/**
 * The tests that Stryker runs for each fault: in one thread, within seconds. Left out is what reads the sources, which
are not what they were (unless it is named), what starts processes and threads, where a fault is not switched on, and what waits.
 */
const LEFT_OUT = [
  'config-docs',
  'config-lock',
  'diagrams',
  'docs',
  'dump-generator',
  'file-feed',
  'load',
  'mutations',
  'spare-threads',
  'thread-rpc',
];

/** Unit tests before simulations before models: most faults are found by what takes no time. */
class QuickestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return Promise.resolve(files.toSorted((a, b) => (a.moduleId < b.moduleId ? 1 : -1)));
  }
}

/** Of a folder, set by `stryker.ts`; of a machine, by `TDL_TEST_MACHINE`, too. */
const tests = process.env.TDL_STRYKER_TESTS?.split(' ') ?? ['test/unit'];

const useThreads = tests.some((start) => /sqlite|mariadb|spool/.test(start));

export default defineConfig({
  plugins: [
    {
      name: keptThread.name,
      // Here, for Stryker names one of vitest's own pools.
      configureVitest: ({ project }) => {
        project.config.pool = keptThread.name;
        project.config.poolRunner = keptThread;
      },
    },
  ],
  test: {
    testTimeout: 20_000,
    isolate: false,
    sequence: { sequencer: QuickestFirst },
    setupFiles: ['test/stryker.setup.ts', ...(useThreads ? ['test/stryker.threads.ts'] : [])],
    include: tests.map((start) => `${start}{,/**/*}.test.ts`),
    exclude: LEFT_OUT.map((name) => `test/unit/${name}`)
      .filter((name) => !tests.includes(name))
      .map((name) => `${name}.test.ts`),
  },
});
