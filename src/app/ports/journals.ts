import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { JournalWatchers } from '../../actors/journal-watcher/pool.ts';
import { openJournalFolder } from '../../infra/journal/folder.ts';
import { realTime } from '../../infra/process/real-time.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { createStore } from './store.ts';

/** Follows the folders of journals, once they are started, on a connection of their own: what they tell outlives the system. */
export async function followJournals(
  base: Bootstrap,
): Promise<{ readonly watchers: JournalWatchers; readonly close: () => Promise<void> }> {
  const { paths, log } = base;
  const store = await createStore(base);
  const folders = paths.journalDirs.map((path) =>
    openJournalFolder(path, positionsFile(paths.dataDir, path)),
  );
  const watchers = new JournalWatchers({ folders, store, time: realTime, random: Math.random, log });
  return {
    watchers,
    close: async () => {
      await watchers.close();
      await store.close();
    },
  };
}

function positionsFile(dataDir: string, folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return join(dataDir, `tradedangerous-listener-journals-${name}.json`);
}
