import { join } from 'node:path';
import { describeListing, exportListing, type Listing } from '../../app/listing.ts';
import { askDaemon } from '../beside.ts';
import { onStore, withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

/** `--export-live-now`, `--export-dump-now`: writes the file once; the live one is a daemon's that works here. */
export function run({ scope }: { readonly scope: 'live' | 'all' }): Promise<number> {
  return withSettings(async (base) => {
    const exported = scope === 'live' ? await askDaemon(base, 'export') : null;
    if (exported !== null) {
      const file = join(base.paths.exportDir, 'listings-live.csv');
      return say(`${describeListing(file, exported as Listing)}\n`);
    }
    return onStore(base, async (store) => say(`${await exportListing(base, store, scope)}\n`));
  });
}
