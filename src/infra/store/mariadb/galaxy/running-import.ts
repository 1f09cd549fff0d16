import type { GalaxyImport } from '../../../../domain/ports/store/galaxy-store.ts';
import type { Link } from '../connection.ts';
import type { ImportWork } from './import.ts';

/**
 * An import as its callers see it.
 *
 * @param link its own connection; given back when the import is closed
 * @param stoppable runs a call on it that ends early when the caller's signal is aborted or the store is closed
 */
export function runningImport(
  work: ImportWork,
  link: Link,
  stoppable: <T>(
    signal: AbortSignal | undefined,
    run: (link: Link, signal: AbortSignal) => Promise<T>,
    own: Link,
  ) => Promise<T>,
): GalaxyImport {
  let closed = false;
  return {
    generation: work.generation,
    categories: work.categories,
    itemCategories: work.itemCategories,
    known: (stop) => stoppable(stop, () => work.known(), link),
    apply: (batch, stop) => stoppable(stop, () => work.apply(batch), link),
    finish: (stop) => stoppable(stop, (_, either) => work.finish(either), link),
    async close() {
      if (closed || link.lost) return;
      closed = true;
      try {
        await work.end();
        link.release();
      } catch {
        link.destroy();
      }
    },
  };
}
