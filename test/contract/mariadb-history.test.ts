import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { historyContract } from './history.contract.ts';
import { createMariadbDatabase } from './mariadb-database.ts';

storeThreadsHere();

describeMariadb('with a server', () => {
  const server = useMariadb();
  historyContract(() => createMariadbDatabase(server));
});
