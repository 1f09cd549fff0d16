import { StoreError } from '../../../domain/errors.ts';

/** Long work of a store: it runs until it is done, its caller's signal is aborted, or the store is closed. */
export class Stoppable {
  readonly #store: string;
  readonly #running = new Set<{ readonly stop: AbortController; readonly done: Promise<unknown> }>();

  /** @param store names it to the operator */
  constructor(store: string) {
    this.#store = store;
  }

  /** @throws StoreError `aborted` */
  run<T>(signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const done = (async () => {
      try {
        either.throwIfAborted();
        return await work(either);
      } catch (error) {
        if (!either.aborted) throw error;
        throw new StoreError('aborted', `the work on ${this.#store} was stopped`, { cause: error });
      }
    })();
    const entry = { stop, done };
    this.#running.add(entry);
    return done.finally(() => this.#running.delete(entry));
  }

  /** Stops everything, and resolves when nothing runs any more. */
  async stop(): Promise<void> {
    for (const { stop } of this.#running) stop.abort();
    await Promise.allSettled([...this.#running].map(({ done }) => done));
  }
}
