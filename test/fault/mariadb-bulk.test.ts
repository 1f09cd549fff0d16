import { expect, test } from 'vitest';
import { createPool } from '../../src/infra/store/mariadb/connection.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import {
  countLoads,
  ITEMS,
  market,
  NOON_S,
  readMarkets,
  shown,
  storeOn,
  withWorld,
} from '../support/mariadb-world.ts';

const STATIONS = 40;
const ALL = Array.from({ length: STATIONS }, (_, i) => i + 1);

/** Forty markets are written in two parts, side by side. */
const PARTS = 2;

describeMariadb('markets written in bulk', () => {
  const server = useMariadb();

  function markets(atS: number, ids: readonly number[] = ALL) {
    return ids.map((id) => market(id, atS));
  }

  function expected(atS: number, ids: readonly number[] = ALL): Map<number, string> {
    return new Map(ids.map((id) => [id, shown(market(id, atS))]));
  }

  test('many rows are loaded, new ones and changed ones; few are not', () =>
    withWorld(server, STATIONS, async (store, database) => {
      const before = await countLoads(server);
      await store.writeMarkets(markets(NOON_S));
      expect(await countLoads(server)).toBe(before + PARTS);
      await store.writeMarkets(markets(NOON_S + 60));
      expect(await countLoads(server)).toBe(before + 2 * PARTS);
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 60));
      await store.writeMarkets([market(1, NOON_S + 120)]);
      expect(await countLoads(server)).toBe(before + 2 * PARTS);
    }));

  test('a server that does not allow it is not asked again', () =>
    withWorld(server, STATIONS, async (store, database) => {
      await server.sql('SET GLOBAL local_infile = 0');
      try {
        const before = await countLoads(server);
        for (const later of [0, 60, 120]) {
          const outcomes = await store.writeMarkets(markets(NOON_S + later));
          expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
        }
        expect(await countLoads(server)).toBeLessThanOrEqual(before + PARTS);
      } finally {
        await server.sql('SET GLOBAL local_infile = 1');
      }
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 120));
    }));

  test('a server that lets us have one connection only gets all on that one', () =>
    withWorld(server, STATIONS, async (_, database) => {
      await server.sql(`CREATE USER lonely WITH MAX_USER_CONNECTIONS 1`);
      await server.sql(`GRANT ALL ON ${database}.* TO lonely`);
      const store = storeOn(server, database, {
        connection: { ...server.connection(database), user: 'lonely', password: '' },
      });
      await store.useCatalogue(ITEMS);
      const outcomes = await store.writeMarkets(markets(NOON_S));
      await store.close();
      await server.sql('DROP USER lonely');
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S));
    }));

  test('loads on several connections that end at once do not get into each other’s way', async () => {
    const database = await server.createDatabase();
    const pool = createPool(server.connection(database), 3_000);
    const links = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
    // More than a socket takes at once, so that ends wait.
    const chunk = Buffer.from(`${'x'.repeat(99)}\n`.repeat(655));
    for (const [i, link] of links.entries()) await link.run(`CREATE TABLE t${i} (text VARCHAR(100))`);
    for (let round = 0; round < 40; round++) {
      const loading = links.map((link, i) =>
        link.load(
          `LOAD DATA LOCAL INFILE 'rows' INTO TABLE t${i}`,
          Array.from({ length: 4 + i }, () => chunk),
        ),
      );
      const results = await Promise.all(loading);
      expect(results.map(({ affectedRows }) => affectedRows)).toEqual([4 * 655, 5 * 655, 6 * 655]);
    }
    await pool.close();
    await server.dropDatabase(database);
  }, 60_000);

  test.each([
    ['by a trigger', "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"],
    ['for a value that does not fit', 'SET NEW.demand_level = 2147483648'],
  ])('a row that is refused %s costs its station only', (_, action) =>
    withWorld(server, STATIONS, async (store, database) => {
      await server.sql(
        `CREATE TRIGGER refuse BEFORE INSERT ON StationItem FOR EACH ROW
         BEGIN IF NEW.station_id = 7 THEN ${action}; END IF; END`,
        database,
      );
      const outcomes = await store.writeMarkets(markets(NOON_S));
      expect(outcomes.filter(({ status }) => status !== 'written')).toHaveLength(1);
      expect(await readMarkets(server, database)).toEqual(
        expected(
          NOON_S,
          ALL.filter((id) => id !== 7),
        ),
      );
    }),
  );

  test('what cuts the connections at their loads gets no more of them after the second time, and loses nothing', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await store.writeMarkets(markets(NOON_S));
      let later = 0;
      const writeUntilCut = async () => {
        // Where the second load comes when the first has given up, both are tried again: none of them works.
        for (;;) await store.writeMarkets(markets(NOON_S + (later += 60)));
      };
      // The loads wait for rows, and are cut off.
      for (let cuts = 0; cuts < 2; cuts++) {
        await other.query('START TRANSACTION');
        await other.query('SELECT * FROM StationItem FOR UPDATE');
        const cut = server.sql(
          `BEGIN NOT ATOMIC
             DECLARE one, other BIGINT;
             REPEAT
               DO SLEEP(0.01);
               SELECT MIN(ID), MAX(ID) INTO one, other FROM information_schema.PROCESSLIST
                 WHERE DB = '${database}' AND INFO LIKE 'LOAD DATA%';
             UNTIL one < other END REPEAT;
             KILL CONNECTION one;
             KILL CONNECTION other;
           END`,
        );
        await expect(writeUntilCut()).rejects.toMatchObject({ code: 'unavailable' });
        await cut;
        await other.query('COMMIT');
      }
      const before = await countLoads(server);
      await store.writeMarkets(markets(NOON_S + later));
      expect(await countLoads(server)).toBe(before);
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + later));
    }));
});
