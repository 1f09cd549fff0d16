import { join } from 'node:path';
import type { Bootstrap } from '../app/bootstrap.ts';
import type { Store } from '../domain/ports/store.ts';
import { publishFile } from '../infra/publishing/publish.ts';
import { withStore } from './one-shot.ts';
import { say } from './say.ts';

/** `--export-live-now`, `--export-dump-now`: writes the file once. */
export function run({ scope }: { readonly scope: 'live' | 'all' }): Promise<number> {
  return withStore(async (store, base) => say(`${await exportListing(base, store, scope)}\n`));
}

/** @returns what was written, in a line */
export async function exportListing(base: Bootstrap, store: Store, scope: 'live' | 'all'): Promise<string> {
  const file = join(base.paths.exportDir, scope === 'live' ? 'listings-live.csv' : 'listings.csv');
  const { bytes, changed, result } = await publishFile(file, (write) => store.exportListings(scope, write));
  const { rows, stations } = result;
  return `${file}: ${rows} rows of ${stations} stations, ${bytes} bytes${changed ? '' : ', unchanged'}`;
}
