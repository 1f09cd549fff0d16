import { join } from 'node:path';
import type { DeltaPublisherPorts } from '../../domain/ports/publishing/delta-publisher.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import type { Bootstrap } from '../bootstrap.ts';
import type { Base } from './catalogue.ts';
import { announcing } from './store.ts';

/** Of the folder of the listings. */
export function deltasDirectory({ paths }: Pick<Bootstrap, 'paths'>): string {
  return join(paths.exportDir, 'deltas');
}

/** Whether deltas are made: they are read from the change log. */
export function hasDeltas({ deltas, ownTables, changeLogDays }: Bootstrap['config']): boolean {
  return deltas && ownTables && changeLogDays > 0;
}

/** What stands beside `listings.csv` where deltas are made; null, and nothing is loaded: they are not. */
export async function fullFileOf({ config, paths }: Pick<Bootstrap, 'config' | 'paths'>) {
  if (!hasDeltas(config)) return null;
  const { createFullFile } = await import('../../infra/publishing/deltas/full-file.ts');
  return createFullFile(paths.exportDir);
}

/**
 * The delta publisher's surroundings as the configuration has them.
 * @param isPassing this is no daemon that goes on: none are made
 */
export async function deltaPorts(base: Base, store: Store, isPassing: boolean): Promise<DeltaPublisherPorts> {
  const full = isPassing ? null : await fullFileOf(base);
  if (full === null) {
    if (base.config.deltas && !isPassing) {
      base.log.warn({}, 'deltas: none are made, for that takes own_tables true and change_log_days above 0');
    }
    return { enabled: false, plan: off, make: off };
  }
  const { createDeltas } = await import('../../infra/publishing/deltas/deltas.ts');
  const deltas = createDeltas({
    ...{ store, log: announcing(store, base.log) },
    ...{ directory: deltasDirectory(base), full, now: Date.now },
  });
  return { enabled: true, ...deltas };
}

function off(): Promise<never> {
  return Promise.reject(new Error('no deltas are made'));
}
