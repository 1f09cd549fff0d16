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
  const { result, ...commit } = await publishFile(file, (write) => store.exportListings(scope, write));
  return describeListing(file, { ...result, ...commit });
}

/** What was written. */
export interface Listing {
  readonly rows: number;
  readonly stations: number;
  readonly bytes: number;
  readonly changed: boolean;
}

export function describeListing(file: string, { rows, stations, bytes, changed }: Listing): string {
  return `${file}: ${rows} rows of ${stations} stations, ${bytes} bytes${changed ? '' : ', unchanged'}`;
}
