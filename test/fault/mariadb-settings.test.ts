import { afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { LEAST_PACKET_BYTES } from '../../src/infra/store/mariadb/session.ts';
import { writeConfig } from '../support/daemon.ts';
import { runHere } from '../support/here.ts';
import { writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { ITEMS, market, NOON_S, populate, storeOn } from '../support/mariadb-world.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';

const NAME = 'Żółć Ωmega 星 🚀';

describeMariadb('a server that does not ask which characters we speak', () => {
  const server = useMariadb({
    args: [
      '--character-set-server=latin1',
      '--collation-server=latin1_swedish_ci',
      '--skip-character-set-client-handshake',
      "--init-connect=SET NAMES 'latin1'",
    ],
  });

  test('keeps every name as it is, and tells it so', async () => {
    const database = await server.createDatabase();
    await populate(server, database, 1);
    const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
    const chunks: Uint8Array[] = [];
    try {
      await store.useCatalogue(ITEMS);
      const [outcome] = await store.writeMarkets([{ ...market(7, NOON_S), stationName: NAME }]);
      expect(outcome).toMatchObject({ status: 'written', station: 'created' });
      await store.exportSet((file) => (chunk) => {
        if (file === 'Station') chunks.push(chunk);
        return Promise.resolve();
      });
    } finally {
      await store.close();
    }
    expect(await server.sql('SELECT HEX(name) AS name FROM Station WHERE station_id = 7', database)).toEqual([
      { name: Buffer.from(NAME).toString('hex').toUpperCase() },
    ]);
    expect(Buffer.concat(chunks).toString()).toContain(NAME);
  });
});

describeMariadb('settings that only the administrator can change', () => {
  const server = useMariadb({ args: ['--log-bin=binlog', '--server-id=1'] });
  let database: string;
  /** Tests come in any order, and each writes what is newer. */
  let newestAtS = NOON_S;
  const later = () => (newestAtS += 60);

  beforeAll(async () => {
    database = await server.createDatabase();
    await populate(server, database, 30);
  });
  afterEach(async () => {
    await server.sql("SET GLOBAL max_allowed_packet = DEFAULT, binlog_format = 'MIXED'");
  });

  async function checked(): Promise<string> {
    const cwd = tempDir();
    const relay = await startRelay();
    onTestFinished(() => relay.close());
    writeConfig(cwd, { eddn_url: relay.url, spansh_url: 'http://127.0.0.1:1/dump.gz', edcd_source: cwd });
    const env = { TD_DB_CONFIG: writeDbConfig(cwd, server, database) };
    const { stdout } = await runHere({ cwd, env, args: ['check-config'] });
    return /^.* database: .*$/m.exec(stdout)?.[0] ?? stdout;
  }

  test.each([
    ['max_allowed_packet = 524288', `max_allowed_packet = ${LEAST_PACKET_BYTES}`],
    ["binlog_format = 'STATEMENT'", "binlog_format = 'MIXED'"],
  ])('%s is told at the start and by check-config, until it is mended', async (setting, mended) => {
    await server.sql(`SET GLOBAL ${setting}`);
    const store = storeOn(server, database);
    try {
      await expect(store.open()).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining(database) as string,
        advice: expect.stringContaining(`SET GLOBAL ${mended}`) as string,
      });
      expect(await checked()).toMatch(new RegExp(`^fail .*SET GLOBAL ${mended}`));
      await server.sql(`SET GLOBAL ${mended}`);
      await expect(store.open()).resolves.toMatchObject({ created: false });
    } finally {
      await store.close();
    }
  });

  test('the least packet there may be does for a batch', async () => {
    await server.sql(`SET GLOBAL max_allowed_packet = ${LEAST_PACKET_BYTES}`);
    const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
    try {
      await store.useCatalogue(ITEMS);
      const atS = later();
      const outcomes = await store.writeMarkets(Array.from({ length: 30 }, (_, i) => market(i + 1, atS)));
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
    } finally {
      await store.close();
    }
  });

  test('a binary log whose cache is too small is told as that', async () => {
    const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
    const atS = later();
    const markets = Array.from({ length: 30 }, (_, i) => market(i + 1, atS));
    await server.sql('SET GLOBAL max_binlog_cache_size = 4096, binlog_cache_size = 4096');
    try {
      await store.useCatalogue(ITEMS);
      await expect(store.writeMarkets(markets)).rejects.toMatchObject({
        code: 'unavailable',
        advice: expect.stringContaining('max_binlog_cache_size') as string,
      });
      await server.sql('SET GLOBAL max_binlog_cache_size = DEFAULT, binlog_cache_size = DEFAULT');
      await store.close();
      const outcomes = await store.writeMarkets(markets);
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
    } finally {
      await store.close();
    }
  });

  test('a binary log that is set wrong while we work stops the writing, and loses nothing', async () => {
    const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
    const atS = later();
    const markets = Array.from({ length: 30 }, (_, i) => market(i + 1, atS));
    try {
      await store.useCatalogue(ITEMS);
      await store.writeMarkets([market(1, atS - 1)]);
      await server.sql("SET GLOBAL binlog_format = 'STATEMENT'");
      const ids = await server.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'tdl'");
      for (const { ID } of ids) await server.sql(`KILL ${ID}`);
      const refused = { code: 'unavailable', advice: expect.stringContaining('binlog_format') as string };
      await expect(store.writeMarkets(markets)).rejects.toMatchObject({ code: 'unavailable' });
      await expect(store.writeMarkets(markets)).rejects.toMatchObject(refused);
      await server.sql("SET GLOBAL binlog_format = 'ROW'");
      const outcomes = await store.writeMarkets(markets);
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
    } finally {
      await store.close();
    }
  });
});

describeMariadb('a server that lets nobody in without TLS', () => {
  const server = useMariadb({ tcp: true });

  test('is told to be that', async () => {
    const database = await server.createDatabase();
    await server.sql('SET GLOBAL require_secure_transport = 1');
    const connection = server.connection(database, 'tcp');
    const store = storeOn(server, database, { connection });
    try {
      await expect(store.open()).rejects.toMatchObject({
        code: 'unavailable',
        advice: expect.stringContaining('ssl = true') as string,
      });
    } finally {
      await store.close();
    }
  });
});
