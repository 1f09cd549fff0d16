import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadDatabaseConfig } from '../../src/config/database.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createDirectories, resolvePaths } from '../../src/config/paths.ts';
import { makeDirectory } from '../../src/infra/process/ownership.ts';
import type { Environment } from '../../src/config/environment.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'tdl-config-'));
});

afterEach(() => rm(cwd, { recursive: true, force: true }));

async function load(ini: string, env: Environment = {}) {
  await writeFile(join(cwd, 'td.ini'), ini);
  return loadDatabaseConfig({ TD_DB_CONFIG: 'td.ini', ...env }, cwd);
}

const database = async (ini: string) => (await load(ini)).database;

test('without an INI file: SQLite in ./data, and none is written', async () => {
  expect(await loadDatabaseConfig({}, cwd)).toEqual({
    database: { backend: 'sqlite', file: join(cwd, 'data/TradeDangerous.db') },
    file: null,
    dataDir: join(cwd, 'data'),
    tmpDir: join(cwd, 'tmp'),
  });
  expect(await readdir(cwd)).toEqual([]);
});

test('without an INI file TD_DATA and TD_TMP name the directories', async () => {
  expect(await loadDatabaseConfig({ TD_DATA: '/srv/td', TD_TMP: 'scratch' }, cwd)).toMatchObject({
    database: { file: '/srv/td/TradeDangerous.db' },
    dataDir: '/srv/td',
    tmpDir: join(cwd, 'scratch'),
  });
});

test('./db_config.ini is read when TD_DB_CONFIG is unset or empty', async () => {
  await writeFile(join(cwd, 'db_config.ini'), '[database]\nbackend = mariadb\n');
  for (const env of [{}, { TD_DB_CONFIG: '' }]) {
    const loaded = await loadDatabaseConfig(env, cwd);
    expect(loaded).toMatchObject({ database: { backend: 'mariadb' }, file: join(cwd, 'db_config.ini') });
  }
});

test('TD_DB_CONFIG comes before ./db_config.ini', async () => {
  await writeFile(join(cwd, 'db_config.ini'), '[database]\nbackend = mariadb\n');
  expect(await load('[database]\nbackend = sqlite')).toMatchObject({ database: { backend: 'sqlite' } });
});

test('a TD_DB_CONFIG that does not exist is an error, and is not created', async () => {
  await expect(loadDatabaseConfig({ TD_DB_CONFIG: 'nowhere.ini' }, cwd)).rejects.toMatchObject({
    code: 'dbConfig.unreadable',
    message: expect.stringContaining(join(cwd, 'nowhere.ini')),
  });
  expect(await readdir(cwd)).toEqual([]);
});

test('a db_config.ini that cannot be read is an error, too', async () => {
  await mkdir(join(cwd, 'db_config.ini'));
  await expect(loadDatabaseConfig({}, cwd)).rejects.toMatchObject({
    code: 'dbConfig.unreadable',
    message: expect.stringContaining('EISDIR'),
    advice: expect.stringContaining('TD_DB_CONFIG'),
  });
});

test('the defaults of MariaDB', async () => {
  expect(await database('[database]\nbackend = mariadb')).toEqual({
    backend: 'mariadb',
    host: '127.0.0.1',
    port: 3306,
    user: '',
    password: '',
    name: 'tradedangerous',
    charset: 'utf8mb4',
    connectTimeoutMs: 10_000,
  });
});

test('every key of MariaDB', async () => {
  const ini = `[database]
Backend = MariaDB   ; the server
[mariadb]
HOST = db.example.org
port = 3307
socket = run/mariadbd.sock
user = td
password = 100%;se#cret  # not the note
name = market
driver = pymysql
charset = utf8mb3
[engine]
connect_timeout = 3
`;
  expect(await database(ini)).toEqual({
    backend: 'mariadb',
    host: 'db.example.org',
    port: 3307,
    socket: join(cwd, 'run/mariadbd.sock'),
    user: 'td',
    password: '100%;se#cret',
    name: 'market',
    charset: 'utf8mb3',
    connectTimeoutMs: 3000,
  });
});

