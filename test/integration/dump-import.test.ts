import { createMariadbDatabase } from '../contract/mariadb-database.ts';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { dumpImportContract } from './dump-import.contract.ts';

storeThreadsHere();

dumpImportContract('SQLite', createSqliteDatabase, 'v13');

describeMariadb('with a server', () => {
  const server = useMariadb();
  dumpImportContract('MariaDB', () => createMariadbDatabase(server), 'v12');
});
