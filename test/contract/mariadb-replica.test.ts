import { appendFileSync } from 'node:fs';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { Hub } from '../../src/actors/subscription/hub.ts';
import { realTime } from '../../src/infra/process/real-time.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { createMariadbQueries } from '../../src/infra/store/mariadb/queries/queries.ts';
import { exportingAtReplica, followReplica } from '../../src/infra/store/mariadb/export/at-replica.ts';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, startHttp } from '../support/http.ts';
import { runProgram, writeConfig } from '../support/daemon.ts';
import { makeMariadbGalaxy, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { OBSERVED_AT_S, testCatalogue } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';
import { until } from '../support/until.ts';

const MARKET = { marketId: 128_000_001, systemName: 'Sol', stationName: 'Abraham Lincoln' };
const GOLD = testCatalogue().commodities.find(({ symbol }) => symbol === 'Gold')!.id;

// A story: each begins with what the one before has left.
describeMariadb('questions to a replica', { shuffle: false }, () => {
  const primary = useMariadb({ tcp: true, args: ['--log-bin=binlog', '--server-id=1'] });
  const replica = useMariadb({ args: ['--server-id=2', '--read-only'] });
  let database: string;

  beforeAll(async () => {
    const [{ position } = {}] = await primary.sql('SELECT @@gtid_binlog_pos AS position');
    await primary.sql("CREATE USER copy@'%' IDENTIFIED BY 'copy'");
    await primary.sql("GRANT REPLICATION SLAVE ON *.* TO copy@'%'");
    await replica.sql(`SET GLOBAL gtid_slave_pos = '${position}'`);
    await replica.sql(
      `CHANGE MASTER TO master_host = '127.0.0.1', master_port = ${primary.port}, master_user = 'copy',
         master_password = 'copy', master_use_gtid = slave_pos, master_ssl = 0`,
    );
    await replica.sql('START SLAVE');
    database = await primary.createDatabase();
    await makeMariadbGalaxy(
      primary,
      database,
      ['Sol'],
      [{ id: MARKET.marketId, name: MARKET.stationName, system: 'Sol' }],
    );
  });

  function world() {
    const store = createMariadbStore({
      connection: primary.connection(database),
      generation: 'auto',
      lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
    });
    const queries = createMariadbQueries(replica.connection(database), primary.connection(database));
    onTestFinished(async () => {
      await store.close();
      await queries.close();
    });
    /** As the daemon does: what is written is told. */
    const write = async (price: number, atS: number) => {
      const rows = Int32Array.from([GOLD, price, 100, 3, 0, 0, 0, 0]);
      const written = { ...MARKET, observedAtS: atS, receivedAtMs: 0, rows };
      expect(await store.writeMarkets([written])).toMatchObject([{ status: 'written' }]);
      queries.changed([MARKET.marketId]);
    };
    /** From the memory of the asking side. */
    const price = async () =>
      (await queries.trades(GOLD, { side: 'demand', minUnits: 1, sort: 'price' }, { limit: 1, after: null }))
        .entries[0]?.quote.demandPrice;
    return { queries, write, price };
  }

  test('tell how far it lags, and what was written meanwhile is told when it is there', async () => {
    const { queries, write, price } = world();
    await write(9_000, OBSERVED_AT_S);
    // The first question waits for it.
    expect(await price()).toBe(9_000);
    expect((await queries.replicaLag())?.lagS).toBeLessThan(60);

    await replica.sql('STOP SLAVE SQL_THREAD');
    await write(9_100, OBSERVED_AT_S + 60);
    const stoppedMs = Date.now();
    await until(async () => ((await queries.replicaLag())?.lagS ?? 0) > 1);
    expect(await price()).toBe(9_000);
    const { lagS } = (await queries.replicaLag())!;
    // At most: it was complete just before it stopped.
    expect(lagS).toBeGreaterThanOrEqual((Date.now() - stoppedMs) / 1000 - 0.5);

    await replica.sql('START SLAVE SQL_THREAD');
    await until(async () => (await price()) === 9_100);
    await until(async () => ((await queries.replicaLag())?.lagS ?? 9) < 1);
  });

  test('whoever was told more elsewhere waits for it, and is not led back; what follows is told from the log', async () => {
    const store = createMariadbStore({
      connection: primary.connection(database),
      generation: 'auto',
      lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
      changeLog: { keepS: 86_400, keepEntries: 100_000 },
    });
    const queries = createMariadbQueries(replica.connection(database), primary.connection(database), true);
    const hub = new Hub({ store, queries, time: realTime });
    onTestFinished(async () => {
      hub.close();
      await queries.close();
      await store.close();
    });
    await store.beginChangeLog();
    const write = async (price: number, atS: number) => {
      const rows = Int32Array.from([GOLD, price, 100, 3, 0, 0, 0, 0]);
      const outcomes = await store.writeMarkets([{ ...MARKET, observedAtS: atS, receivedAtMs: 0, rows }]);
      expect(outcomes).toMatchObject([{ status: 'written' }]);
    };
    /** Where the log is where it is written. */
    const written = async () => {
      const [{ id, seq } = {}] = await primary.sql('SELECT log_id AS id, seq FROM tdl_log', database);
      return { logId: id!, seq: Number(seq) };
    };
    const bestPrice = async () =>
      (await queries.trades(GOLD, { side: 'demand', minUnits: 1, sort: 'price' }, { limit: 1, after: null }))
        .entries[0]?.quote.demandPrice;
    await write(9_200, OBSERVED_AT_S + 120);
    await until(async () => (await bestPrice()) === 9_200);

    await replica.sql('STOP SLAVE SQL_THREAD');
    await write(9_300, OBSERVED_AT_S + 180);
    const here = await written();
    const told: string[] = [];
    const note = (what: string) => {
      told.push(what);
      return true;
    };
    const watch = { marketIds: new Set([MARKET.marketId]) };
    hub.subscribe(watch, here, {
      snapshot: () => note('snapshot'),
      update: (_, { market }) => note(`update ${market[0]?.demandPrice}`),
      position: ({ seq }) => note(seq < here.seq ? 'led back' : 'there'),
      end: (reason) => void note(reason),
    });
    // Who comes after him, from nowhere, is told at once.
    let others = 0;
    const other = () => ++others > 0;
    hub.subscribe(watch, null, { snapshot: other, update: other, position: other, end: () => void other() });
    await until(() => others > 0);
    expect(told, 'he waits').toEqual([]);
    await replica.sql('START SLAVE SQL_THREAD');
    await until(() => told.length > 0);
    await write(9_400, OBSERVED_AT_S + 240);
    hub.poke(await written());
    await until(() => told.includes('update 9400'));
    expect(told.filter((each) => each !== 'there')).toEqual(['update 9400']);
    await until(async () => (await bestPrice()) === 9_400);
    expect(await hub.reach({ ...here, seq: here.seq + 1_000 }), 'a number that was never told').toBe(false);
    expect(await hub.reach({ logId: 'another', seq: 1 })).toBe(false);
  });

  test('exports are read there when it has what was written before, else where it is written', async () => {
    const lock = { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 };
    const options = { generation: 'auto', lock } as const;
    const lines: string[] = [];
    const note = (_: object, line: string) => void lines.push(line);
    const places = { primary: primary.connection(database), replica: replica.connection(database) };
    const store = exportingAtReplica(
      createMariadbStore({ ...options, connection: places.primary }),
      createMariadbStore({ ...options, connection: places.replica, looksOnly: true }),
      followReplica(places, 3_000),
      { debug: note, info: note, warn: note, error: note },
    );
    onTestFinished(() => store.close());
    const write = async (price: number, atS: number) => {
      const rows = Int32Array.from([GOLD, price, 100, 3, 0, 0, 0, 0]);
      const outcomes = await store.writeMarkets([{ ...MARKET, observedAtS: atS, receivedAtMs: 0, rows }]);
      expect(outcomes).toMatchObject([{ status: 'written' }]);
    };
    const exported = async () => {
      let text = '';
      await store.exportListings('all', (chunk) =>
        Promise.resolve(void (text += Buffer.from(chunk).toString())),
      );
      return text;
    };
    await write(9_500, OBSERVED_AT_S + 300);
    expect(await exported(), 'it is waited for').toContain(',9500,');
    // What only the replica has shows who was read.
    await replica.sql('SET sql_log_bin = 0', database);
    await replica.sql('UPDATE StationItem SET demand_price = 4321', database);
    expect(await exported()).toContain(',4321,');

    await replica.sql('STOP SLAVE SQL_THREAD');
    await write(9_600, OBSERVED_AT_S + 360);
    expect(await exported(), 'it does not come in time').toContain(',9600,');
    await replica.sql('START SLAVE SQL_THREAD');
    // It stops for good at a row of a table that is gone.
    await until(async () => {
      const [row] = await replica.sql('SELECT demand_price AS price FROM StationItem', database);
      return row?.price === '9600';
    });
    await replica.sql(`RENAME TABLE ${database}.StationItem TO ${database}.Gone`);
    expect(await exported(), 'it cannot be read').toContain(',9600,');
    await replica.sql(`RENAME TABLE ${database}.Gone TO ${database}.StationItem`);
    await until(async () => (await exported()) !== '' && lines.at(-1) === 'exports: read from the replica');
    expect(lines.map((line) => line.replace(/: (?!read).*/, ''))).toEqual([
      ...[
        'exports: read from the server that is written to',
        'exports: read from the server that is written to',
      ],
      'exports: read from the replica',
    ]);
  });

  test('say in every answer of the API how far that is', async () => {
    const { queries } = world();
    const planner = createTourPlanner();
    const tours = { planner, travelTimes: TRAVEL_TIMES };
    onTestFinished(() => planner.close());
    const options = {
      ...tours,
      queries,
      commodities: () => [],
      now: () => Date.now(),
      questionsPerMinute: null,
      version: '',
    };
    const { url } = await startHttp([(app) => apiRoutes(app, options)]);
    await until(async () => {
      const { status, headers } = await ask(`${url}/api/v1/markets/${MARKET.marketId}`);
      expect(status).toBe(200);
      return /^\d+\.\d$/.test(headers['replica-lag-s'] ?? '');
    });
    const direct = createMariadbQueries(primary.connection(database));
    onTestFinished(() => direct.close());
    const plain = await startHttp([(app) => apiRoutes(app, { ...options, queries: direct })]);
    const { headers } = await ask(`${plain.url}/api/v1/markets/${MARKET.marketId}`);
    expect(headers).not.toHaveProperty('replica-lag-s');
  });

  test('are what check-config looks at', async () => {
    const cwd = tempDir();
    writeConfig(cwd);
    const ini = writeDbConfig(cwd, primary, database);
    appendFileSync(ini, `[mariadb-read]\nsocket = ${replica.socketPath}\n`);
    const check = async () =>
      (await runProgram({ cwd, args: ['check-config'], env: { TD_DB_CONFIG: ini } })).stdout;
    expect(await check()).toMatch(/^ok {4}replica: answers, at most \d+\.\d s behind$/m);
    const found = await runProgram({
      cwd,
      args: ['find', 'gold', '--buyers', '--max-age', '900d'],
      env: { TD_DB_CONFIG: ini },
    });
    expect(found.stdout).toMatch(/^Abraham Lincoln {2}Sol/m);
    await replica.sql(`RENAME TABLE ${database}.Item TO ${database}.Gone`);
    expect(await check()).toMatch(/^fail {2}replica: .*Item/m);
    await replica.sql(`RENAME TABLE ${database}.Gone TO ${database}.Item`);
  });

  test('go on while the server that is written to is away, with a lag that grows', async () => {
    const { queries, price } = world();
    await price();
    await primary.stop();
    expect(await price()).toBeGreaterThan(0);
    await until(async () => ((await queries.replicaLag())?.lagS ?? 0) > 1);
    await primary.start();
    await until(async () => ((await queries.replicaLag())?.lagS ?? 9) < 1);
  });

  test('without a binary log there, how far is unknown, and answers come at once', async () => {
    const queries = createMariadbQueries(replica.connection(database), replica.connection(database));
    onTestFinished(() => queries.close());
    expect(await queries.markets([MARKET.marketId])).toHaveLength(1);
    expect(await queries.replicaLag()).toEqual({ lagS: null });
  });
});
