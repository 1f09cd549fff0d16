import { maintenancePorts } from '../app/maintenance-window.ts';
import { formatTimestamp } from '../domain/timestamp.ts';
import { withStore } from './one-shot.ts';
import { say } from './say.ts';

const DAY_S = 86_400;

/** `purge [--dry-run]`: deletes the market rows that are older than the retention. */
export function run({ dryRun }: { readonly dryRun: boolean }): Promise<number> {
  return withStore(async (store, base) => {
    const { settings, noteDone } = maintenancePorts(base, store);
    const nowS = Date.now() / 1000;
    const olderThanS = Math.floor(nowS - settings().retentionDays * DAY_S);
    const before = `observed before ${formatTimestamp(olderThanS)} UTC`;
    const rows = await store.purge({ olderThanS, dryRun });
    if (dryRun) return say(`${rows} rows ${before} would be purged\n`);
    await noteDone('purge', Math.floor(nowS));
    return say(`${rows} rows ${before} purged\n`);
  });
}
