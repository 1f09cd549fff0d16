import { afterAll } from 'vitest';

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
