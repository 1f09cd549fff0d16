import type { Time } from '../../domain/ports/time.ts';

export const realTime: Time = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

const DEFAULT_SKEW_S = 300;

/** Nobody has observed anything later, epoch seconds; where nothing but the local clock is asked. */
export function localNotAfterS(): number {
  return Math.floor(realTime.now() / 1000) + DEFAULT_SKEW_S;
}
