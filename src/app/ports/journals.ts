import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { JournalWatchers } from '../../actors/journal-watcher/pool.ts';
import { JournalSender } from '../../actors/journal-watcher/sender.ts';
import { openFolder, openJournalFolder } from '../../infra/journal/folder.ts';
import { SENT_LINES } from '../../infra/journal/reading.ts';
import { createUpload } from '../../infra/journal/upload.ts';
import { realTime } from '../../infra/process/real-time.ts';
import { makeDirectory } from '../../infra/process/ownership.ts';
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

/**
 * Follows a folder, and sends what it tells to another daemon until the signal.
 * @param to address of its HTTP server
 * @throws AppError `usage`: it does not take it
 */
export async function sendJournals(
  { paths, log }: Bootstrap,
  { folder, to, token }: { readonly folder: string; readonly to: string; readonly token: string },
  signal: AbortSignal,
): Promise<void> {
  await makeDirectory(paths.dataDir);
  // Another daemon has not got what the first one was sent.
  const places = positionsFile(paths.dataDir, `${folder} ${to}`);
  const sender = new JournalSender({
    folder: openFolder(SENT_LINES, folder, places),
    outlet: createUpload(to, token),
    ...{ time: realTime, random: Math.random, log },
  });
  sender.start();
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    await Promise.race([sender.refused, stopped]);
  } finally {
    await sender.close();
  }
}

function positionsFile(dataDir: string, folder: string): string {
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return join(dataDir, `tradedangerous-listener-journals-${name}.json`);
}
