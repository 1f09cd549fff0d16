/** Time as the actors see it: the real one, or a simulated one in tests. Compatible with XState's `clock`. */
export interface Time {
  /** Milliseconds since the epoch. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}
