import type { Bootstrap } from '../app/bootstrap.ts';
import { formatTimestamp } from '../domain/timestamp.ts';
import { maintenancePorts } from '../app/maintenance-window.ts';
import { withStore } from './one-shots.ts';

const DAY_S = 86_400;

interface Options {
  readonly dryRun: boolean;
}

/** `purge [--dry-run]`: deletes the market rows that are older than the retention. */
export function purgeNow(base: Bootstrap, { dryRun }: Options): Promise<string> {
  return withStore(base, async (store) => {
    const { settings, noteDone } = maintenancePorts(base, store);
    const nowS = Date.now() / 1000;
    const olderThanS = Math.floor(nowS - settings().retentionDays * DAY_S);
    const before = `observed before ${formatTimestamp(olderThanS)} UTC`;
    const rows = await store.purge({ olderThanS, dryRun });
    if (dryRun) return `${rows} rows ${before} would be purged`;
    await noteDone('purge', Math.floor(nowS));
    return `${rows} rows ${before} purged`;
  });
}

/** `maintain [--dry-run]`: optimizes and analyzes the database. */
export function maintainNow(base: Bootstrap, { dryRun }: Options): Promise<string> {
  return withStore(base, async (store, { description }) => {
    const { tidier, noteDone } = maintenancePorts(base, store);
    const { signal } = new AbortController();
    await tidier.probe(signal);
    if (dryRun) return `${description} would be optimized and analyzed`;
    await tidier.optimize(signal);
    await noteDone('optimize', Math.floor(Date.now() / 1000));
    return `${description} optimized and analyzed`;
  });
}
