import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { busyStoreContract, marketStoreContract } from './market-store.contract.ts';
import { createMariadbDatabase } from './mariadb-database.ts';

describeMariadb('with a server', () => {
  const server = useMariadb();
  marketStoreContract('MariaDB', () => createMariadbDatabase(server));
  busyStoreContract('MariaDB', () => createMariadbDatabase(server));
});
