import { test } from 'vitest';

/** What happens in other processes, where the fault that Stryker tries (test/stryker.ts) is not. */
export const testApart = test.skipIf(process.env.TDL_STRYKER_TESTS !== undefined);
