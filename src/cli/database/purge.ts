import type { MaintenanceDone } from '../../actors/maintenance-window/steps.ts';
import type { Bootstrap } from '../../app/bootstrap.ts';
import { maintenancePorts } from '../../app/ports/maintenance-window.ts';
import { purgeRefused, whyNotPurge } from '../../domain/market/purge-rule.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import { formatTimestamp } from '../../domain/timestamp.ts';
import { askDaemon } from '../beside.ts';
import { onStore, withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

const DAY_S = 86_400;

interface Options {
  readonly dryRun: boolean;
  /** Also when it would take nearly everything. */
  readonly force: boolean;
  /** Mends what has a time that nobody can have observed. */
  readonly repair: boolean;
}

/**
 * `purge [--dry-run] [--force] [--repair]`: deletes the market rows that are older than the retention. A daemon that works
 * here does it in a maintenance window of its own.
 * @throws AppError `refused` when that would be nearly everything, and nobody forces it
 */
export function run({ dryRun, force, repair }: Options): Promise<number> {
  return withSettings(async (base) => {
    const done = dryRun
      ? null
      : ((await askDaemon(base, 'purge', { force, repair })) as MaintenanceDone | null);
    if (done !== null) {
      if (done.mended !== null) say(`${mended(done.mended)}\n`);
      return say(`${done.rows} rows ${before(done.olderThanS)} purged\n`);
    }
    return onStore(base, (store) => purge(base, store, { dryRun, force, repair }));
  });
}

async function purge(base: Bootstrap, store: Store, { dryRun, force, repair }: Options): Promise<number> {
  const { settings, noteDone } = maintenancePorts(base, store);
  const nowS = Date.now() / 1000;
  const olderThanS = Math.floor(nowS - settings().retentionDays * DAY_S);
  const objection = force || dryRun ? null : await whyNotPurge(store, olderThanS);
  if (objection !== null) throw purgeRefused(objection);
  if (repair) say(`${await mend(store, dryRun)}\n`);
  const rows = await store.purge({ olderThanS, dryRun });
  if (dryRun) return say(`${rows} rows ${before(olderThanS)} would be purged\n`);
  await noteDone('purge', Math.floor(nowS));
  return say(`${rows} rows ${before(olderThanS)} purged\n`);
}

function before(olderThanS: number): string {
  return `observed before ${formatTimestamp(olderThanS)} UTC`;
}

async function mend(store: Store, dryRun: boolean): Promise<string> {
  const found = await store.checkTimes({ repair: !dryRun });
  const { rows, names } = found;
  return dryRun
    ? `${rows} rows ahead of the clock would be deleted, ${names} systems and stations would lose such a time`
    : mended(found);
}

function mended({ rows, names }: { readonly rows: number; readonly names: number }): string {
  return `${rows} rows ahead of the clock deleted, ${names} systems and stations lost such a time`;
}
