import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two workers: the suite starts database servers, daemons and worker threads of its own.
    maxWorkers: 2,
    execArgv: ['--conditions=development', '--disable-warning=ExperimentalWarning'],
    pool: 'forks',
  },
});
