import { setTimeout as sleep } from 'node:timers/promises';

/** Looks again and again until there is something; the test's own limit ends the waiting. @returns what was found */
export async function until<T>(
  look: () => T | Promise<T>,
  everyMs = 20,
): Promise<Exclude<T, false | undefined>> {
  for (;;) {
    const found = await look();
    if (found !== false && found !== undefined) return found as Exclude<T, false | undefined>;
    await sleep(everyMs);
  }
}
