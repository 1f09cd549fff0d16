import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { deltaKillsContract } from './deltas-kills.contract.ts';
import { deltasContract } from './deltas.contract.ts';
import { createMariadbDatabase } from './mariadb-database.ts';

storeThreadsHere();

describeMariadb('with a server', () => {
  const server = useMariadb();
  deltasContract(() => createMariadbDatabase(server));
  deltaKillsContract(() => createMariadbDatabase(server));
});
