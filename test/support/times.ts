import { describe } from 'vitest';

const isMany = process.env.TDL_TEST_MANY !== undefined;

/** How often something that falls at random is tried: a few times in the suite, `many` with `npm run test:kills`. */
export function times(few: number, many: number): number {
  return isMany ? many : few;
}

/** For what the suite does on one of the two databases: on this one, too, with `npm run test:kills`. */
export const whenMany = (each: typeof describe.skip): typeof describe.skip => (isMany ? each : describe.skip);
