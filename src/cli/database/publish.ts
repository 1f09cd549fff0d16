import { join } from 'node:path';
import type { WholePublication } from '../../actors/spansh-updater/steps.ts';
import type { Bootstrap } from '../../app/bootstrap.ts';
import { describeListing, exportListing, type Listing } from '../../app/listing.ts';
import { updaterPorts } from '../../app/ports/spansh-updater.ts';
import { AppError } from '../../domain/errors.ts';
import type { WholeStore } from '../../domain/ports/store/store.ts';
import { askDaemon } from '../beside.ts';
import { onStore, withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

/**
 * `publish`: writes every public file from what the database has, and makes baseline of what `listings.csv` has. A daemon that
 * works here does it.
 */
export function run(): Promise<number> {
  return withSettings(async (base) => {
    const published = (await askDaemon(base, 'publish')) as WholePublication | null;
    if (published === null) {
      return onStore(base, (store, _, { description }) => publishAll(base, store, description));
    }
    const file = join(base.paths.exportDir, 'listings-live.csv');
    const live = (await askDaemon(base, 'export')) as Listing | null;
    return tell(published, live === null ? `${file}: not written` : describeListing(file, live));
  });
}

async function publishAll(base: Bootstrap, store: WholeStore, description: string): Promise<number> {
  if (await store.isEmpty()) {
    throw new AppError('publish', `no station is in ${description}: there is nothing to publish`, {
      advice: 'tdl import fills it, and so does the daemon',
    });
  }
  const { state, database, publish, demote } = updaterPorts(base, store, store);
  const { signal } = new AbortController();
  const set = await publish(signal);
  const demoted = await demote(signal);
  const progress = await state.load();
  // The daemon need not do it again.
  if (progress?.stage === 'imported' && progress.database === database) {
    await state.save({ ...progress, stage: 'demoted', atS: Math.floor(Date.now() / 1000) });
  }
  return tell({ ...set, demoted }, await exportListing(base, store, 'live'));
}

function tell({ rows, changed, demoted }: WholePublication, live: string): number {
  const files = Object.entries(rows).map(([file, count]) => `${file}.csv ${count}`);
  const lines = [
    `published rows  ${files.join(', ')}; ${changed.length} files changed`,
    `baseline        ${demoted} stations more`,
    `live            ${live}`,
  ];
  return say(`${lines.join('\n')}\n`);
}
