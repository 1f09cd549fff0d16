/**
 * A process that tells a broker of what is written until it is killed: `node outbox-child.ts <SQLite file> <broker>`. It
 * says `ready` when it has told all there was.
 */
import { createSqliteQueries } from '../../src/infra/store/sqlite/queries/queries.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { startOutbox } from './outbox.ts';

const [file = '', url = ''] = process.argv.slice(2);
const changeLog = { keepS: 86_400, keepEntries: 1_000_000 };
const outbox = startOutbox(url, {
  store: createSqliteStore({ file, generation: 'auto', changeLog }),
  queries: createSqliteQueries(file),
});
let isReady = false;
outbox.actor.subscribe(({ value }) => {
  if (value === 'waiting' && !isReady) process.stdout.write('ready\n');
  isReady ||= value === 'waiting';
});
