import { fromPromise, type NonReducibleUnknown } from 'xstate';

/**
 * I/O steps of a machine that are known while they run: one that is stopped may take a moment to give back what it
 * holds.
 */
export function createSteps() {
  const running = new Set<Promise<unknown>>();

  /** Logic for a slot of the machine. */
  function step<T, Input extends NonReducibleUnknown = NonReducibleUnknown>(
    run: (signal: AbortSignal, input: Input) => Promise<T>,
  ) {
    return fromPromise<T, Input>(({ signal, input }) => {
      const work = run(signal, input);
      running.add(work);
      void work.catch(() => undefined).finally(() => running.delete(work));
      return work;
    });
  }

  /** Resolves when no step runs, not even one that was stopped. */
  async function ended(): Promise<void> {
    await Promise.allSettled(running);
  }

  return { step, ended };
}
