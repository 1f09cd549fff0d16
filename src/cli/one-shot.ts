import { bootstrap, type Bootstrap } from '../app/bootstrap.ts';
import { createStore } from '../app/ports/store.ts';
import type { StoreInfo } from '../domain/ports/store/market-store.ts';
import type { WholeStore } from '../domain/ports/store/store.ts';

/**
 * Runs a command on the settings of the working directory; its log holds nothing but trouble.
 * @param looksOnly it makes and changes nothing
 */
export async function withSettings<T>(work: (base: Bootstrap) => Promise<T>, looksOnly = false): Promise<T> {
  const base = await bootstrap({ cwd: process.cwd(), env: process.env }, { logTo: 'stderr', looksOnly });
  try {
    return await work(base);
  } finally {
    await base.log.close();
  }
}

type StoreWork<T> = (store: WholeStore, base: Bootstrap, info: StoreInfo) => Promise<T>;

/** The same with the database opened, for one piece of work. */
export function withStore<T>(work: StoreWork<T>, looksOnly = false): Promise<T> {
  return withSettings((base) => onStore(base, work, looksOnly), looksOnly);
}

export async function onStore<T>(base: Bootstrap, work: StoreWork<T>, looksOnly = false): Promise<T> {
  const store = await createStore(base, looksOnly);
  try {
    return await work(store, base, await store.open());
  } finally {
    await store.close();
  }
}
