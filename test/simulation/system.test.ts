import { beforeEach, expect, test, vi } from 'vitest';
import { times } from '../support/times.ts';
import { commandFor, simulate } from './simulate.ts';

// XState warns of messages to children that have just ended; nobody has to know who was first.
beforeEach(() => void vi.spyOn(console, 'warn').mockReturnValue(undefined));

/** More: `npm run simulate`. */
const SEEDS = times(12, 200);
/** A test each, so that one that fails does not hide the others. */
const SEEDS_A_TEST = 10;

test.each(Array.from({ length: SEEDS / SEEDS_A_TEST }, (_, i) => i * SEEDS_A_TEST + 1))(
  `the system keeps its promises whatever happens, seeds from %i`,
  async (from) => {
    const failures: string[] = [];
    for (let seed = from; seed < from + SEEDS_A_TEST; seed += 1) {
      const { violations } = await simulate(seed);
      if (violations.length > 0)
        failures.push(`${commandFor(seed)}\n  ${violations.slice(0, 5).join('\n  ')}`);
    }
    expect(failures.join('\n')).toBe('');
  },
);

test('a seed is the same again', async () => {
  const first = await simulate(7);
  expect(await simulate(7)).toEqual(first);
  expect((await simulate(8)).digest).not.toBe(first.digest);
});
