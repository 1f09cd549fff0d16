import { describe } from 'vitest';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { createMariadbDatabase } from './mariadb-database.ts';
import { recordContract } from './query-records.contract.ts';
import { searchContract } from './query-searches.contract.ts';

describeMariadb('with a server', () => {
  const server = useMariadb();
  describe.each(['v12', 'v13'] as const)('MariaDB %s questions', (generation) => {
    describe('records', () => recordContract(() => createMariadbDatabase(server), generation));
    describe('searches', () => searchContract(() => createMariadbDatabase(server), generation));
  });
});
