import { test } from 'vitest';
import { loadThreads, storeThreadsHere } from './threads-here.ts';

/** Which tests Stryker tries (test/stryker.ts); undefined: this is not Stryker. */
const tried = process.env.TDL_STRYKER_TESTS;

/** What happens in other processes, where the fault that Stryker tries is not. */
export const testApart = test.skipIf(tried !== undefined);

// Nor is it in threads. As a set-up file of Stryker's: what is made while modules load is made before the tests.
if (tried !== undefined) {
  storeThreadsHere();
  loadThreads();
}