test('[mariadb-read] is a replica; a key it lacks is that of [mariadb], but for the socket', async () => {
  const ini = `[database]
backend = mariadb
[mariadb]
socket = run/mariadbd.sock
user = td
password = secret
name = market
[mariadb-read]
host = copy.example.org
user = reader`;
  const loaded = await database(ini);
  expect(loaded).toMatchObject({ socket: join(cwd, 'run/mariadbd.sock'), user: 'td' });
  expect(loaded).toHaveProperty('read', {
    host: 'copy.example.org',
    port: 3306,
    user: 'reader',
    password: 'secret',
    name: 'market',
    connectTimeoutMs: 10_000,
  });
  expect(await database('[database]\nbackend = mariadb')).not.toHaveProperty('read');
  await expect(
    load('[database]\nbackend = mariadb\n[mariadb]\nhost = db\n[mariadb-read]\nuser = reader'),
  ).rejects.toMatchObject({
    code: 'dbConfig.invalid',
    message: expect.stringMatching(/\[mariadb-read\] host/),
    advice: expect.stringMatching(/address of a replica/),
  });
});

test.each(['host = copy', 'port = 3307', 'socket = run/copy.sock'])(
  '%s alone says where the replica is',
  async (address) => {
    const ini = `[database]\nbackend = mariadb\n[mariadb]\nsocket = run/own.sock\n[mariadb-read]\n${address}`;
    const { read } = (await database(ini)) as { read?: object };
    expect(read).toMatchObject({
      host: address === 'host = copy' ? 'copy' : '127.0.0.1',
      port: address === 'port = 3307' ? 3307 : 3306,
    });
    const socket = join(cwd, 'run/copy.sock');
    expect(read).toEqual(
      address.startsWith('socket')
        ? expect.objectContaining({ socket })
        : expect.not.objectContaining({ socket: expect.anything() }),
    );
  },
);

test('a socket in [database] is that of [mariadb]; what is in [mariadb] is of no other section', async () => {
  const ini = '[database]\nbackend = mariadb\nsocket = run/own.sock\n[mariadb]\nconnect_timeout = 3';
  expect(await database(ini)).toMatchObject({
    socket: join(cwd, 'run/own.sock'),
    connectTimeoutMs: 10_000,
  });
});

test('a key missing in its section is looked up in [database]', async () => {
  const ini = '[database]\nbackend = mariadb\nuser = shared\nhost = other\n[mariadb]\nhost = own';
  expect(await database(ini)).toMatchObject({ user: 'shared', host: 'own' });
});

test('[DEFAULT] is consulted, as by configparser', async () => {
  expect(await database('[DEFAULT]\nuser = td\n[database]\nbackend = mariadb\n[mariadb]')).toMatchObject({
    user: 'td',
  });
});

test('an empty value counts as missing', async () => {
  const ini = '[database]\nbackend = mariadb\n[mariadb]\nhost =\nport =\nsocket =\nssl_ca =';
  const loaded = await database(ini);
  expect(loaded).toMatchObject({ host: '127.0.0.1', port: 3306 });
  expect(loaded).not.toHaveProperty('socket');
  expect(loaded).not.toHaveProperty('ssl');
});

test('the file of SQLite is relative to the data directory', async () => {
  const ini = '[paths]\ndata_dir = var\ntmp_dir = ~/scratch\n[sqlite]\nsqlite_filename = own.db';
  expect(await load(ini)).toMatchObject({
    database: { backend: 'sqlite', file: join(cwd, 'var/own.db') },
    dataDir: join(cwd, 'var'),
    tmpDir: join(homedir(), 'scratch'),
  });
});

