import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { archiveDay } from '../support/archive-day.ts';
import { writeConfig, type Exit } from '../support/daemon.ts';
import { expectedListing } from '../support/galaxy.ts';
import { runHere, startHere } from '../support/here.ts';
import { makeMariadbGalaxy, mariadbRows, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodityMessage, OBSERVED_AT_S, testCatalogue } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const STATIONS = 30;

describeMariadb('the one-shots on MariaDB', () => {
  const server = useMariadb();
  let database: string;

  /** Every station lists other commodities; every third one is baseline, every fifth row has no price. */
  beforeAll(async () => {
    database = await server.createDatabase();
    const stations = Array.from({ length: STATIONS }, (_, i) => ({
      id: 3_700_000_000 + i,
      name: `Station ${i}`,
      system: 'Sol',
    }));
    await makeMariadbGalaxy(server, database, ['Sol'], stations);
    const store = createMariadbStore({
      connection: server.connection(database),
      generation: 'auto',
      lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
    });
    const items = testCatalogue()
      .commodities.filter(({ rare }) => !rare)
      .map(({ id }) => id)
      .sort((a, b) => a - b);
    await store.useCatalogue(testCatalogue().commodities);
    await store.writeMarkets(
      stations.map(({ id, name }, i) => ({
        marketId: id,
        systemName: 'Sol',
        stationName: name,
        observedAtS: OBSERVED_AT_S + i,
        receivedAtMs: 0,
        rows: Int32Array.from(
          items
            .slice(i % items.length)
            .flatMap((item, n) =>
              n % 5 === 4 ? [item, 0, 7, -1, 0, 8, 1, 0] : [item, 100 + n, n, 3, 200 + n, i, 1, 0],
            ),
        ),
      })),
    );
    await store.close();
    await server.sql('UPDATE StationItem SET from_live = 0 WHERE station_id % 3 = 0', database);
  });

  async function run(argument: string): Promise<Exit & { readonly cwd: string }> {
    const cwd = tempDir();
    writeConfig(cwd);
    const env = { TD_DB_CONFIG: writeDbConfig(cwd, server, database) };
    return { ...(await runHere({ cwd, args: [argument], env })), cwd };
  }

  test('--stats counts', async () => {
    const rows = await mariadbRows(server, database);
    const live = rows.filter(({ from_live }) => from_live === 1);
    const { code, stdout, stderr } = await run('--stats');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(
      `StationItem: ${rows.length} rows of ${STATIONS} stations, live ${live.length} rows of 20 stations, ` +
        'newest 2026-05-01 12:00:29 UTC\n',
    );
  });

  test.each([
    ['--export-live-now', 'listings-live.csv', true],
    ['--export-dump-now', 'listings.csv', false],
  ])('%s writes %s, byte for byte by the rules', async (argument, name, live) => {
    const { code, cwd, stderr } = await run(argument);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const expected = expectedListing(await mariadbRows(server, database), live);
    expect(expected.split('\n').length).toBeGreaterThan(100);
    expect(readFileSync(join(cwd, 'tmp', name), 'utf8')).toBe(expected);
  });

  test('replay writes a file and accounts for every line', async () => {
    const replayed = await server.createDatabase();
    await makeMariadbGalaxy(server, replayed, ['Sol']);
    const cwd = tempDir();
    writeConfig(cwd);
    const lines = Array.from({ length: 25 }, (_, i) => JSON.stringify(commodityMessage({ marketId: i + 1 })));
    writeFileSync(join(cwd, 'some.jsonl'), lines.join('\n'));
    const env = { TD_DB_CONFIG: writeDbConfig(cwd, server, replayed) };
    const { code, stdout, stderr } = await runHere({ cwd, env, args: ['replay', 'some.jsonl'] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^written {5}25 \(50 rows\)$/m);
    expect(await mariadbRows(server, replayed)).toHaveLength(50);
  });

  test('a file counts as replayed when the station that another program held is learned, too', async () => {
    const galaxy = await server.createDatabase();
    await makeMariadbGalaxy(server, galaxy, ['Sol']);
    const other = await server.connect(galaxy);
    await other.query("SELECT GET_LOCK('td.station.3220000000', 0)");
    const cwd = tempDir();
    writeConfig(cwd);
    const { docked } = archiveDay({ messages: 1, symbols: ['gold'], startAtS: OBSERVED_AT_S });
    writeFileSync(join(cwd, 'docked.jsonl'), docked.join('\n'));
    const env = { TD_DB_CONFIG: writeDbConfig(cwd, server, galaxy) };
    const replay = startHere({ cwd, args: ['replay', 'docked.jsonl'], env });
    // The system is written before anybody asks for the station.
    await until(async () => (await server.sql('SELECT name FROM System', galaxy)).length > 1);
    await sleep(300);
    await other.end();
    expect((await replay.exit).code).toBe(0);
    expect(await server.sql('SELECT station_id AS id FROM Station', galaxy)).toEqual([{ id: '3220000000' }]);
  });

  test('a server that is not there: said in one line, with advice, and an exit code', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const file = writeDbConfig(cwd, server, 'tdl_missing');
    const { code, stdout, stderr } = await runHere({
      cwd,
      args: ['--stats'],
      env: { TD_DB_CONFIG: file },
    });
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('has no such database');
    expect(stderr).toContain('CREATE DATABASE');
    expect(stderr.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
  });

  test('--stats and check-config make no table in an empty database', async () => {
    const empty = await server.createDatabase();
    const cwd = tempDir();
    writeConfig(cwd);
    const env = { TD_DB_CONFIG: writeDbConfig(cwd, server, empty) };
    const told = await runHere({ cwd, env, args: ['--stats'] });
    expect(told).toMatchObject({ code: 1, stdout: '' });
    expect(told.stderr).toMatch(/has no tables yet/);
    expect((await runHere({ cwd, env, args: ['check-config'] })).stdout).toMatch(
      /^ok {4}database: .* has no tables yet: the first start makes what is missing$/m,
    );
    expect(await server.sql('SHOW TABLES', empty)).toEqual([]);
  });
});
