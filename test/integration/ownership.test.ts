import { chmodSync, chownSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test, type TestContext } from 'vitest';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { runHere } from '../support/here.ts';
import { makeMariadbGalaxy, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { dump } from '../support/spansh-world.ts';
import { tempDir } from '../support/temp-dir.ts';

/** The user of the service; nobody has to have made it. */
const SERVICE = 54_321;

/** A directory of the service, and a dump that only root can read. */
function serviceDirectory({ skip }: Pick<TestContext, 'skip'>): { cwd: string; dumpFile: string } {
  if (process.getuid?.() !== 0) skip('needs to be root, to become another user');
  const cwd = tempDir();
  const config = writeConfig(cwd);
  chmodSync(config, 0o640);
  for (const path of [cwd, config]) chownSync(path, SERVICE, SERVICE);
  const dumpFile = join(tempDir(), 'dump.json.gz');
  writeFileSync(dumpFile, dump(), { mode: 0o600 });
  return { cwd, dumpFile };
}

/** Paths in a directory that are not the service's. */
function taken(cwd: string): string[] {
  return ['.', ...readdirSync(cwd, { recursive: true, encoding: 'utf8' })].filter((path) => {
    const { uid, gid } = statSync(join(cwd, path));
    return uid !== SERVICE || gid !== SERVICE;
  });
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

async function asRoot(cwd: string, env: Record<string, string>, ...args: string[]) {
  const { code, stderr } = await runHere({ cwd, env, args });
  expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
}

async function everyOneShot(cwd: string, dumpFile: string, env: Record<string, string> = {}) {
  await asRoot(cwd, env, 'import', '--max-age', 'all', dumpFile);
  await asRoot(cwd, env, 'publish');
  expect(taken(cwd)).toEqual([]);
  const published = [join(cwd, 'tmp/listings.csv'), join(cwd, 'data/Station.csv')];
  const config = join(cwd, 'tradedangerous-listener-config.json');
  for (const path of published) {
    chmodSync(path, 0o640);
    // Something to replace.
    writeFileSync(path, 'old');
  }
  for (const args of [['publish'], ['purge'], ['maintain'], ['--export-live-now'], ['--export-dump-now']])
    await asRoot(cwd, env, ...args);
  expect(taken(cwd)).toEqual([]);
  expect([config, ...published].map(modeOf)).toEqual(['640', '640', '640']);
}

describe('one-shots run by root in a directory of the service', () => {
  test('leave everything to it, what they make and what they replace', async (context) => {
    const { cwd, dumpFile } = serviceDirectory(context);
    await everyOneShot(cwd, dumpFile);
    const database = join(cwd, 'data/TradeDangerous.db');
    const reader = new DatabaseSync(database);
    onTestFinished(() => reader.close());
    reader.prepare('SELECT count(*) FROM Station').get();
    expect(readdirSync(join(cwd, 'data'))).toContain('TradeDangerous.db-wal');
    expect(taken(cwd)).toEqual([]);

    const service = startProgram({ cwd, uid: SERVICE, env: { HOME: undefined } });
    onTestFinished(() => service.kill('SIGKILL'));
    await service.logged(/^listings-live\.csv: /);
    expect(await runHere({ cwd, args: ['publish'] })).toMatchObject({
      code: 0,
      stderr: `process ${service.process.pid} works here, and does this\n`,
    });
    expect(taken(cwd)).toEqual([]);
    service.kill('SIGTERM');
    const { code, stdout } = await service.exit;
    expect([code, /cannot|denied|permission/i.test(stdout)]).toEqual([0, false]);
  });

  describeMariadb('on MariaDB', () => {
    const server = useMariadb();

    test('leave everything to it, too', async (context) => {
      const { cwd, dumpFile } = serviceDirectory(context);
      const database = await server.createDatabase();
      await makeMariadbGalaxy(server, database, ['Sol']);
      const ini = writeDbConfig(cwd, server, database);
      chownSync(ini, SERVICE, SERVICE);
      await everyOneShot(cwd, dumpFile, { TD_DB_CONFIG: ini });
    });
  });
});