test('TD_DATA and TD_TMP come before the INI file', async () => {
  const env = { TD_DATA: '/srv/d', TD_TMP: '/srv/t' };
  expect(await load('[paths]\ndata_dir = var\ntmp_dir = scratch', env)).toMatchObject({
    database: { file: '/srv/d/TradeDangerous.db' },
    dataDir: '/srv/d',
    tmpDir: '/srv/t',
  });
});

describe('TLS', () => {
  const mariadb = (keys: string) => `[database]\nbackend = mariadb\n[mariadb]\n${keys}`;

  test('ssl = yes alone verifies against the system', async () => {
    expect(await database(mariadb('ssl = yes'))).toMatchObject({ ssl: { verify: true } });
  });

  test('a named file turns it on; files are read relative to the working directory', async () => {
    await mkdir(join(cwd, 'tls'));
    for (const part of ['ca', 'cert', 'key']) await writeFile(join(cwd, 'tls', `${part}.pem`), `PEM ${part}`);
    const keys = 'ssl_ca = tls/ca.pem\nssl_cert = tls/cert.pem\nssl_key = tls/key.pem\nssl_verify = off';
    expect(await database(mariadb(keys))).toMatchObject({
      ssl: { ca: 'PEM ca', cert: 'PEM cert', key: 'PEM key', verify: false },
      tlsFiles: {
        ca: join(cwd, 'tls/ca.pem'),
        cert: join(cwd, 'tls/cert.pem'),
        key: join(cwd, 'tls/key.pem'),
      },
    });
  });

  test.each([
    ['1', true],
    ['TRUE', true],
    ['yes', true],
    ['on', true],
    ['0', false],
    ['False', false],
    ['no', false],
    ['off', false],
  ])('ssl = %s is %j', async (word, on) => {
    expect('ssl' in (await database(mariadb(`ssl = ${word}`)))).toBe(on);
  });

  test('ssl = no turns it off', async () => {
    expect(await database(mariadb('ssl = no\nssl_ca = missing.pem'))).not.toHaveProperty('ssl');
  });

  test('a file that cannot be read is named', async () => {
    await expect(load(mariadb('ssl_ca = missing.pem'))).rejects.toMatchObject({
      code: 'dbConfig.invalid',
      message: `${join(cwd, 'td.ini')}: [mariadb] ssl_ca is "missing.pem"`,
      advice: expect.stringContaining('ENOENT'),
    });
  });
});

test.each([
  ['[database]\nbackend = postgres', '[database] backend is "postgres"', 'sqlite or mariadb'],
  ['[database]\nbackend = mariadb\n[mariadb]\nport = 99999', '[mariadb] port is "99999"', 'from 1 to 65535'],
  ['[database]\nbackend = mariadb\n[mariadb]\nport = 0', '[mariadb] port is "0"', 'from 1 to 65535'],
  ['[database]\nbackend = mariadb\n[mariadb]\nport = 65536', '[mariadb] port is "65536"', 'from 1 to 65535'],
  ['[database]\nbackend = mariadb\n[mariadb]\nport = 1.5', '[mariadb] port is "1.5"', 'a whole number'],
  ['[database]\nbackend = mariadb\n[mariadb]\nport = x', '[mariadb] port is "x"', 'a whole number'],
  [
    '[database]\nbackend = mariadb\n[mariadb]\nssl_verify = 2\nssl = 1',
    '[mariadb] ssl_verify is "2"',
    'true or false',
  ],
])('%j ends with a message', async (ini, what, allowed) => {
  await expect(load(ini)).rejects.toMatchObject({
    code: 'dbConfig.invalid',
    message: `${join(cwd, 'td.ini')}: ${what}`,
    advice: expect.stringContaining(allowed),
  });
});

test.each([1, 65_535])('port %i is one', async (port) => {
  expect(await database(`[database]\nbackend = mariadb\n[mariadb]\nport = ${port}`)).toMatchObject({ port });
});

