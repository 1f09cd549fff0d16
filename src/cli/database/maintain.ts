import { maintenancePorts } from '../../app/ports/maintenance-window.ts';
import { withStore } from '../one-shot.ts';
import { say } from '../say.ts';

/** `maintain [--dry-run]`: optimizes and analyzes the database. */
export function run({ dryRun }: { readonly dryRun: boolean }): Promise<number> {
  return withStore(async (store, base, { description }) => {
    const { tidier, noteDone } = maintenancePorts(base, store);
    const { signal } = new AbortController();
    await tidier.probe(signal);
    if (dryRun) return say(`${description} would be optimized and analyzed\n`);
    await tidier.optimize(signal);
    await noteDone('optimize', Math.floor(Date.now() / 1000));
    return say(`${description} optimized and analyzed\n`);
  });
}
