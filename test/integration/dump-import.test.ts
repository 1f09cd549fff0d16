import { createMariadbDatabase } from '../contract/mariadb-database.ts';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { dumpImportContract } from './dump-import.contract.ts';

dumpImportContract('SQLite', createSqliteDatabase);

describeMariadb('with a server', () => {
  const server = useMariadb();
  dumpImportContract('MariaDB', () => createMariadbDatabase(server));
});
