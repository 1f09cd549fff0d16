import type { Mutation } from './mutation.ts';

const HELD_ROWS = 'test/fault/mariadb-held-rows.test.ts';
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
  {
    guarantee: 'demotion of exactly what was published',
    fault: 'MariaDB: rows that somebody without locks is writing are compared as they were before',
    file: 'src/infra/store/mariadb/export/demote.ts',
    from: "readLines(link, ids, unknownItems, 'FOR UPDATE')",
    to: 'readLines(link, ids, unknownItems)',
    tests: [HELD_ROWS],
  },
  {
    guarantee: 'what somebody else has in his hands is waited for, and no longer than that',
    fault: 'MariaDB: who was held up when the database was looked at is held up for ever',
    file: 'src/infra/store/mariadb/store.ts',
    from: 'opening = undefined;\n      throw error;',
    to: 'throw error;',
    tests: ['test/fault/mariadb-setup.test.ts'],
  },
  {
    guarantee: 'a connection is given back as it was taken',
    fault: 'after one wait for rows, nobody waits for any',
    file: 'src/infra/store/mariadb/write-apart.ts',
    from: 'if (!link.lost) await waitForRows(ROW_LOCK_WAIT_S);',
    to: '',
    tests: [HELD_ROWS],
  },
  {
    guarantee: 'a connection is given back as it was taken',
    fault: 'after an export, transactions see the database as it was at their start',
    file: 'src/infra/store/mariadb/export/listings.ts',
    from: "  await link.run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');\n",
    to: '',
    tests: [HELD_ROWS],
  },
  {
    guarantee: 'stations that others hold keep nobody waiting for longer than one of them',
    fault: 'each of them is waited for as long as all should be',
    file: 'src/infra/store/mariadb/markets/locks.ts',
    from: 'waitMs / 1000 / stationIds.length',
    to: 'waitMs / 1000',
    tests: [HELD_ROWS],
  },
  {
    guarantee: 'what a market does not list any more goes',
    fault: 'MariaDB: of every hundred markets that lose rows, one keeps them',
    file: 'src/infra/store/mariadb/markets/rows.ts',
    from: 'absent.slice(from, from + 100)',
    to: 'absent.slice(from, from + 99)',
    tests: [MARIADB],
  },
  {
    guarantee: 'every published station is offered for demotion',
    fault: 'those behind the last full hundred are not',
    file: 'src/infra/publishing/demote.ts',
    from: 'return batch.length === 0 ? demoted : demoted + (await store.demote(batch, signal));',
    to: 'return demoted;',
    tests: ['test/integration/demote-published.test.ts'],
  },
  {
    guarantee: 'a row that was changed since it was read is read again',
    fault: 'the number of that error is not known',
    file: 'src/infra/store/mariadb/errors.ts',
    from: "  1020: { row: 'deadlock' }, // record has changed since last read\n",
    to: '',
    tests: ['test/fault/mariadb-refusals.test.ts'],
  },
];
