import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VARIABLES } from '../../src/config/environment.ts';
import { defaultFile, KEYS } from '../../src/config/keys.ts';
import { evaluate, type Table } from '../../src/config/table.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { ALWAYS } from '../../src/domain/active-hours.ts';
import { COMMODITY_SCHEMA_REF } from '../../src/domain/eddn/staging-rules.ts';
import { config, load, messages } from '../support/config.ts';

test('the defaults, in the units of the program', async () => {
  expect(await config({})).toEqual({
    verbose: true,
    debug: false,
    lastUpdateS: 0,
    lastPurgeS: 0,
    lastDbMaintS: 0,
    checkUpdateEveryMs: 86_400_000,
    spanshLogIntervalMs: 30_000,
    exportLiveEveryMs: 300_000,
    exportPath: './tmp',
    purgeEveryMs: 86_400_000,
    purgeRetentionDays: 30,
    dbMaintEveryMs: 30 * 86_400_000,
    dbMaintCnf: 'mariadb_check.cnf',
    eddnUrl: 'tcp://eddn.edcd.io:9500',
    generation: 'auto',
    edcdSource: 'https://raw.githubusercontent.com/EDCD/FDevIDs/master',
    spanshUrl: null,
    importMaxAgeDays: 30,
    parkedMax: 50_000,
    shutdownTimeoutMs: 25_000,
    httpListen: { host: '127.0.0.1', port: 8390 },
    clusterUrl: null,
    api: true,
    apiQuestionsPerMinute: 600,
    relayBind: null,
    archiveUrl: 'https://edgalaxydata.space/EDDN',
    tours: false,
    journalDirs: [],
    remoteJournals: false,
    colonisationPublic: false,
    tourTimes: TRAVEL_TIMES,
    dbMaxRetries: 10,
    dbBackoffMinMs: 1000,
    dbBackoffCapMs: 60_000,
    stationBackoffMinMs: 250,
    stationBackoffCapMs: 30_000,
    coalesceDrainCap: 5000,
    rateEveryMs: 60_000,
    ownTables: true,
    httpNames: [],
    deltas: false,
    changeLogDays: 3,
    changeLogEntries: 1_000_000,
    activeHours: { spansh: ALWAYS, maintenance: ALWAYS, publishing: ALWAYS },
    pidFile: null,
    logFile: null,
    logLevel: null,
    logRotateMb: 10,
    logKeepDays: 30,
    logCompress: true,
    rules: {
      schemaRef: COMMODITY_SCHEMA_REF,
      learn: 'commodity journal outfitting shipyard approachsettlement dockinggranted navroute'.split(' '),
      whitelist: [
        { software: 'E:D Market Connector [Windows]', minversion: '6.0.0' },
        { software: 'E:D Market Connector [Mac OS]', minversion: '6.0.0' },
        { software: 'E:D Market Connector [Linux]', minversion: '6.0.0' },
        { software: 'EDDiscovery' },
        { software: 'EDDLite' },
      ],
      maxClockSkewS: 300,
      debug: false,
    },
    diagnostics: { enabled: false, statsEveryMs: 30_000, path: null },
    lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
    refreshQuickTestDelayMs: null,
    historyDays: 0,
    subscriptions: [],
    brokerUrl: null,
    testForceDeferEveryN: 0,
  });
});

test('the configuration is frozen all the way down', async () => {
  const loaded = await config({});
  const parts = [loaded, loaded.rules, loaded.rules.whitelist, loaded.diagnostics, loaded.lock];
  expect([...parts, ...loaded.rules.whitelist].every((part) => Object.isFrozen(part))).toBe(true);
});

