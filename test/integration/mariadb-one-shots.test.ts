import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runProgram, writeConfig } from '../support/daemon.ts';
import { expectedListing } from '../support/galaxy.ts';
import { makeMariadbGalaxy, mariadbRows, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodityMessage } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';

describeMariadb('one-shots on MariaDB', () => {
  const server = useMariadb();

  test('replay, statistics and both listings, byte for byte by the rules', async () => {
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    const cwd = tempDir();
    writeConfig(cwd);
    const env = { TD_DB_CONFIG: writeDbConfig(cwd, server, database) };
    const lines = Array.from({ length: 25 }, (_, i) => JSON.stringify(commodityMessage({ marketId: i + 1 })));
    writeFileSync(join(cwd, 'some.jsonl'), lines.join('\n'));

    const replayed = await runProgram({ cwd, env, args: ['replay', 'some.jsonl'] });
    expect(replayed).toMatchObject({ code: 0, stderr: '' });
    expect(replayed.stdout).toMatch(/^written {5}25 \(50 rows\)$/m);
    const stats = await runProgram({ cwd, env, args: ['--stats'] });
    expect(stats.stdout).toBe(
      'StationItem: 50 rows of 25 stations, live 50 rows of 25 stations, newest 2026-05-01 12:00:00 UTC\n',
    );
    await server.sql(`UPDATE ${database}.StationItem SET from_live = 0 WHERE station_id <= 10`);
    const rows = await mariadbRows(server, database);
    for (const [flag, file, live] of [
      ['--export-live-now', 'listings-live.csv', true],
      ['--export-dump-now', 'listings.csv', false],
    ] as const) {
      expect(await runProgram({ cwd, env, args: [flag] })).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(join(cwd, 'tmp', file), 'utf8')).toBe(expectedListing(rows, live));
    }
    await server.dropDatabase(database);
  });

  test('a server that is not there is one clear line, exit 1', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const ini = join(cwd, 'db.ini');
    writeFileSync(
      ini,
      '[database]\nbackend = mariadb\n[mariadb]\nhost = 127.0.0.1\nport = 1\nuser = nobody\n',
    );
    const { code, stderr } = await runProgram({ cwd, env: { TD_DB_CONFIG: ini }, args: ['--stats'] });
    expect(code).toBe(1);
    expect(stderr).toMatch(/127\.0\.0\.1/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
