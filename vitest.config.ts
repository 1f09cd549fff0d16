import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/support/longest-first.ts';

export default defineConfig({
  test: {
    // On a machine that does ten other things a test takes ten times as long.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // The suite starts servers, daemons and threads of its own, and waits for them: three leave a third of two cores idle.
    maxWorkers: 5,
    // In random order nothing may lean on what ran before: `npm run test:random`.
    sequence: process.env.TDL_TEST_RANDOM === undefined ? { sequencer: LongestFirst } : { shuffle: true },
    execArgv: ['--conditions=development', '--disable-warning=ExperimentalWarning'],
    pool: 'forks',
    // Each file changes nothing but what it made: a process for every one would load everything again.
    isolate: false,
    // Node loads sources and tests by itself, as it does in a program: once for both, and Vite translates nothing.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    env: {
      // Worker threads and daemons start hundreds of times: they find their modules stripped of types and compiled.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('node_modules/.cache/compiled', import.meta.url)),
    },
    globalSetup: ['test/support/run-folder.ts'],
    include: ['test/**/*.test.ts'],
  },
});
