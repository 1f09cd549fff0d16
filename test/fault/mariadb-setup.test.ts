import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StoreErrorCode } from '../../src/domain/errors.ts';
import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import type { WholeStore } from '../../src/domain/ports/store/store.ts';
import type { MariadbConnection } from '../../src/infra/store/mariadb/connection.ts';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { ITEMS, LOCK, market, NOON_S, populate, storeOn } from '../support/mariadb-world.ts';
import { until } from '../support/until.ts';

describeMariadb('a MariaDB server set up wrongly', () => {
  const server = useMariadb({ tcp: true, args: ['--max-user-connections=100'] });
  let database: string;
  const stores: MarketStore[] = [];

  beforeEach(async () => {
    database = await server.createDatabase();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await server.dropDatabase(database);
  });

  function connecting(changes: Partial<MariadbConnection>): WholeStore {
    const connection = { ...server.connection(database, 'tcp'), ...changes };
    const store = createMariadbStore({
      connection,
      generation: 'auto',
      lock: LOCK,
      statementTimeoutMs: 5_000,
    });
    stores.push(store);
    return store;
  }

  async function expectError(
    store: MarketStore,
    code: StoreErrorCode,
    advice: string | RegExp,
  ): Promise<void> {
    const error: unknown = await store.open().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'StoreError', code, advice: expect.stringMatching(advice) });
    expect((error as Error).message).toContain(database);
    expect((error as Error).message).not.toContain('p%ss');
  }

  test('over TCP the store opens like over the socket', async () => {
    const info = await connecting({}).open();
    expect(info).toMatchObject({ backend: 'mariadb', created: true });
    expect(info.description).toMatch(/^MariaDB \d+\.\d+\.\d+ at 127\.0\.0\.1:\d+\/tdl_[0-9a-f]+$/);
  });

  test('nobody listening', async () => {
    await expectError(connecting({ port: 1 }), 'unavailable', /start the server/);
  });

  test('no such socket', async () => {
    await expectError(connecting({ socketPath: '/nonexistent/s.sock' }), 'unavailable', /start the server/);
  });

  test('a wrong password, corrected on the server', async () => {
    const store = connecting({ password: 'later' });
    await expectError(store, 'unavailable', /password/);
    await server.sql(`ALTER USER tdl@'%' IDENTIFIED BY 'later'`);
    try {
      await expect(store.open()).resolves.toMatchObject({ created: true });
    } finally {
      await server.sql(`ALTER USER tdl@'%' IDENTIFIED BY '${server.connection(database).password}'`);
    }
  });

  test('a database that was dropped, and comes back', async () => {
    const store = connecting({});
    await server.dropDatabase(database);
    await expectError(store, 'unavailable', /CREATE DATABASE/);
    await server.sql(`CREATE DATABASE ${database}`);
    await expect(store.open()).resolves.toMatchObject({ created: true });
  });

  test('a database dropped while the store is open, and made again', async () => {
    await populate(server, database, 1);
    const store = storeOn(server, database);
    stores.push(store);
    await store.useCatalogue(ITEMS);
    await store.writeMarkets([market(1, NOON_S)]);
    await server.dropDatabase(database);
    await expect(store.writeMarkets([market(1, NOON_S + 1)])).rejects.toMatchObject({ code: 'unavailable' });
    await server.sql(`CREATE DATABASE ${database}`);
    await populate(server, database, 1);
    await expect(store.writeMarkets([market(1, NOON_S + 1)])).resolves.toMatchObject([{ status: 'written' }]);
  });

  test('somebody who holds what is to be looked at, until he lets go', async () => {
    await connecting({}).open();
    await server.sql('DROP TABLE StationItem', database);
    await server.sql('DELETE FROM Category', database);
    const other = await server.connect(database);
    const store = connecting({});
    try {
      await other.query('START TRANSACTION');
      await other.query("INSERT INTO Category (category_id, name) VALUES (1, 'Metals')");
      await expectError(store, 'busy', /keeps a transaction open/);
    } finally {
      other.destroy();
    }
    await expect(store.open()).resolves.toMatchObject({ generation: 'v12' });
  });

  test('a user without any right on the database', async () => {
    await server.sql(`CREATE USER guest@'%' IDENTIFIED BY 'x'`);
    const store = connecting({ user: 'guest', password: 'x' });
    await expectError(store, 'unavailable', /GRANT/);
    await server.sql(`GRANT ALL ON ${database}.* TO guest@'%'`);
    await expect(store.open()).resolves.toMatchObject({ created: true });
    await server.sql(`DROP USER guest@'%'`);
  });

  test('a user who may not make the tables, until allowed to: what was begun is finished', async () => {
    await server.sql(`CREATE USER maker@'%' IDENTIFIED BY 'x'`);
    await server.sql(`GRANT SELECT, INSERT, UPDATE, DELETE, INDEX, REFERENCES ON ${database}.* TO maker@'%'`);
    for (const table of ['Added', 'System', 'Station']) {
      await server.sql(`GRANT CREATE ON ${database}.${table} TO maker@'%'`);
    }
    const store = connecting({ user: 'maker', password: 'x' });
    await expectError(store, 'unavailable', /CREATE/);
    expect(await server.sql('SHOW TABLES', database)).toHaveLength(3);
    await server.sql(`GRANT CREATE ON ${database}.* TO maker@'%'`);
    await expect(store.open()).resolves.toMatchObject({ created: true });
    await expect(connecting({}).open()).resolves.toMatchObject({ created: false, generation: 'v12' });
    await server.sql(`DROP USER maker@'%'`);
  });

  test('a user who may only read: nothing is written, and it is said', async () => {
    await populate(server, database, 1);
    await server.sql(`CREATE USER reader@'%' IDENTIFIED BY 'x'`);
    await server.sql(`GRANT SELECT ON ${database}.* TO reader@'%'`);
    const store = connecting({ user: 'reader', password: 'x' });
    await store.open();
    await expect(store.writeMarkets([market(1, NOON_S)])).rejects.toMatchObject({
      code: 'unavailable',
      advice: expect.stringContaining('GRANT'),
    });
    await server.sql(`GRANT INSERT, UPDATE, DELETE ON ${database}.* TO reader@'%'`);
    await expect(store.writeMarkets([market(1, NOON_S)])).resolves.toMatchObject([{ status: 'written' }]);
    await server.sql(`DROP USER reader@'%'`);
  });

  test('a user who has the rights that the README asks for', async () => {
    await server.sql(`CREATE USER writer@'%' IDENTIFIED BY 'x'`);
    await server.sql(
      `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, INDEX, REFERENCES ON ${database}.* TO writer@'%'`,
    );
    const store = connecting({ user: 'writer', password: 'x' });
    await store.open();
    await expect(store.putAggregate({ kind: 'tour', id: 'a', version: 1, json: '{}' })).resolves.toBe(true);
    await server.sql(`DROP USER writer@'%'`);
  });

  test('no connection free', async () => {
    await server.sql(`ALTER USER tdl@'%' WITH MAX_USER_CONNECTIONS 1`);
    const first = connecting({});
    try {
      // The server may count one still that a test before has closed.
      await until(() =>
        first.open().then(
          () => true,
          () => false,
        ),
      );
      await expectError(connecting({}), 'unavailable', /connections/);
    } finally {
      await server.sql(`ALTER USER tdl@'%' WITH MAX_USER_CONNECTIONS 0`);
    }
  });

  test('tables without transactions are refused', async () => {
    await populate(server, database, 1);
    await server.sql(
      'ALTER TABLE StationItem DROP FOREIGN KEY fk_StationItem__station_id__Station',
      database,
    );
    await server.sql('ALTER TABLE StationItem DROP FOREIGN KEY fk_StationItem__item_id__Item', database);
    await server.sql('ALTER TABLE StationItem ENGINE = Aria', database);
    await expectError(connecting({}), 'refused', /InnoDB/);
  });

  test('TLS asked of a server that has none', async () => {
    await expectError(connecting({ ssl: { verify: true } }), 'unavailable', /ssl/);
  });
});

describeMariadb('a MariaDB server without room', () => {
  // Everything in one file that may not grow: what a full disk looks like to InnoDB.
  const server = useMariadb({
    args: ['--innodb-file-per-table=0', '--innodb-data-file-path=ibdata1:12M:autoextend:max:20M'],
  });

  test('is reported, and written to again when there is room', async () => {
    const database = await server.createDatabase();
    await populate(server, database, 3_000);
    const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
    const fill = async () => {
      for (let id = 1; id <= 3_000; id += 100) {
        await store.writeMarkets(Array.from({ length: 100 }, (_, i) => market(id + i, NOON_S + id)));
      }
    };
    try {
      await expect(fill()).rejects.toMatchObject({ code: 'full', advice: expect.stringContaining('disk') });
      await server.sql('TRUNCATE StationItem', database);
      await expect(store.writeMarkets([market(1, NOON_S)])).resolves.toMatchObject([{ status: 'written' }]);
    } finally {
      await store.close();
    }
  });
});
