import { expect, test } from 'vitest';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { countLoads, market, NOON_S, readMarkets, shown, withWorld } from '../support/mariadb-world.ts';

const STATIONS = 40;
const ALL = Array.from({ length: STATIONS }, (_, i) => i + 1);

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
      expect(await countLoads(server)).toBe(before + 1);
      await store.writeMarkets(markets(NOON_S + 60));
      expect(await countLoads(server)).toBe(before + 2);
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 60));
      await store.writeMarkets([market(1, NOON_S + 120)]);
      expect(await countLoads(server)).toBe(before + 2);
    }));

  test('a server that does not allow it is asked once', () =>
    withWorld(server, STATIONS, async (store, database) => {
      await server.sql('SET GLOBAL local_infile = 0');
      try {
        const before = await countLoads(server);
        for (const later of [0, 60, 120]) {
          const outcomes = await store.writeMarkets(markets(NOON_S + later));
          expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
        }
        expect(await countLoads(server)).toBeLessThanOrEqual(before + 1);
      } finally {
        await server.sql('SET GLOBAL local_infile = 1');
      }
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 120));
    }));

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

  test('what cuts the connection at a load gets no more of them after the second, and loses nothing', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
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
      const before = await countLoads(server);
      await store.writeMarkets(markets(NOON_S + 120));
      expect(await countLoads(server)).toBe(before);
      expect(await readMarkets(server, database)).toEqual(expected(NOON_S + 120));
    }));
});
