import { join } from 'node:path';
import type { Store } from '../domain/ports/store/store.ts';
import { publishFile } from '../infra/publishing/publish.ts';
import type { Bootstrap } from './bootstrap.ts';

/** Writes `listings-live.csv` or `listings.csv` once. @returns what was written, in a line */
export async function exportListing(
  { paths }: Pick<Bootstrap, 'paths'>,
  store: Store,
  scope: 'live' | 'all',
): Promise<string> {
  const file = join(paths.exportDir, scope === 'live' ? 'listings-live.csv' : 'listings.csv');
  const { bytes, changed, result } = await publishFile(file, (write) => store.exportListings(scope, write));
  const { rows, stations } = result;
  return `${file}: ${rows} rows of ${stations} stations, ${bytes} bytes${changed ? '' : ', unchanged'}`;
}
