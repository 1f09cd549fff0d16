import type { Thread } from './rpc.ts';

/** Another call within that time finds its thread started; then its memory is given back. */
const KEPT_MS = 1_000;

/** Threads for work that runs side by side: a thread each, and a spare one takes the next piece for a while. */
export class SpareThreads<T extends Pick<Thread<never>, 'close'>> {
  readonly #open: () => T;
  readonly #spare = new Map<T, NodeJS.Timeout>();

  constructor(open: () => T) {
    this.#open = open;
  }

  /** After a failure nobody knows what the thread still does: it is closed. */
  async use<R>(run: (thread: T) => Promise<R>): Promise<R> {
    const thread = this.#take() ?? this.#open();
    let isSound = false;
    try {
      const result = await run(thread);
      isSound = true;
      return result;
    } finally {
      if (isSound) this.#spare.set(thread, setTimeout(() => void this.#end(thread), KEPT_MS).unref());
      else await thread.close();
    }
  }

  /** Ends those that are spare. */
  async close(): Promise<void> {
    await Promise.all([...this.#spare.keys()].map((thread) => this.#end(thread)));
  }

  #take(): T | undefined {
    const [thread] = this.#spare.keys();
    if (thread !== undefined) this.#forget(thread);
    return thread;
  }

  #end(thread: T): Promise<void> {
    this.#forget(thread);
    return thread.close();
  }

  #forget(thread: T): void {
    clearTimeout(this.#spare.get(thread));
    this.#spare.delete(thread);
  }
}
