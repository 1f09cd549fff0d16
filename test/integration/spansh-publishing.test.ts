import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkPublishedSet } from '../support/client-rules.ts';
import { startProgram, writeConfig } from '../support/daemon.ts';
import { runHere } from '../support/here.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import type { MariadbServer } from '../support/mariadb-server.ts';
import { dump, gridDump, market, stop, world, type World } from '../support/spansh-world.ts';
import { times, whenMany } from '../support/times.ts';
import { until } from '../support/until.ts';

const HEADER =
  'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at\n';
const demoted = /are baseline now/;

describe('on SQLite', () => {
  publishing();
  files();
});

describeMariadb('on MariaDB', () => {
  const server = useMariadb();
  publishing(server);
  whenMany(describe)('files', () => files(server));
});

function publishing(mariadb?: MariadbServer): void {
  test('listings-live.csv is there from the first start, whatever else is', async () => {
    const { cwd, startHere } = await away(mariadb);
    const program = startHere();
    await program.logged(/listings-live\.csv: 0 rows/);
    await stop(program);
    expect(readFileSync(join(cwd, 'data/listings-live.csv'), 'utf8')).toBe(HEADER);
  });

  test('what tdl import brought is published although Spansh is away, once', async () => {
    const { cwd, server, start, startHere, env } = await away(mariadb);
    const file = join(cwd, 'dump.json.gz');
    writeFileSync(file, dump());
    const imported = await runHere({ cwd, args: ['import', file], env });
    expect(imported.code, imported.stderr).toBe(0);
    const program = startHere();
    await program.logged(demoted);
    await stop(program);
    expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);
    const again = start();
    await again.logged(/cannot be fetched/);
    expect(again.log.filter(({ msg }) => msg.startsWith('published:'))).toEqual([]);

    // Beside a daemon it is the daemon's work, which does not wait for its next look then.
    const works = `process ${again.process.pid} works here, and does this`;
    writeFileSync(file, dump({ galileo: market(9_500, 60) }));
    const beside = await runHere({ cwd, args: ['import', 'dump.json.gz', '--max-age', 'all'], env });
    expect(beside).toMatchObject({ code: 0, stderr: `${works}\n` });
    expect(beside.stdout).toMatch(
      /^dump\.json\.gz: 3 stations of 2 systems read\nwritten .* 1 markets of 1 rows,/,
    );
    expect(beside.stdout).not.toContain('left out');
    await again.logged(demoted);
    expect(readFileSync(join(cwd, 'data/listings.csv'), 'utf8')).toContain(',9500,');

    // Whoever asks may go: nothing of it is left, and the next one is served.
    server.body = gridDump(300, 100, 60, 500);
    server.misbehave.push({ pieceDelayMs: 500 });
    const url = `${server.url}/galaxy_stations.json.gz`;
    const long = startProgram({ cwd, args: ['import', url], env });
    const held = join(cwd, 'data/tradedangerous-listener.import.json');
    await until(() => existsSync(held));
    const second = await runHere({ cwd, args: ['import', file], env });
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('for somebody else') });
    long.kill('SIGINT');
    expect((await long.exit).stderr).toContain('SIGINT: the import was stopped');
    await again.logged(/^the dump that was to be imported was not: whoever asked has gone/);
    await until(() => !existsSync(held));
    const wrong = ['import', 'https://operator:s3cret@127.0.0.1:1/galaxy.json.gz'];
    const refused = await runHere({ cwd, args: wrong, env });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('without a user or password') });
    expect(refused.stderr + JSON.stringify(again.log)).not.toContain('s3cret');
    expect((await runHere({ cwd, args: ['import', file], env })).stderr).toContain(works);
    await stop(again);
  });

  test('tdl publish writes the whole set once, and tells check-config is content', async () => {
    const { cwd, env } = await away(mariadb);
    const nothing = await runHere({ cwd, args: ['publish'], env });
    expect(nothing).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('there is nothing to publish'),
    });
    const file = join(cwd, 'dump.json.gz');
    writeFileSync(file, dump());
    expect((await runHere({ cwd, args: ['import', file], env })).code).toBe(0);
    expect((await runHere({ cwd, args: ['check-config'], env })).stdout).toMatch(
      /warn {2}public files: missing: .*System\.csv.*listings\.csv.*listings-live\.csv/,
    );
    const published = await runHere({ cwd, args: ['publish'], env });
    expect(published).toMatchObject({ code: 0, stdout: expect.stringContaining('listings.csv 2;') });
    expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);
    expect(readFileSync(join(cwd, 'data/listings-live.csv'), 'utf8')).toBe(HEADER);
    expect((await runHere({ cwd, args: ['check-config'], env })).stdout).toMatch(/ok {4}public files: /);
  });
}

/** What is missing of them: which database is beside them matters least. */
function files(mariadb?: MariadbServer): void {
  test('a file that was deleted is made again, the others stay as they are, and nothing is imported', async () => {
    const { cwd, server, startHere } = await filled(mariadb);
    const file = (name: string) => join(cwd, 'data', name);
    const before = {
      listings: statSync(file('listings.csv')).mtimeMs,
      text: readFileSync(file('System.csv')),
    };
    rmSync(file('System.csv'));
    const program = startHere();
    const { msg } = await program.logged(/^missing, to be published/);
    expect(msg).toContain(file('System.csv'));
    await program.logged(/was imported already/);
    await stop(program);
    expect(readFileSync(file('System.csv')).equals(before.text)).toBe(true);
    expect(statSync(file('listings.csv')).mtimeMs).toBe(before.listings);
    expect(server.requests.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });

  test('another export_path gets its files', async () => {
    const { cwd, relay, server, startHere } = await filled(mariadb);
    const text = readFileSync(join(cwd, 'data/listings.csv'));
    writeConfig(cwd, {
      eddn_url: relay.url,
      spansh_url: `${server.url}/galaxy_stations.json.gz`,
      export_path: './public',
    });
    const program = startHere();
    await program.logged(/was imported already/);
    await stop(program);
    expect(readFileSync(join(cwd, 'public/listings.csv')).equals(text)).toBe(true);
    expect(readFileSync(join(cwd, 'public/listings-live.csv'), 'utf8')).toBe(HEADER);
  });

  test('a start that is killed while it makes missing files is completed by the next one', async () => {
    const { cwd, start, startHere } = await filled(mariadb);
    for (const delayMs of [5, 60, 0, 20].slice(0, times(2, 4))) {
      rmSync(join(cwd, 'data/Station.csv'));
      rmSync(join(cwd, 'data/listings.csv'));
      const program = start();
      await program.logged(/^missing, to be published/);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      program.kill('SIGKILL');
      await program.exit;
      const again = startHere();
      await again.logged(/was imported already/);
      await stop(again);
      expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);
    }
  });
}

/** Spansh cannot be reached. */
const away = (mariadb?: MariadbServer): Promise<World> =>
  world({ mariadb, config: { spansh_url: 'http://127.0.0.1:1/galaxy_stations.json.gz' } });

async function filled(mariadb?: MariadbServer): Promise<World> {
  const there = await world({ mariadb });
  const program = there.startHere();
  await program.logged(demoted);
  await until(
    () => statSync(join(there.cwd, 'data/listings-live.csv'), { throwIfNoEntry: false }) !== undefined,
  );
  await stop(program);
  return there;
}
