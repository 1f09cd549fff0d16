import type { GalaxyImport, ReferenceTables } from '../../../../domain/ports/store/galaxy-store.ts';
import type { Link } from '../connection.ts';
import type { Recognised } from '../database.ts';
import type { Fenced } from '../leadership/fence.ts';
import { ImportWork, type ImportSetup } from './import.ts';

/** Runs a call on a connection that ends early when the caller's signal is aborted or the store is closed. */
type Stoppable = <T>(
  signal: AbortSignal | undefined,
  run: (link: Link, signal: AbortSignal, recognised: Recognised) => Promise<T>,
  own: Link,
) => Promise<T>;

/**
 * An import as its callers see it.
 *
 * @param setup.link its own connection; given back when the import is closed
 * @param fenced runs what is written
 */
export async function beginImport(
  setup: Omit<ImportSetup, 'generation' | 'maxStatementBytes' | 'hasOwnTables'>,
  tables: ReferenceTables,
  signal: AbortSignal | undefined,
  stoppable: Stoppable,
  fenced: Fenced,
): Promise<GalaxyImport> {
  const { link } = setup;
  const begin = (
    _: Link,
    __: AbortSignal,
    { info: { generation }, maxStatementBytes, hasOwnTables }: Recognised,
  ) =>
    fenced(link, () => ImportWork.begin({ ...setup, generation, maxStatementBytes, hasOwnTables }, tables));
  const work = await stoppable(signal, begin, link).catch((error: unknown) => {
    link.destroy();
    throw error;
  });
  let closed = false;
  return {
    generation: work.generation,
    categories: work.categories,
    itemCategories: work.itemCategories,
    known: (stop) => stoppable(stop, () => work.known(), link),
    apply: (batch, stop) => stoppable(stop, () => fenced(link, () => work.apply(batch)), link),
    finish: (stop) => stoppable(stop, (_, either) => fenced(link, () => work.finish(either)), link),
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
