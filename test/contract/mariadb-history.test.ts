import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { historyContract } from './history.contract.ts';
import { createMariadbDatabase } from './mariadb-database.ts';

describeMariadb('with a server', () => {
  const server = useMariadb();
  historyContract(() => createMariadbDatabase(server));
});
