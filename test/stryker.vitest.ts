import { defineConfig } from 'vitest/config';

/**
 * The tests that Stryker runs for each fault: in one process, within seconds. Left out is what reads the sources, which
 * are not what they were, and what starts processes and threads, where a fault is not switched on.
 */
const LEFT_OUT = [
  'config-docs',
  'config-file',
  'config-updater',
  'diagrams',
  'docs',
  'file-feed',
  'mutations',
  'thread-rpc',
];

export default defineConfig({
  test: {
    testTimeout: 60_000,
    include: ['test/unit/**/*.test.ts', 'test/model/**/*.test.ts'],
    exclude: LEFT_OUT.map((name) => `test/unit/${name}.test.ts`),
  },
});
