import { fileURLToPath } from 'node:url';

/**
 * Faults in every expression of one room, each run against the fast tests that reach it: `npm run stryker -- ROOM`, see
 * docs/testing.md. The planted faults of test/mutations say what guards a guarantee; this says what nothing guards.
 */
export default {
  testRunner: 'vitest',
  vitest: { configFile: 'test/stryker.vitest.ts' },
  testRunnerNodeArgs: ['--conditions=development', '--disable-warning=ExperimentalWarning'],
  // A constant of a module is tried by all tests or by none: `stryker.ts` has machines tried by their own.
  ignoreStatic: true,
  plugins: [
    '@stryker-mutator/vitest-runner',
    fileURLToPath(new URL('test/stryker.types.ts', import.meta.url)),
  ],
  ignorers: ['types'],
  incremental: true,
  incrementalFile: 'node_modules/.cache/stryker/incremental.json',
  reporters: ['clear-text', 'progress-append-only'],
  clearTextReporter: { logTests: false, reportTests: false },
  concurrency: 2,
  // Nor is a fault found because the machine does other things, too.
  timeoutMS: 20_000,
  tempDirName: '.stryker',
  symlinkNodeModules: true,
};
