import { createMariadbDatabase } from '../contract/mariadb-database.ts';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { fieldReportContract } from './field-reports.contract.ts';

storeThreadsHere();

fieldReportContract('SQLite', createSqliteDatabase);

describeMariadb('with a server', () => {
  const server = useMariadb();
  fieldReportContract('MariaDB', () => createMariadbDatabase(server));
});
