import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { updateConfigFile } from '../../src/config/config-file.ts';
import { CONFIG_FILE_NAME, inspectConfig, loadConfig } from '../../src/config/load.ts';

let cwd: string;
let file: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'tdl-config-'));
  file = join(cwd, CONFIG_FILE_NAME);
});

afterEach(() => rm(cwd, { recursive: true, force: true }));

const load = (env: Record<string, string> = {}) => loadConfig({ cwd, env });
const text = () => readFile(file, 'utf8');
const json = async () => JSON.parse(await text()) as Record<string, unknown>;

/** The default file of the reference, then this program's keys. */
const DEFAULT_FILE = `{
    "verbose": true,
    "debug": false,
    "last_update": 0,
    "last_purge": 0,
    "last_db_maint": 0,
    "check_update_every_x_hour": 24,
    "spansh_log_interval": 30,
    "export_live_every_x_min": 5,
    "export_path": "./tmp",
    "purge_every_x_hour": 24,
    "purge_retention_days": 30,
    "db_maint_every_x_days": 30,
    "db_maint_cnf": "mariadb_check.cnf",
    "eddn_url": null,
    "eddn_schema_ref": null,
    "whitelist": [
        {
            "software": "E:D Market Connector [Windows]",
            "minversion": "6.0.0"
        },
        {
            "software": "E:D Market Connector [Mac OS]",
            "minversion": "6.0.0"
        },
        {
            "software": "E:D Market Connector [Linux]",
            "minversion": "6.0.0"
        },
        {
            "software": "EDDiscovery"
        },
        {
            "software": "EDDLite"
        }
    ],
    "contract": "auto",
    "edcd_source": null,
    "spansh_url": null,
    "parked_max": 50000,
    "max_clock_skew_s": 300,
    "shutdown_timeout_s": 25,
    "http_listen": "127.0.0.1:8390"
}
`;

test('the first run writes the defaults', async () => {
  const loaded = await load();
  expect(loaded).toMatchObject({ created: true, file, problems: [] });
  expect(await text()).toBe(DEFAULT_FILE);
});

test('nothing but the file is left behind', async () => {
  await load();
  expect(await readdir(cwd)).toEqual([CONFIG_FILE_NAME]);
});

test('a second run leaves a complete file alone', async () => {
  const formatted = DEFAULT_FILE.replaceAll('    ', '\t');
  await writeFile(file, formatted);
  expect(await load()).toMatchObject({ created: false, problems: [] });
  expect(await text()).toBe(formatted);
});

test('TD_LISTENER_CONFIG names another file, relative to the working directory', async () => {
  const { file: used } = await load({ TD_LISTENER_CONFIG: 'etc/listener.json' });
  expect(used).toBe(join(cwd, 'etc/listener.json'));
  expect(existsSync(used)).toBe(true);
  expect(existsSync(file)).toBe(false);
});

test('missing keys are added at the end; values, order and unknown keys stay', async () => {
  await writeFile(
    file,
    '{"zebra": {"b": 1, "a": 2}, "export_path": "/srv/x", "debug": true, "eddn_url": "nonsense"}',
  );
  expect(await load()).toMatchObject({ created: false });
  const keys = Object.keys(await json());
  expect(keys.slice(0, 5)).toEqual(['zebra', 'export_path', 'debug', 'eddn_url', 'verbose']);
  expect(keys).toHaveLength(24);
  expect(await json()).toMatchObject({
    zebra: { b: 1, a: 2 },
    export_path: '/srv/x',
    debug: true,
    eddn_url: 'nonsense',
  });
});

test('optional keys are not added', async () => {
  await load();
  expect(await text()).not.toMatch(/listener_|diagnostics/);
});

test('numbers are written back as they stood', async () => {
  await writeFile(file, '{"last_update": 1771596000.0, "mine": [12345678901234567890, 1e400, -0.0]}');
  await load();
  expect(await text()).toContain('"last_update": 1771596000.0,');
  expect((await text()).replace(/\s/g, '')).toContain('[12345678901234567890,1e400,-0.0]');
});

test('a byte order mark does no harm', async () => {
  await writeFile(file, '\uFEFF{"debug": true}');
  expect((await load()).config.debug).toBe(true);
});

test.each([
  ['cut off', '{"debug": true'],
  ['empty', ''],
  ['a list', '[1, 2]'],
  ['null', 'null'],
  ['a number', '7'],
  ['Latin-1', Buffer.from('{"export_path": "/srv/b\xf6rse"}', 'latin1')],
])('a broken file (%s) is kept beside a fresh default, and the error says so', async (_what, content) => {
  await writeFile(file, content);
  const error = await load().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const names = await readdir(cwd);
  const backup = names.find((name) => /\.json\.broken\.\d{10}$/.test(name)) ?? '';
  expect(names.sort()).toEqual([CONFIG_FILE_NAME, backup]);
  expect(await readFile(join(cwd, backup))).toEqual(Buffer.from(content));
  expect(await text()).toBe(DEFAULT_FILE);
  expect(error).toMatchObject({
    code: 'config.broken',
    message: expect.stringContaining(`${file} is no valid configuration: `),
    advice: expect.stringContaining(join(cwd, backup)),
  });
});

test('a broken file that cannot be copied stays as it is', async () => {
  await writeFile(file, '{');
  await mkdir(`${file}.tmp`);
  await expect(load()).rejects.toMatchObject({
    code: 'config.broken',
    advice: expect.stringMatching(/stays as it is/),
  });
  expect(await text()).toBe('{');
});

