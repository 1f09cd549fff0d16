import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { updateConfigFile } from '../../src/config/config-file.ts';
import { CONFIG_FILE_NAME, loadConfig } from '../../src/config/load.ts';

let cwd: string;
let file: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'tdl-config-'));
  file = join(cwd, CONFIG_FILE_NAME);
  await loadConfig({ cwd, env: {} });
});

afterEach(() => rm(cwd, { recursive: true, force: true }));

const json = async () => JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;

test('the lock of a process that was killed is taken over when its time is ahead of the clock, too', async () => {
  await mkdir(`${file}.lock.d`);
  const aheadS = Date.now() / 1000 + 1e6;
  await utimes(`${file}.lock.d`, aheadS, aheadS);
  await updateConfigFile(file, { last_update: 9 });
  expect(await json()).toMatchObject({ last_update: 9 });
});

test('two processes updating at once lose nothing, and a reader always sees a whole file', async () => {
  const script = new URL('../support/config-updater.ts', import.meta.url).pathname;
  const children = ['a', 'b'].map((prefix) =>
    spawn(process.execPath, [script, file, prefix, '50'], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const exits = Promise.all(children.map((child) => once(child, 'exit')));
  let reads = 0;
  while (children.some(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
    expect(await json()).toHaveProperty('shutdown_timeout_s', 25);
    reads++;
  }
  expect(await exits).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(reads).toBeGreaterThan(1);
  const written = await json();
  for (let n = 0; n < 50; n++) expect(written).toMatchObject({ [`a${n}`]: n, [`b${n}`]: n });
  expect(await readdir(cwd)).toEqual([CONFIG_FILE_NAME]);
});
