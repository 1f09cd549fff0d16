/** Follows a folder of journals into a database until it is killed: FOLDER POSITIONS DATABASE. Says `up` when it has read all. */
import { JournalWatchers } from '../../src/actors/journal-watcher/pool.ts';
import { openJournalFolder } from '../../src/infra/journal/folder.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';

const nothing = () => undefined;
const [folder = '', positions = '', file = ''] = process.argv.slice(2);
const watchers = new JournalWatchers({
  folders: [openJournalFolder(folder, positions)],
  store: createSqliteStore({ file, generation: 'auto' }),
  ...{
    time: realTime,
    random: Math.random,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
  },
});
watchers.start();
setInterval(() => {
  if (watchers.watchers()[0]?.state === 'tailing') process.stdout.write('up\n');
}, 20);
