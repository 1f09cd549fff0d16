import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { deltaKillsContract } from './deltas-kills.contract.ts';
import { deltasContract } from './deltas.contract.ts';
import { createMariadbDatabase } from './mariadb-database.ts';

describeMariadb('with a server', () => {
  const server = useMariadb();
  deltasContract(() => createMariadbDatabase(server));
  deltaKillsContract(() => createMariadbDatabase(server));
});
