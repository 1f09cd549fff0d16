import { createStore, type Bootstrap } from '../bootstrap.ts';
import { formatTimestamp } from '../domain/timestamp.ts';
import { maintenancePorts } from '../maintenance.ts';

const DAY_S = 86_400;

/** `purge [--dry-run]`: deletes the market rows that are older than the retention. */
export async function purgeNow(base: Bootstrap, { dryRun }: { readonly dryRun: boolean }): Promise<string> {
  const store = await createStore(base);
  const { settings, noteDone } = maintenancePorts(base, store);
  const nowS = Date.now() / 1000;
  const olderThanS = Math.floor(nowS - settings().retentionDays * DAY_S);
  const before = `observed before ${formatTimestamp(olderThanS)} UTC`;
  try {
    await store.open();
    const rows = await store.purge({ olderThanS, dryRun });
    if (dryRun) return `${rows} rows ${before} would be purged`;
    await noteDone('purge', Math.floor(nowS));
    return `${rows} rows ${before} purged`;
  } finally {
    await store.close();
  }
}

/** `maintain [--dry-run]`: optimizes and analyzes the database. */
export async function maintainNow(
  base: Bootstrap,
  { dryRun }: { readonly dryRun: boolean },
): Promise<string> {
  const store = await createStore(base);
  const { tidier, noteDone } = maintenancePorts(base, store);
  const { signal } = new AbortController();
  try {
    const { description } = await store.open();
    await tidier.probe(signal);
    if (dryRun) return `${description} would be optimized and analyzed`;
    await tidier.optimize(signal);
    await noteDone('optimize', Math.floor(Date.now() / 1000));
    return `${description} optimized and analyzed`;
  } finally {
    await store.close();
  }
}
