import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { MariadbConnection } from '../../src/infra/store/mariadb/connection.ts';
import {
  createCheckTool,
  type CheckToolOptions,
} from '../../src/infra/store/mariadb/housekeeping/check-tool.ts';
import { makeMariadbGalaxy } from '../support/mariadb-galaxy.ts';
import { describeMariadb, mariadbEnv, useMariadb } from '../support/mariadb.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const NEVER = new AbortController().signal;

describeMariadb('mariadb-check', () => {
  const server = useMariadb({ tcp: true, args: ['--innodb-stats-persistent=ON'] });

  async function tool(change: Partial<MariadbConnection> = {}, options: Partial<CheckToolOptions> = {}) {
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    const optionFile = join(tempDir(), 'check.cnf');
    const connection = { ...server.connection(database), ...change };
    return {
      optionFile,
      database,
      ...createCheckTool({ connection, tls: {}, optionFile, env: mariadbEnv, ...options }),
    };
  }

  /** A program of this name that does what a shell script says; others are found as ever. */
  function withTool(name: string, script: string): NodeJS.ProcessEnv {
    const bin = join(tempDir(), 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
    return { ...mariadbEnv, PATH: `${bin}:${mariadbEnv.PATH}` };
  }

  test('optimizes and analyzes the tables of the database', async () => {
    const { probe, optimize, database } = await tool();
    await probe(NEVER);
    await server.sql(`DELETE FROM mysql.innodb_table_stats WHERE database_name = '${database}'`);
    await optimize(NEVER);
    const stats = await server.sql(
      `SELECT table_name FROM mysql.innodb_table_stats WHERE database_name = '${database}'`,
    );
    expect(stats.map(({ table_name }) => table_name)).toContain('StationItem');
  });

  test.each([
    ['socket', 'p%ss;w#rd'],
    ['tcp', 'p%ss;w#rd'],
    ['tcp', String.raw` a "b" \c\n 'd'#;=ü`],
  ] as const)('gets in by %s with the password %s', async (via, password) => {
    const database = await server.createDatabase();
    await server.sql(
      `CREATE OR REPLACE USER odd@'%' IDENTIFIED BY '${password.replaceAll(/['\\]/g, '\\$&')}'`,
    );
    await server.sql("GRANT ALL ON `tdl\\_%`.* TO odd@'%'");
    const connection = { ...server.connection(database, via), user: 'odd', password };
    const { probe } = createCheckTool({
      connection,
      tls: {},
      optionFile: join(tempDir(), 'check.cnf'),
      env: mariadbEnv,
    });
    await probe(NEVER);
  });

  test('the credentials are for this user only', async () => {
    const { probe, optionFile } = await tool();
    await probe(NEVER);
    expect(statSync(optionFile).mode & 0o777).toBe(0o600);
  });

  test('an option file that exists is left alone', async () => {
    const { probe, optionFile } = await tool({ password: 'wrong' });
    const { user, password } = server.connection('');
    const own = `[client]\nsocket=${server.socketPath}\nuser=${user}\npassword="${password}"\n`;
    writeFileSync(optionFile, own);
    await probe(NEVER);
    expect(readFileSync(optionFile, 'utf8')).toBe(own);
  });

  test('a wrong password is said, with what to do', async () => {
    const { probe, optionFile } = await tool({ password: 'wrong' });
    await expect(probe(NEVER)).rejects.toMatchObject({
      code: 'maintenance.denied',
      message: expect.stringContaining('Access denied'),
      advice: `correct ${optionFile}, or remove it to have it made anew`,
    });
  });

  test('a server that is away is no fault of the set-up', async () => {
    const { probe } = await tool({ socketPath: '/nowhere/s.sock' });
    await probe(NEVER);
  });

  test('optimizing on a server that is away fails', async () => {
    const { probe, optimize } = await tool({ socketPath: '/nowhere/s.sock' });
    await probe(NEVER);
    await expect(optimize(NEVER)).rejects.toMatchObject({
      code: 'maintenance.failed',
      message: expect.stringMatching(/mariadb-check --optimize failed: .*Can't connect/),
    });
  });

  test.each(['mariadb', 'mariadb-check'])('a missing %s is said, with what to do', async (missing) => {
    const bin = join(tempDir(), 'bin');
    mkdirSync(bin);
    for (const name of ['mariadb', 'mariadb-check'].filter((each) => each !== missing)) {
      writeFileSync(join(bin, name), '#!/bin/sh\n');
      chmodSync(join(bin, name), 0o755);
    }
    const { probe } = await tool({}, { env: { PATH: bin } });
    await expect(probe(NEVER)).rejects.toMatchObject({
      code: 'maintenance.noTool',
      message: expect.stringContaining(missing),
      advice: expect.stringContaining('db_maint_every_x_days'),
    });
  });

  test('a fault of one table fails the task, although the tool ends with 0', async () => {
    const script =
      'echo tdl.Station; echo "Error    : Table is marked as crashed"; echo "error    : Corrupt"';
    const { optimize } = await tool({}, { env: withTool('mariadb-check', script) });
    await expect(optimize(NEVER)).rejects.toThrow(/Table is marked as crashed; error {4}: Corrupt/);
  });

  test.each([
    ['asked', 'exec sleep 60'],
    ['killed when it does not listen', "trap '' TERM; while :; do sleep 1; done"],
  ])('stopping ends the tool: %s', async (_, script) => {
    const started = join(tempDir(), 'pid');
    const env = withTool('mariadb-check', `echo $$ > ${started}; ${script}`);
    const { optimize } = await tool({}, { env });
    const abort = new AbortController();
    const running = optimize(abort.signal);
    await until(() => existsSync(started) && readFileSync(started, 'utf8') !== '');
    abort.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
    const pid = readFileSync(started, 'utf8').trim();
    expect(() => execFileSync('kill', ['-0', pid], { stdio: 'ignore' })).toThrow();
  });
});
