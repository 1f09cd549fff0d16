import type { Bootstrap } from '../../app/bootstrap.ts';
import { maintenancePorts } from '../../app/ports/maintenance-window.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import { askDaemon } from '../beside.ts';
import { onStore, withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

/** `maintain [--dry-run]`: optimizes and analyzes the database. A daemon that works here does it in a maintenance window. */
export function run({ dryRun }: { readonly dryRun: boolean }): Promise<number> {
  return withSettings(async (base) => {
    if (!dryRun && (await askDaemon(base, 'optimize')) !== null)
      return say('the database is optimized and analyzed\n');
    return onStore(base, (store, _, { description }) => maintain(base, store, { dryRun, description }));
  });
}

async function maintain(
  base: Bootstrap,
  store: Store,
  { dryRun, description }: { readonly dryRun: boolean; readonly description: string },
): Promise<number> {
  const { tidier, noteDone } = maintenancePorts(base, store);
  const { signal } = new AbortController();
  await tidier.probe(signal);
  if (dryRun) return say(`${description} would be optimized and analyzed\n`);
  await tidier.optimize(signal);
  await noteDone('optimize', Math.floor(Date.now() / 1000));
  return say(`${description} optimized and analyzed\n`);
}
