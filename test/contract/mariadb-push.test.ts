import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import { createMariadbDatabase } from './mariadb-database.ts';
import { buildsContract } from './push-builds.contract.ts';
import { namedContract } from './push-named.contract.ts';
import { pushContract } from './push.contract.ts';
import { pushResumeContract } from './push-resume.contract.ts';

storeThreadsHere();

describeMariadb('with a server', () => {
  const server = useMariadb();
  pushContract(() => createMariadbDatabase(server));
  namedContract(() => createMariadbDatabase(server));
  buildsContract(() => createMariadbDatabase(server));
  pushResumeContract(() => createMariadbDatabase(server));
});
