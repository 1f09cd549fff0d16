import { exportListing } from '../../app/listing.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

/** `--export-live-now`, `--export-dump-now`: writes the file once. */
export function run({ scope }: { readonly scope: 'live' | 'all' }): Promise<number> {
  return withStore(async (store, base) => say(`${await exportListing(base, store, scope)}\n`));
}
