import { maintenancePorts } from '../../app/ports/maintenance-window.ts';
import { AppError } from '../../domain/errors.ts';
import { whyNotPurge } from '../../domain/market/purge-rule.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import { formatTimestamp } from '../../domain/timestamp.ts';
import { withStore } from '../one-shot.ts';
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
 * `purge [--dry-run] [--force] [--repair]`: deletes the market rows that are older than the retention.
 * @throws AppError `refused` when that would be nearly everything, and nobody forces it
 */
export function run({ dryRun, force, repair }: Options): Promise<number> {
  return withStore(async (store, base) => {
    const { settings, noteDone } = maintenancePorts(base, store);
    const nowS = Date.now() / 1000;
    const olderThanS = Math.floor(nowS - settings().retentionDays * DAY_S);
    const objection = force || dryRun ? null : await whyNotPurge(store, olderThanS);
    if (objection !== null) {
      throw new AppError('refused', `nothing was purged: ${objection}`, {
        advice: 'check the clock of this computer; if it is right, purge with --force',
      });
    }
    if (repair) say(`${await mend(store, dryRun)}\n`);
    const before = `observed before ${formatTimestamp(olderThanS)} UTC`;
    const rows = await store.purge({ olderThanS, dryRun });
    if (dryRun) return say(`${rows} rows ${before} would be purged\n`);
    await noteDone('purge', Math.floor(nowS));
    return say(`${rows} rows ${before} purged\n`);
  });
}

async function mend(store: Store, dryRun: boolean): Promise<string> {
  const { rows, names } = await store.checkTimes({ repair: !dryRun });
  return dryRun
    ? `${rows} rows ahead of the clock would be deleted, ${names} systems and stations would lose such a time`
    : `${rows} rows ahead of the clock deleted, ${names} systems and stations lost such a time`;
}