describe('paths', () => {
  async function paths(env: Environment, json: Record<string, unknown> = {}) {
    await writeFile(join(cwd, 'config.json'), JSON.stringify(json));
    const { config, file } = await loadConfig({ cwd, env: { TD_LISTENER_CONFIG: 'config.json' } });
    return resolvePaths({ env, cwd, configFile: file, config, database: await loadDatabaseConfig(env, cwd) });
  }

  test('the defaults are below the working directory', async () => {
    expect(await paths({})).toEqual({
      configFile: join(cwd, 'config.json'),
      instanceFile: join(cwd, 'data/tradedangerous-listener.instance.json'),
      importFile: join(cwd, 'data/tradedangerous-listener.import.json'),
      replayedFile: join(cwd, 'data/tradedangerous-listener-replayed.json'),
      heardFile: join(cwd, 'data/tradedangerous-listener-heard.json'),
      historyDir: join(cwd, 'data/history'),
      jobsDir: join(cwd, 'data/tradedangerous-listener-jobs'),
      controlSocket: join(cwd, 'data/tradedangerous-listener.sock'),
      clockFile: join(cwd, 'data/tradedangerous-listener-clock'),
      logFile: null,
      journalDirs: [],
      pidFile: null,
      dataDir: join(cwd, 'data'),
      tmpDir: join(cwd, 'tmp'),
      csvDir: join(cwd, 'data'),
      exportDir: join(cwd, 'tmp'),
      spoolFile: join(cwd, 'data/tradedangerous-listener-spool.db'),
      diagnosticsFile: join(cwd, 'tmp/listener_diag.jsonl'),
      dbMaintCnfFile: join(cwd, 'mariadb_check.cnf'),
    });
  });

  test('the table files are in TD_CSV, else in TD_DATA', async () => {
    expect(await paths({ TD_DATA: '/srv/d', TD_CSV: 'csv' })).toMatchObject({ csvDir: join(cwd, 'csv') });
    expect(await paths({ TD_DATA: '/srv/d' })).toMatchObject({ csvDir: '/srv/d' });
  });

  test('the JSON file names the export directory, the diagnostics and the maintenance credentials', async () => {
    const json = {
      export_path: '/srv/www',
      listener_diag_path: 'diag.jsonl',
      db_maint_cnf: '/etc/check.cnf',
    };
    expect(await paths({}, json)).toMatchObject({
      exportDir: '/srv/www',
      diagnosticsFile: join(cwd, 'diag.jsonl'),
      dbMaintCnfFile: '/etc/check.cnf',
    });
  });

  test('the PID file, the log and folders of journals are where they are said to be, each folder once', async () => {
    const json = { pid_file: 'run/td.pid', log_file: '~/td.log', journal_dirs: ['~', 'a~/b', './a~/b'] };
    const env = { ED_JOURNAL_DIR: 'journals' };
    expect(await paths(env, json)).toMatchObject({
      pidFile: join(cwd, 'run/td.pid'),
      logFile: join(homedir(), 'td.log'),
      journalDirs: [homedir(), join(cwd, 'a~/b'), join(cwd, 'journals')],
    });
  });

  test('directories are created when asked for, not before', async () => {
    const wanted = await paths({ TD_CSV: 'a/b' });
    expect(await readdir(cwd)).toEqual(['config.json']);
    await createDirectories(wanted, makeDirectory);
    await createDirectories(wanted, makeDirectory);
    expect((await readdir(cwd)).sort()).toEqual(['a', 'config.json', 'data', 'tmp']);
  });

  test('a directory that cannot be created is named', async () => {
    await writeFile(join(cwd, 'data'), 'a file');
    await expect(createDirectories(await paths({}), makeDirectory)).rejects.toMatchObject({
      code: 'paths.notWritable',
      message: expect.stringContaining(join(cwd, 'data')),
      advice: expect.stringContaining('TD_DATA'),
    });
  });
});