test.each([
  [{ export_live_every_x_min: 0.5 }, { exportLiveEveryMs: 30_000 }],
  [{ http_names: ['TD.example.org', 'localhost'] }, { httpNames: ['td.example.org', 'localhost'] }],
  [{ check_update_every_x_hour: 1.5 }, { checkUpdateEveryMs: 5_400_000 }],
  [{ purge_every_x_hour: 0 }, { purgeEveryMs: 0 }],
  [{ db_maint_every_x_days: 0 }, { dbMaintEveryMs: 0 }],
  [{ last_update: 1_771_596_000.25 }, { lastUpdateS: 1_771_596_000.25 }],
  [{ eddn_url: 'tcp://127.0.0.1:9500' }, { eddnUrl: 'tcp://127.0.0.1:9500' }],
  [{ eddn_url: 'tcp://[::1]:9500' }, { eddnUrl: 'tcp://[::1]:9500' }],
  [{ eddn_url: 'ipc:///run/relay' }, { eddnUrl: 'ipc:///run/relay' }],
  [
    { eddn_schema_ref: 'https://example.org/schemas/commodity/4' },
    { rules: { schemaRef: 'https://example.org/schemas/commodity/4' } },
  ],
  [{ contract: 'v13' }, { generation: 'v13' }],
  [{ edcd_source: 'http://localhost:8080//' }, { edcdSource: 'http://localhost:8080' }],
  [{ edcd_source: 'http://localhost:8080/ids/' }, { edcdSource: 'http://localhost:8080/ids' }],
  [
    { listener_station_lock_backoff_min: 0.5, listener_station_lock_backoff_cap: 2 },
    { stationBackoffMinMs: 500, stationBackoffCapMs: 2000 },
  ],
  [
    { listener_db_backoff_min: 0.05, listener_db_backoff_cap: 0.25, listener_db_max_retries: 5 },
    { dbBackoffMinMs: 50, dbBackoffCapMs: 250, dbMaxRetries: 5 },
  ],
  [
    { listener_coalesce_drain_cap: 100, listener_processor_rate_every: 10 },
    { coalesceDrainCap: 100, rateEveryMs: 10_000 },
  ],
  [
    { listener_diag_stats_every: 5, listener_diag_path: 'diag.jsonl' },
    { diagnostics: { enabled: false, statsEveryMs: 5000, path: 'diag.jsonl' } },
  ],
  [
    { max_clock_skew_s: 60, debug: true },
    { rules: { maxClockSkewS: 60, debug: true }, debug: true },
  ],
])('%j is taken', async (written, expected) => {
  const loaded = await load(written);
  expect(loaded.config).toMatchObject(expected);
  expect(loaded.problems).toEqual([]);
});

