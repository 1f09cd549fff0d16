import { AsyncLocalStorage } from 'node:async_hooks';
import { StoreError } from '../../domain/errors.ts';

/** Aborted when whoever asks is gone; undefined: nobody who could go asks. */
export const asker = new AsyncLocalStorage<AbortSignal>();

/** A flag that both threads see at once: a message would wait behind the work that it is to end. */
export type Gone = Int32Array<SharedArrayBuffer>;

/** Of the one who asks here; null: nobody who could go. */
export function goneOf(signal: AbortSignal | undefined): Gone | null {
  if (signal === undefined) return null;
  const gone = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const tell = () => Atomics.store(gone, 0, 1);
  if (signal.aborted) tell();
  else signal.addEventListener('abort', tell, { once: true });
  return gone;
}

const working = new AsyncLocalStorage<Gone>();

/** Does what somebody waits for, in whatever thread. @throws where he is gone already */
export function workFor<T>(gone: Gone | null, work: () => Promise<T>): Promise<T> {
  if (gone === null) return work();
  return working.run(gone, async () => {
    endIfGone();
    return work();
  });
}

/** For what takes long and nobody else waits for. @throws where whoever asked is gone */
export function endIfGone(): void {
  const gone = working.getStore();
  if (gone !== undefined && Atomics.load(gone, 0) === 1) {
    throw new StoreError('unavailable', 'whoever asked is gone', { advice: 'ask again' });
  }
}
