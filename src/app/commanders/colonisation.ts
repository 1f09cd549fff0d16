import { ColonisationBook } from '../../domain/colonisation/book/book.ts';
import { KEPT_KINDS, readKept } from '../../domain/colonisation/book/kept.ts';
import type { Colonisation } from '../../domain/ports/commanders/colonisation.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';

/** What journals have told, as far as it is kept in the database. */
export async function keptColonisation(store: Pick<AggregateStore, 'aggregates'>): Promise<Colonisation> {
  const book = new ColonisationBook();
  for (const kind of KEPT_KINDS) {
    for (const { json } of await store.aggregates(kind)) {
      const kept = readKept(kind, json);
      if (kept !== null) book.take([kept]);
    }
  }
  return {
    sites: () => [...book.sites.values()],
    carriers: () => book.carriers,
    commanders: () => [...book.commanders.values()],
    watchers: () => [],
    onChange: () => () => undefined,
    senders: () => [],
  };
}
