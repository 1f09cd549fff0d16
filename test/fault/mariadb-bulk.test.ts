import type { Connection } from 'mysql2/promise';
import { expect, test } from 'vitest';
import type { Store } from '../../src/domain/ports/store.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { ITEMS, market, NOON_S, populate, readMarkets, shown, storeOn } from '../support/mariadb-world.ts';

const STATIONS = 40;
const ALL = Array.from({ length: STATIONS }, (_, i) => i + 1);

describeMariadb('markets written in bulk', () => {
  const server = useMariadb();

  async function withWorld(run: (store: Store, database: string, other: Connection) => Promise<void>) {
    const database = await server.createDatabase();
    await populate(server, database, STATIONS);
    const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
    await store.useCatalogue(ITEMS);
    const other = await server.connect(database);
    try {
      await run(store, database, other);
    } finally {
      other.destroy();
      await store.close();
      await server.dropDatabase(database);
    }
  }

  function markets(atS: number, ids: readonly number[] = ALL) {
    return ids.map((id) => market(id, atS));
  }

  function expected(atS: number, ids: readonly number[] = ALL): Map<number, string> {
    return new Map(ids.map((id) => [id, shown(market(id, atS))]));
  }

  async function loads(): Promise<number> {
    const [row] = await server.sql("SHOW GLOBAL STATUS LIKE 'Com_load'");
    return Number(row?.Value);
  }

  test('many rows are loaded, new ones and changed ones; few are not', () =>
    withWorld(async (store, database) => {
      const before = await loads();
      await store.writeMarkets(markets(NOON_S));
      expect(await loads()).toBe(before + 1);
      await store.writeMarkets(markets(NOON_S + 60));
      expect(await loads()).toBe(before + 2);
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 60));
      await store.writeMarkets([market(1, NOON_S + 120)]);
      expect(await loads()).toBe(before + 2);
    }));

  test('a server that does not allow it is asked once', () =>
    withWorld(async (store, database) => {
      await server.sql('SET GLOBAL local_infile = 0');
      try {
        const before = await loads();
        for (const later of [0, 60, 120]) {
          const outcomes = await store.writeMarkets(markets(NOON_S + later));
          expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
        }
        expect(await loads()).toBeLessThanOrEqual(before + 1);
      } finally {
        await server.sql('SET GLOBAL local_infile = 1');
      }
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 120));
    }));

  test.each([
    ['by a trigger', "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"],
    ['for a value that does not fit', 'SET NEW.demand_level = 2147483648'],
  ])('a row that is refused %s costs its station only', (_, action) =>
    withWorld(async (store, database) => {
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

  test('what cuts the connection at a load gets no more of them after the second, and loses nothing', () =>
    withWorld(async (store, database, other) => {
      await store.writeMarkets(markets(NOON_S));
      // The load waits for a row, and is cut off.
      for (const later of [60, 120]) {
        await other.query('START TRANSACTION');
        await other.query('SELECT * FROM StationItem WHERE station_id = 7 FOR UPDATE');
        const cut = server.sql(
          `BEGIN NOT ATOMIC
             DECLARE victim BIGINT;
             REPEAT
               DO SLEEP(0.01);
               SET victim = (SELECT ID FROM information_schema.PROCESSLIST
                 WHERE DB = '${database}' AND INFO LIKE 'LOAD DATA%' LIMIT 1);
             UNTIL victim IS NOT NULL END REPEAT;
             KILL CONNECTION victim;
           END`,
        );
        await expect(store.writeMarkets(markets(NOON_S + later))).rejects.toMatchObject({
          code: 'unavailable',
        });
        await cut;
        await other.query('COMMIT');
      }
      const before = await loads();
      await store.writeMarkets(markets(NOON_S + 120));
      expect(await loads()).toBe(before);
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 120));
    }));
});
