import type { Time } from '../../src/domain/ports/time.ts';

interface Timer {
  readonly dueMs: number;
  readonly delayMs: number;
  readonly callback: () => void;
}

/** Beyond this Node fires at once: whoever asks for it has a bug that the real clock would hide. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * A clock that stands still until told: timers fire in the order they are due (in the order they were set where they
 * are due together), and everything a timer sets off in microtasks has happened before the next one fires.
 */
export class VirtualTime implements Time {
  #nowMs: number;
  /** Latest first, so that the next to fire is the cheapest to take. */
  readonly #timers: Timer[] = [];

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    if (!(delayMs <= MAX_DELAY_MS)) throw new RangeError(`a timer of ${delayMs} ms`);
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), delayMs, callback };
    let [low, high] = [0, this.#timers.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#timers[middle]!.dueMs > timer.dueMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    const index = this.#timers.indexOf(handle as Timer);
    if (index >= 0) this.#timers.splice(index, 1);
  }

  /** Delays of the armed timers, next first. */
  get armed(): number[] {
    return this.#timers.map(({ delayMs }) => delayMs).reverse();
  }

  get nextDueMs(): number {
    return this.#timers.at(-1)?.dueMs ?? Infinity;
  }

  /** Fires the next timer, if there is one. */
  async fireNext(): Promise<void> {
    const timer = this.#timers.pop();
    if (timer === undefined) return;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.callback();
    await settled();
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settled();
    while (this.nextDueMs <= untilMs) await this.fireNext();
    this.#nowMs = untilMs;
  }
}

/** The clock as one process sees it: killed, it never wakes again. */
export class ProcessTime implements Time {
  readonly #clock: VirtualTime;
  readonly #errorMs: () => number;
  readonly #timers = new Set<unknown>();
  #killed = false;

  /** @param errorMs how wrong the time of day is; timers keep true time */
  constructor(clock: VirtualTime, errorMs: () => number = () => 0) {
    this.#clock = clock;
    this.#errorMs = errorMs;
  }

  now(): number {
    return this.#clock.now() + this.#errorMs();
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    if (this.#killed) return null;
    const timer = this.#clock.setTimeout(() => {
      this.#timers.delete(timer);
      callback();
    }, delayMs);
    this.#timers.add(timer);
    return timer;
  }

  clearTimeout(timer: unknown): void {
    this.#timers.delete(timer);
    this.#clock.clearTimeout(timer);
  }

  /** Timers that are still to fire. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Resolves after so much time; never in a process that is killed before. Rejects when the signal aborts. */
  after(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const timer = this.setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, delayMs);
      const abort = () => {
        this.clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort);
    });
  }

  kill(): void {
    this.#killed = true;
    for (const timer of this.#timers) this.clearTimeout(timer);
  }
}

/**
 * Resolves when no microtask is left. Node runs what `nextTick` was given in a microtask only after the microtask
 * queue has run dry; a macrotask would say the same, but costs a turn of the event loop.
 */
export function settled(): Promise<void> {
  return new Promise((resolve) => queueMicrotask(() => process.nextTick(resolve)));
}