test('a directory in the place of the file is an error an operator can act on', async () => {
  await mkdir(file);
  await expect(load()).rejects.toMatchObject({
    code: 'config.unreadable',
    message: expect.stringContaining(`${file} cannot be read: `),
    advice: expect.stringContaining('TD_LISTENER_CONFIG'),
  });
});

test('an invalid value is not overwritten, neither at start nor by an update', async () => {
  await writeFile(
    file,
    DEFAULT_FILE.replace('"export_live_every_x_min": 5', '"export_live_every_x_min": "often"'),
  );
  await load();
  await updateConfigFile(file, { last_update: 7 });
  expect(await json()).toMatchObject({ export_live_every_x_min: 'often', last_update: 7 });
});

test.skipIf(!existsSync('/dev/full'))('a full disk at the first run is a problem, not an error', async () => {
  await symlink('/dev/full', `${file}.tmp`);
  const loaded = await load();
  expect(loaded.problems).toEqual([
    { source: file, key: null, message: expect.stringMatching(/cannot be written.*ENOSPC.*defaults/) },
  ]);
  expect(loaded).toMatchObject({ created: false, config: { exportLiveEveryMs: 300_000 } });
  expect(await readdir(cwd)).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)('a read-only directory is a problem, not an error', async () => {
  await writeFile(file, '{"debug": true}');
  await chmod(cwd, 0o555);
  const loaded = await load().finally(() => chmod(cwd, 0o755));
  expect(loaded.problems).toHaveLength(1);
  expect(loaded.config).toMatchObject({ debug: true, verbose: true });
});

test('an update keeps everything else, the mode of the file included', async () => {
  await writeFile(file, '{"mine": 1, "last_purge": 5, "theirs": 2}', { mode: 0o600 });
  await updateConfigFile(file, { last_purge: 6.5, last_db_maint: 7 });
  expect(await json()).toEqual({ mine: 1, last_purge: 6.5, theirs: 2, last_db_maint: 7 });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('an update through a symbolic link changes the file it points to', async () => {
  await writeFile(join(cwd, 'real.json'), '{}');
  await symlink('real.json', file);
  await updateConfigFile(file, { last_purge: 1 });
  expect(JSON.parse(await readFile(join(cwd, 'real.json'), 'utf8'))).toEqual({ last_purge: 1 });
});

test('an update of a file that was removed writes a complete one', async () => {
  await updateConfigFile(file, { last_update: 9 });
  expect(await text()).toBe(DEFAULT_FILE.replace('"last_update": 0', '"last_update": 9'));
});

test('an update never touches a file an operator is halfway through editing', async () => {
  await writeFile(file, '{"debug": tr');
  await expect(updateConfigFile(file, { last_update: 9 })).rejects.toMatchObject({
    code: 'config.broken',
    message: expect.stringContaining(`${file} is no valid configuration: `),
    advice: 'repair it; it was not changed',
  });
  expect(await readdir(cwd)).toEqual([CONFIG_FILE_NAME]);
  expect(await text()).toBe('{"debug": tr');
});

test('an update that fails leaves the old file', async () => {
  await writeFile(file, '{"mine": 1}');
  await mkdir(`${file}.tmp`);
  await expect(updateConfigFile(file, { last_update: 9 })).rejects.toMatchObject({
    code: 'config.notWritable',
    message: expect.stringContaining(`${file} cannot be written: `),
    advice: expect.stringContaining('free space'),
  });
  expect(await text()).toBe('{"mine": 1}');
});

describe('a look at it', () => {
  const look = () => inspectConfig({ cwd, env: {} });

  test('writes nothing; without a file everything is the default', async () => {
    const looked = await look();
    expect(looked).toMatchObject({ exists: false, file, written: {}, problems: [] });
    expect(await readdir(cwd)).toEqual([]);
    expect(looked.config).toEqual((await load()).config);
  });

  test('says what stands in the file, and adds nothing to it', async () => {
    await writeFile(file, '{"debug": true}');
    expect(await look()).toMatchObject({ exists: true, written: { debug: true }, config: { debug: true } });
    expect(await text()).toBe('{"debug": true}');
  });

  test('leaves a broken file where it is', async () => {
    await writeFile(file, '{');
    await expect(look()).rejects.toMatchObject({
      code: 'config.broken',
      message: expect.stringContaining(`${file} is no valid configuration: `),
      advice: expect.stringContaining('move it away'),
    });
    expect(await readdir(cwd)).toEqual([CONFIG_FILE_NAME]);
  });
});

test('the lock file the Python listener leaves behind is no obstacle', async () => {
  await writeFile(`${file}.lock`, '');
  await updateConfigFile(file, { last_update: 9 });
  expect(await json()).toMatchObject({ last_update: 9 });
});

test('the lock of a process that was killed is taken over', async () => {
  await mkdir(`${file}.lock.d`);
  const longAgoS = Date.now() / 1000 - 60;
  await utimes(`${file}.lock.d`, longAgoS, longAgoS);
  await updateConfigFile(file, { last_update: 9 });
  expect(await json()).toMatchObject({ last_update: 9 });
});

test('loads that begin at once on a first run agree on one file', async () => {
  const loaded = await Promise.all([load(), load(), load()]);
  expect(loaded.filter(({ created }) => created)).toHaveLength(1);
  expect(loaded.flatMap(({ problems }) => problems)).toEqual([]);
  expect(await text()).toBe(DEFAULT_FILE);
});
