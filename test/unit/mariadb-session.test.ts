import { expect, test } from 'vitest';
import { prepareSession } from '../../src/infra/store/mariadb/session.ts';

/** A session of a server with these variables, and what it is told. */
async function prepare(variables: Readonly<Record<string, string>>, database = 'tradedangerous') {
  const ran: string[] = [];
  const session = {
    run: (sql: string) => Promise.resolve(ran.push(sql)),
    rows: (sql: string) =>
      Promise.resolve(Object.entries(variables).filter(([name]) => sql.includes(`'${name}'`))),
  };
  const error = await prepareSession(session, database, 'db:3306').then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { ran, error };
}

const USUAL = { max_allowed_packet: '16777216', log_bin: 'OFF', sql_log_bin: 'ON', binlog_format: 'MIXED' };

test('what may have been begun is ended before anything is set, and the database is used after it', async () => {
  const { ran, error } = await prepare(USUAL);
  expect(error).toBeNull();
  expect(ran.slice(0, 3)).toEqual(['SET SESSION completion_type = 0', 'ROLLBACK', 'UNLOCK TABLES']);
  expect(ran.at(-1)).toBe('USE `tradedangerous`');
  expect((await prepare(USUAL, 'a`b')).ran.at(-1)).toBe('USE `a``b`');
});

test('what not every server has is set only where it is, and is otherwise', async () => {
  const plain = (await prepare(USUAL)).ran.length;
  expect((await prepare({ ...USUAL, wsrep_dirty_reads: 'OFF', skip_replication: 'OFF' })).ran).toHaveLength(
    plain,
  );
  const { ran } = await prepare({ ...USUAL, wsrep_dirty_reads: 'ON', skip_replication: 'ON' });
  expect(ran.slice(plain)).toEqual([
    'SET SESSION wsrep_dirty_reads = OFF',
    'SET SESSION skip_replication = OFF',
  ]);
});

test('a server that takes too short statements is said to, and what to do', async () => {
  expect((await prepare({ ...USUAL, max_allowed_packet: '1048576' })).error).toBeNull();
  expect((await prepare({ ...USUAL, max_allowed_packet: '1048575' })).error).toMatchObject({
    code: 'unavailable',
    message: 'MariaDB at db:3306 takes statements of 1048575 bytes at most (max_allowed_packet)',
    advice: expect.stringContaining('SET GLOBAL max_allowed_packet = 1048576 or more') as string,
  });
});

test.each([
  ['STATEMENT', 'ON', 'ON', true],
  ['STATEMENT', 'OFF', 'ON', false],
  ['STATEMENT', 'ON', 'OFF', false],
  ['ROW', 'ON', 'ON', false],
  ['MIXED', 'ON', 'ON', false],
])(
  'binlog_format %s, log_bin %s, sql_log_bin %s would refuse writes: %s',
  async (format, log, own, isTold) => {
    const { error } = await prepare({ ...USUAL, binlog_format: format, log_bin: log, sql_log_bin: own });
    if (!isTold) expect(error).toBeNull();
    else
      expect(error).toMatchObject({
        code: 'unavailable',
        message: 'MariaDB at db:3306 would refuse every write (binlog_format = STATEMENT)',
        advice: expect.stringContaining("SET GLOBAL binlog_format = 'MIXED' or 'ROW'") as string,
      });
  },
);
