import { readFileSync, writeFileSync } from 'node:fs';
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { zstdDecompressSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { writeConfig } from '../support/daemon.ts';
import { DeltaFollower, readIndex, type Index } from '../support/delta-follower.ts';
import { runHere, startHere } from '../support/here.ts';
import { ask } from '../support/http.ts';
import { GALILEO, stop, world } from '../support/spansh-world.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log('skipped: following a daemon in Python needs python3');
    return false;
  }
}

test('a daemon publishes a full file to begin with, and after an hour, killed in between, what has changed', async () => {
  const { cwd, start, publish, relay, rows } = await world({
    config: { deltas: true, http_listen: '127.0.0.1:0' },
  });
  const exportDir = join(cwd, 'data');
  const first = start();
  await first.logged(/are baseline now/);
  await until(() => readIndex(exportDir).deltas.length === 0);
  const full = new DeltaFollower(exportDir).follow();
  expect(full.listings.size).toBe(2);
  const { seq } = full;
  await relay.waitForSubscribers();
  await publish(GALILEO, 'Galileo', 12_345, 60);
  await until(async () => (await rows()).some(({ demand_price: price }) => price === 12_345));
  first.kill('SIGKILL');
  await first.exit;

  // An hour goes by.
  const path = join(exportDir, 'deltas/index.json');
  const index = JSON.parse(readFileSync(path, 'utf8')) as Index;
  const hourly = { ...index.next.hourly, at: new Date(Date.now() - 3_700_000).toISOString() };
  writeFileSync(path, JSON.stringify({ ...index, next: { ...index.next, hourly } }));
  const second = start();
  const url = `${String((await second.logged(/^http: http/)).url)}/files`;
  await second.logged(/^deltas: hourly-.*: 2 rows of 2 stations, 0 emptied$/);
  full.follow();
  expect(full.seq).toBeGreaterThan(seq);
  expect(full.begun).toBe(1);
  expect(full.listings.get(String(GALILEO))).toContain('12345');

  const get = async (name: string) => ask(`${url}/${name}`);
  const [delta] = readIndex(exportDir).deltas;
  const listed = JSON.parse((await get('')).bytes.toString()) as { files: { name: string }[] };
  const names = listed.files.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['listings.csv.zst', 'listings.manifest.json']));
  for (const [name, type] of [
    ['deltas/', 'application/json; charset=utf-8'],
    ['deltas/index.json', 'application/json; charset=utf-8'],
    [`deltas/${delta!.name}`, 'application/json; charset=utf-8'],
    [`deltas/${delta!.files[0]!.name}`, 'application/gzip'],
    [`deltas/${delta!.files[1]!.name}`, 'application/zstd'],
    ['listings.csv.zst', 'application/zstd'],
    ['listings.manifest.json', 'application/json; charset=utf-8'],
  ] as const) {
    const { status, headers, bytes } = await get(name);
    expect([name, status, headers['content-type']]).toEqual([name, 200, type]);
    expect(headers.etag).toMatch(/^"/);
    expect(headers['content-encoding']).toBeUndefined();
    if (type === 'application/zstd') expect(zstdDecompressSync(bytes).toString()).toMatch(/^id,station_id,/);
  }
  for (const name of [
    'deltas/hourly-1.json',
    'deltas/..%2Flistings.csv',
    'deltas/.index.json',
    'deltas/a/b',
  ]) {
    expect([name, (await get(name)).status]).toEqual([name, 404]);
  }
  if (hasPython()) {
    const script = new URL('../../docs/examples/follow.py', import.meta.url).pathname;
    const copy = join(tempDir(), 'copy.db');
    const { stdout } = await run('python3', [script, copy], { env: { ...process.env, TDL_FILES: url } });
    expect(stdout).toBe(`up to change ${full.seq}: 2 rows\n`);
    using db = new DatabaseSync(copy);
    const prices = db.prepare('SELECT sell_price FROM listing ORDER BY sell_price').all();
    expect(prices.map((row) => row.sell_price)).toEqual([8_000, 12_345]);
  }
  await stop(second);

  // A one-shot that publishes brings the manifest up to date, too.
  const { code, stderr } = await runHere({ cwd, args: ['publish'] });
  expect([code, stderr]).toEqual([0, '']);
  const later = new DeltaFollower(exportDir).follow();
  expect([...later.listings]).toEqual([...full.listings]);
}, 90_000);

test('off, as by default, there is nothing of it', async () => {
  const { cwd, startHere: start } = await world({ config: { http_listen: '127.0.0.1:0' } });
  const program = start();
  await program.logged(/are baseline now/);
  const url = String((await program.logged(/^http: http/)).url);
  expect((await ask(`${url}/files/deltas/`)).status).toBe(404);
  await stop(program);
  expect(() => readIndex(join(cwd, 'data'))).toThrow('ENOENT');
}, 60_000);

test.each([{ change_log_days: 0 }, { own_tables: false }])(
  'with %j, that there is none is told',
  async (config) => {
    const cwd = tempDir();
    writeConfig(cwd, { deltas: true, ...config });
    const program = startHere({ cwd });
    onTestFinished(() => program.end());
    await program.logged(
      /^deltas: none are made, for that takes own_tables true and change_log_days above 0$/,
    );
    program.kill('SIGTERM');
    expect((await program.exit).code).toBe(0);
  },
);
