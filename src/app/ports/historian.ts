import type { HistorianPorts, HistoryReader } from '../../domain/ports/publishing/history.ts';
import { OWN_TABLES_MADE } from '../../domain/ports/store/learning-store.ts';
import type { Store } from '../../domain/ports/store/store.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { createQueries } from './store.ts';

/**
 * What the history is kept with; it reads on a connection of its own.
 * @returns null: none is kept, and nothing is loaded
 */
export async function historianPorts(base: Bootstrap, store: Store): Promise<HistorianPorts | null> {
  const { config, paths, log } = base;
  if (config.historyDays === 0) return null;
  const { createHistoryRecorder } = await import('../../infra/history/recorder.ts');
  return {
    store: {
      async beginChangeLog() {
        const begun = await store.beginChangeLog();
        if (begun === 'made') log.info({}, OWN_TABLES_MADE);
        return begun;
      },
    },
    recorder: createHistoryRecorder(paths.historyDir),
    queries: await createQueries(base),
    keepDays: config.historyDays,
  };
}

/** @returns null: none is kept, and nothing is loaded */
export async function historyReader({
  config,
  paths,
}: Pick<Bootstrap, 'config' | 'paths'>): Promise<HistoryReader | null> {
  if (config.historyDays === 0) return null;
  const { createHistoryReader } = await import('../../infra/history/reader.ts');
  return createHistoryReader(paths.historyDir);
}
