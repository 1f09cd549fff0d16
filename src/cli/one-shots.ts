import { join } from 'node:path';
import type { Bootstrap } from '../app/bootstrap.ts';
import { createStore } from '../app/store.ts';
import { formatTimestamp } from '../domain/timestamp.ts';
import type { StoreInfo } from '../domain/ports/market-store.ts';
import type { Store } from '../domain/ports/store.ts';
import { publishFile } from '../infra/publishing/publish.ts';

/** `--stats`: one line about StationItem. */
export function stats(base: Bootstrap): Promise<string> {
  return withStore(base, async (store) => {
    const { totalRows, liveRows, stations, liveStations, newestAtS } = await store.stats();
    const newest = newestAtS === null ? 'none' : `${formatTimestamp(newestAtS)} UTC`;
    return `StationItem: ${totalRows} rows of ${stations} stations, live ${liveRows} rows of ${liveStations} stations, newest ${newest}`;
  });
}

/** `--export-live-now`, `--export-dump-now`: writes the file once. */
export function exportNow(base: Bootstrap, scope: 'live' | 'all'): Promise<string> {
  return withStore(base, (store) => exportListing(base, store, scope));
}

export async function exportListing(base: Bootstrap, store: Store, scope: 'live' | 'all'): Promise<string> {
  const file = join(base.paths.exportDir, scope === 'live' ? 'listings-live.csv' : 'listings.csv');
  const { bytes, changed, result } = await publishFile(file, (write) => store.exportListings(scope, write));
  const { rows, stations } = result;
  return `${file}: ${rows} rows of ${stations} stations, ${bytes} bytes${changed ? '' : ', unchanged'}`;
}

/** Opens the database for one piece of work. */
export async function withStore<T>(
  base: Bootstrap,
  work: (store: Store, info: StoreInfo) => Promise<T>,
): Promise<T> {
  const store = await createStore(base);
  try {
    return await work(store, await store.open());
  } finally {
    await store.close();
  }
}