test.each([
  [null, null],
  ['127.0.0.1:8390', { host: '127.0.0.1', port: 8390 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['0.0.0.0:65535', { host: '0.0.0.0', port: 65_535 }],
  ['[::1]:8390', { host: '::1', port: 8390 }],
])('http_listen %j is %j', async (written, expected) => {
  expect((await config({ http_listen: written })).httpListen).toEqual(expected);
});

test.each([
  'tcp://127.0.0.1:9501',
  'tcp://127.0.0.1:65535',
  'tcp://*:9501',
  'tcp://[::1]:9501',
  'tcp://127.0.0.1:*',
])('relay_bind may be %s', async (written) => {
  expect((await config({ relay_bind: written })).relayBind).toBe(written);
});

test.each(['listener_diag', 'diagnostics'])('%s alone turns the diagnostics on', async (key) => {
  expect((await config({ [key]: true })).diagnostics.enabled).toBe(true);
});

test('edcd_source may be a directory relative to the working directory', async () => {
  const { config: used, cwd } = await load({ edcd_source: 'ids/' });
  expect(used.edcdSource).toBe(join(cwd, 'ids'));
});

test.each([
  ['verbose', 1],
  ['debug', 'false'],
  ['last_update', -1],
  ['last_purge', '2026-01-01'],
  ['check_update_every_x_hour', 241],
  ['check_update_every_x_hour', true],
  ['spansh_log_interval', 0],
  ['export_live_every_x_min', '5'],
  ['export_path', ' '],
  ['purge_every_x_hour', -1],
  ['purge_retention_days', 0],
  ['db_maint_every_x_days', null],
  ['db_maint_cnf', ''],
  ['eddn_url', 'eddn.edcd.io:9500'],
  ['eddn_url', 'http://eddn.edcd.io:9500'],
  ['eddn_url', 'TCP://eddn.edcd.io:9500'],
  ['eddn_url', 'tcp://eddn.edcd.io:65536'],
  ['eddn_schema_ref', 3],
  ['whitelist', 'EDDLite'],
  ['whitelist', []],
  ['contract', 'v14'],
  ['edcd_source', 'ftp://example.org/ids'],
  ['parked_max', 1.5],
  ['max_clock_skew_s', -5],
  ['shutdown_timeout_s', 0],
  ['http_listen', 8390],
  ['http_listen', 'localhost'],
  ['http_listen', '::1:8390'],
  ['http_listen', 'localhost:65536'],
  ['relay_bind', '127.0.0.1:9501'],
  ['relay_bind', 'ipc:///tmp/relay'],
  ['relay_bind', 'TCP://127.0.0.1:9501'],
  ['relay_bind', 'tcp://127.0.0.1'],
  ['relay_bind', 'tcp://127.0.0.1:65536'],
  ['http_names', 'td.example.org'],
  ['http_names', ['td.example.org:443']],
  ['http_names', ['https://td.example.org']],
  ['listener_db_max_retries', -1],
  ['listener_coalesce_drain_cap', 0],
] as const)('%s = %j is reported and the default used', async (key, value) => {
  const { config: used, problems, file } = await load({ [key]: value });
  expect(used).toEqual(await config({}));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ source: file, key });
});

test('a report names the key, the value, what is allowed and the default', async () => {
  expect(await messages({ export_live_every_x_min: 'often' })).toEqual([
    'export_live_every_x_min is "often"; allowed: a number of minutes from 0.01 to 720; this run uses the default 5',
  ]);
});

test.each([
  [118, `"${'x'.repeat(118)}"`],
  [119, `"${'x'.repeat(119)}...`],
])('of a value of %i letters 120 are told', async (length, told) => {
  const [message] = await messages({ contract: 'x'.repeat(length) });
  expect(message).toContain(`contract is ${told}; allowed: `);
});

describe('whitelist', () => {
  const broken = [
    null,
    'EDDLite',
    {},
    { software: '' },
    { software: 'a', minversion: '' },
    { software: 'a', minversion: 6 },
  ];

  test.each(broken)('the entry %j is reported and skipped; the others stay', async (entry) => {
    const { config: used, problems } = await load({
      whitelist: [{ software: 'x' }, entry, { software: 'y' }],
    });
    expect(used.rules.whitelist).toEqual([{ software: 'x' }, { software: 'y' }]);
    expect(problems.map(({ key }) => key)).toEqual(['whitelist[1]']);
  });

  test('with no good entry left the default list is used', async () => {
    const { config: used, problems } = await load({ whitelist: [{ software: 1 }] });
    expect(used).toEqual(await config({}));
    expect(problems.map(({ key }) => key)).toEqual(['whitelist[0]', 'whitelist']);
  });

  test('minversion null means every version, as in the reference', async () => {
    const { config: used, problems } = await load({ whitelist: [{ software: 'x', minversion: null }] });
    expect(used.rules.whitelist).toEqual([{ software: 'x' }]);
    expect(problems).toEqual([]);
  });
});

test('a lowest wait above its cap is reported and both defaults are used', async () => {
  const written = { listener_db_backoff_min: 90, listener_db_backoff_cap: 5 };
  expect(await config(written)).toMatchObject({ dbBackoffMinMs: 1000, dbBackoffCapMs: 60_000 });
  expect(await messages(written)).toEqual([
    'listener_db_backoff_min is 90; allowed: at most listener_db_backoff_cap; this run uses the defaults of both, 1 and 60',
  ]);
});

