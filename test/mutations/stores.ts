import type { Mutation } from './mutation.ts';

const MARIADB = 'test/contract/mariadb-store.test.ts';

/** Of what the databases are told. */
export const STORE_MUTATIONS: readonly Mutation[] = [
  {
    guarantee: 'a purge takes what is old, and nothing else',
    fault: 'SQLite: all rows of a station go with its old ones',
    file: 'src/infra/store/sqlite/housekeeping/purge.ts',
    from: "'DELETE FROM StationItem WHERE station_id = ? AND modified < ?'",
    to: "'DELETE FROM StationItem WHERE station_id = ? AND ? IS NOT NULL'",
    tests: ['test/contract/sqlite-store.test.ts'],
  },
  {
    guarantee: 'a purge takes what is old, and nothing else',
    fault: 'MariaDB: all rows of a station go with its old ones',
    file: 'src/infra/store/mariadb/housekeeping/purge.ts',
    from: 'IN (${ids.join()}) AND ${condition}`',
    to: 'IN (${ids.join()})`',
    tests: [MARIADB],
  },
];
