import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { formatTimestamp } from '../../src/domain/timestamp.ts';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { runHere } from '../support/here.ts';
import { startMariadbDaemon } from '../support/mariadb-daemon.ts';
import { makeMariadbGalaxy, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, mariadbEnv, useMariadb } from '../support/mariadb.ts';
import { commodityMessage, frame } from '../support/messages.ts';
import { troubles } from '../support/program-output.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const SECOND_H = 1 / 3600;
const SECOND_D = SECOND_H / 24;
const OLD_STATIONS = 200;
const OLD_ROWS = OLD_STATIONS * 50;

describeMariadb('maintenance on a MariaDB server', () => {
  const server = useMariadb();
  let database: string;

  beforeEach(async () => {
    database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    await server.sql(
      `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
         supply_units, supply_level, modified, from_live)
       SELECT s.seq, i.seq, 1, 1, 1, 0, 0, 0, '2020-01-01', 0
       FROM seq_1_to_${OLD_STATIONS} s, seq_1_to_50 i
       UNION ALL SELECT s.seq, i.seq, 1, 1, 1, 0, 0, 0, UTC_TIMESTAMP() - INTERVAL 1 HOUR, 0
       FROM seq_1001_to_1040 s, seq_1_to_50 i`,
      database,
    );
  });
  afterEach(() => server.dropDatabase(database));

  const count = async (where: string) => {
    const [row] = await server.sql(`SELECT COUNT(*) AS n FROM StationItem WHERE ${where}`, database);
    return Number(row?.n);
  };
  const env = { PATH: mariadbEnv.PATH ?? '' };
  const now = () => new Date().toISOString();

  test('the feed is heard during a purge, and what it brought is written afterwards', async () => {
    const daemon = await startMariadbDaemon(server, database, {
      config: { purge_every_x_hour: 2 * SECOND_H, db_maint_every_x_days: 0, http_listen: null },
    });
    // Nobody can purge this station before it is let go.
    const holder = await server.connect(database);
    onTestFinished(() => holder.destroy());
    await holder.query('BEGIN');
    await holder.query('SELECT * FROM StationItem WHERE station_id = 1 FOR UPDATE');

    await daemon.program.logged(/maintenance: purging old rows; the feed goes on, writing waits/);
    for (let n = 0; n < 20; n++) {
      await daemon.relay.publish(frame(commodityMessage({ marketId: 500_000 + n, timestamp: now() })));
    }
    await until(() => daemon.program.log.findLast((line) => 'received' in line)?.received === 20);
    expect(await count('station_id >= 500000')).toBe(0);
    await holder.query('ROLLBACK');

    const { rows } = await daemon.program.logged(/maintenance: purged \d+ rows observed before/);
    expect(rows).toBe(OLD_ROWS);
    await daemon.quiet(20);
    expect(await count("modified < '2021-01-01'")).toBe(0);
    expect(await count('station_id >= 500000 AND from_live = 1')).toBeGreaterThanOrEqual(20);
    expect(troubles(daemon.program.log)).toEqual([]);
    await daemon.stop();
  });

  test('purged and optimized in time; the times are kept, the credentials too', async () => {
    const config = { purge_every_x_hour: SECOND_H, db_maint_every_x_days: 2 * SECOND_D, http_listen: null };
    const daemon = await startMariadbDaemon(server, database, { config, env });
    await daemon.program.logged(/maintenance: database optimized and analyzed in/);
    await daemon.program.logged(/maintenance: purged 0 rows/);
    await daemon.stop();
    const kept = JSON.parse(
      readFileSync(join(daemon.cwd, 'tradedangerous-listener-config.json'), 'utf8'),
    ) as Record<string, number>;
    const nowS = Date.now() / 1000;
    expect(nowS - kept.last_purge!).toBeLessThan(60);
    expect(nowS - kept.last_db_maint!).toBeLessThan(60);
    expect(statSync(join(daemon.cwd, 'mariadb_check.cnf')).mode & 0o777).toBe(0o600);
  });

  test('a missing tool is said once, and the daemon works on', async () => {
    const bin = join(tempDir(), 'bin');
    mkdirSync(bin);
    const daemon = await startMariadbDaemon(server, database, {
      config: { purge_every_x_hour: SECOND_H, db_maint_every_x_days: SECOND_D, http_listen: null },
      env: { PATH: bin },
      start: startProgram,
    });
    await daemon.program.logged(/maintenance: purged/);
    expect(troubles(daemon.program.log)).toEqual([
      expect.stringMatching(/the database is not optimized: mariadb-check cannot be run: .* \(install /),
    ]);
    await daemon.stop();
    expect((await daemon.program.exit).code).toBe(0);
  });

  test('a stop ends mariadb-check, too', async () => {
    const bin = join(tempDir(), 'bin');
    mkdirSync(bin);
    const pidFile = join(bin, 'pid');
    const script = `#!/bin/sh\n[ "$1" = --version ] && exit\necho $$ > ${pidFile}\nexec sleep 60\n`;
    writeFileSync(join(bin, 'mariadb-check'), script);
    chmodSync(join(bin, 'mariadb-check'), 0o755);
    const daemon = await startMariadbDaemon(server, database, {
      config: { purge_every_x_hour: 0, db_maint_every_x_days: SECOND_D, http_listen: null },
      env: { PATH: `${bin}:${env.PATH}` },
      start: startProgram,
    });
    await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
    await daemon.stop();
    expect((await daemon.program.exit).code).toBe(0);
    expect(() => process.kill(Number(readFileSync(pidFile, 'utf8')), 0)).toThrow('ESRCH');
  });

  test('purge and maintain once, and only look before', async () => {
    // What is left is old altogether.
    await server.sql('DELETE FROM StationItem WHERE station_id > 1000', database);
    const cwd = tempDir();
    writeConfig(cwd);
    const once = (...args: string[]) =>
      runHere({ cwd, args, env: { ...env, TD_DB_CONFIG: writeDbConfig(cwd, server, database) } });
    const before = `${OLD_ROWS} rows observed before ${formatTimestamp(Date.now() / 1000 - 30 * 86_400).slice(0, 10)}`;

    const look = await once('purge', '--dry-run');
    expect(look.stdout).toMatch(new RegExp(`^${before} .* would be purged\n$`));
    expect(await count('1')).toBe(OLD_ROWS);
    expect(await once('purge')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('--force'),
    });
    expect(await count('1')).toBe(OLD_ROWS);
    const purge = await once('purge', '--force');
    expect(purge.stdout).toMatch(new RegExp(`^${before} .* purged\n$`));
    expect(await count('1')).toBe(0);
    expect((await once('maintain', '--dry-run')).stdout).toContain('would be optimized and analyzed');
    const maintain = await once('maintain');
    expect(maintain).toMatchObject({ code: 0, stderr: '' });
    expect(maintain.stdout).toContain('optimized and analyzed');
  });
});
