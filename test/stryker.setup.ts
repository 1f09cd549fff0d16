import { afterAll, beforeAll } from 'vitest';
import type { RunnerTestSuite } from 'vitest';

/** Stryker's, in a thread that is kept. */
const { __stryker__: stryker = {} } = globalThis as {
  __stryker__?: { activeMutant?: string; hitCount?: number };
};

// Faults in what is made while modules load are counted before the tests begin, with those of the run before.
stryker.hitCount = 0;

// What the next run loads before its tests begin would be made with the fault of this one.
afterAll(() => {
  delete stryker.activeMutant;
});

const words = process.env.TDL_STRYKER_WORDS ?? '';

if (words !== '') {
  const wanted = new RegExp(words);
  // Hooks of suites of which nothing is left are not run either.
  const isLeft = (suite: Readonly<RunnerTestSuite>): boolean => {
    const left = suite.tasks.filter((task) =>
      task.type === 'suite' ? isLeft(task) : wanted.test(task.fullTestName.replaceAll(' > ', ' ')),
    );
    for (const task of suite.tasks) if (!left.includes(task)) task.mode = 'skip';
    return left.some(({ mode }) => mode !== 'skip');
  };
  // eslint-disable-next-line no-empty-pattern -- vitest takes nothing else before the suite
  beforeAll(({}, suite) => {
    if (suite.file.filepath.includes('/contract/')) isLeft(suite);
  });
}
