import type { DumpProgress } from '../../domain/ports/galaxy/dump.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import { stateFile, type DumpState } from './dump-state.ts';

const KIND = 'dump';
const ID = 'spansh';

/**
 * How far the newest dump has come with a database that several daemons share: whoever leads next goes on from there.
 * What lies on the disk of one of them is known to that one alone.
 */
export function createSharedDumpState(local: DumpState, store: AggregateStore, database: string): DumpState {
  async function read(): Promise<{ readonly version: number; readonly progress: DumpProgress | null }> {
    const kept = (await store.aggregates(KIND)).find(({ id }) => id === ID);
    if (kept === undefined) return { version: 0, progress: null };
    const parsed = stateFile.safeParse(JSON.parse(kept.json));
    // Each daemon has a name of its own for it.
    return { version: kept.version, progress: parsed.success ? { ...parsed.data, database } : null };
  }

  return {
    async load() {
      const [mine, { progress }] = [await local.load(), await read()];
      if (progress === null) return mine;
      return mine?.stage === 'downloaded' && mine.atS >= progress.atS ? mine : progress;
    },

    async save(progress) {
      await local.save(progress);
      if (progress.stage === 'downloaded') return;
      const { version } = await read();
      await store.putAggregate({ kind: KIND, id: ID, version: version + 1, json: JSON.stringify(progress) });
    },
  };
}
