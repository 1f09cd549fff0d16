import { exportListing } from '../../app/listing.ts';
import { updaterPorts } from '../../app/ports/spansh-updater.ts';
import { AppError } from '../../domain/errors.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

/** `publish`: writes every public file from what the database has, and makes baseline of what `listings.csv` has. */
export function run(): Promise<number> {
  return withStore(async (store, base, { description }) => {
    if (await store.isEmpty()) {
      throw new AppError('publish', `no station is in ${description}: there is nothing to publish`, {
        advice: 'tdl import fills it, and so does the daemon',
      });
    }
    const { state, database, publish, demote } = updaterPorts(base, store);
    const { signal } = new AbortController();
    const { rows, changed } = await publish(signal);
    const demoted = await demote(signal);
    const progress = await state.load();
    // The daemon need not do it again.
    if (progress?.stage === 'imported' && progress.database === database) {
      await state.save({ ...progress, stage: 'demoted', atS: Math.floor(Date.now() / 1000) });
    }
    const files = Object.entries(rows).map(([file, count]) => `${file}.csv ${count}`);
    const lines = [
      `published rows  ${files.join(', ')}; ${changed.length} files changed`,
      `baseline        ${demoted} stations more`,
      `live            ${await exportListing(base, store, 'live')}`,
    ];
    return say(`${lines.join('\n')}\n`);
  });
}