test('a cap below the default lowest wait is reported, too', async () => {
  expect(await messages({ listener_station_lock_backoff_cap: 0.1 })).toHaveLength(1);
});

describe('environment', () => {
  test.each([
    [{ TDL_LISTENER_LOCK_TIMEOUT_SECONDS: '0.5' }, { lock: { timeoutMs: 500 } }],
    [{ TDL_LISTENER_LOCK_MAX_RETRIES: '7' }, { lock: { maxRetries: 7 } }],
    [{ TDL_LISTENER_LOCK_BACKOFF_START_SECONDS: '1' }, { lock: { backoffStartMs: 1000 } }],
    [{ TDL_REFRESH_QUICK_TEST: '1' }, { refreshQuickTestDelayMs: 2000 }],
    [
      { TDL_REFRESH_QUICK_TEST: 'true', TDL_REFRESH_QUICK_TEST_DELAY_SECONDS: '0.25' },
      { refreshQuickTestDelayMs: 250 },
    ],
    [
      { TDL_REFRESH_QUICK_TEST: '0', TDL_REFRESH_QUICK_TEST_DELAY_SECONDS: '5' },
      { refreshQuickTestDelayMs: null },
    ],
    [{ TDL_TEST_FORCE_DEFER_EVERY_N: ' 3 ' }, { testForceDeferEveryN: 3 }],
    [{ TDL_TEST_FORCE_DEFER_EVERY_N: '' }, { testForceDeferEveryN: 0 }],
  ])('%j is taken', async (env, expected) => {
    const loaded = await load({}, env);
    expect(loaded.config).toMatchObject(expected);
    expect(loaded.problems).toEqual([]);
  });

  test.each([
    ['TDL_LISTENER_LOCK_TIMEOUT_SECONDS', 'soon'],
    ['TDL_LISTENER_LOCK_MAX_RETRIES', '2.5'],
    ['TDL_LISTENER_LOCK_BACKOFF_START_SECONDS', '-1'],
    ['TDL_REFRESH_QUICK_TEST', 'maybe'],
    ['TDL_REFRESH_QUICK_TEST_DELAY_SECONDS', 'Infinity'],
    ['TDL_TEST_FORCE_DEFER_EVERY_N', 'NaN'],
  ])('%s=%s is reported and the default used', async (name, value) => {
    const { config: used, problems } = await load({}, { [name]: value });
    expect(used).toEqual(await config({}));
    expect(problems).toEqual([
      {
        source: 'environment',
        key: name,
        message: expect.stringContaining(`${name} is ${JSON.stringify(value)}`),
      },
    ]);
  });
});

test.each<[string, Table]>([
  ['keys', KEYS],
  ['variables', VARIABLES],
])('every default of the %s is allowed and every schema says what is allowed', (_name, table) => {
  expect(evaluate(table, {}, '').problems).toEqual([]);
  expect(Object.values(table).filter(({ schema }) => !schema.description)).toEqual([]);
});

test('whatever the values are, each bad one is named once and the file keeps all of them', async () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.integer({ min: -2, max: 300 }),
    fc.constantFrom('', 'auto', 'tcp://a:1'),
  );
  const written = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(KEYS)), fc.string()), value);
  await fc.assert(
    fc.asyncProperty(written, async (values) => {
      const before = JSON.parse(JSON.stringify({ ...defaultFile(), ...values })) as Record<string, unknown>;
      const { config: used, problems, file } = await load(values);
      const named = problems.map(({ key }) => key);
      expect(new Set(named).size).toBe(named.length);
      expect(Object.values(used)).not.toContain(undefined);
      expect(used.dbBackoffMinMs).toBeLessThanOrEqual(used.dbBackoffCapMs);
      expect(used.rules.whitelist.length).toBeGreaterThan(0);
      expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(before);
    }),
    { numRuns: 200 },
  );
});
