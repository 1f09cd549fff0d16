import { expect, test } from 'vitest';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { market, NOON_S, readMarkets, shown, withWorld } from '../support/mariadb-world.ts';

const STATIONS = 40;

/** A number -> what the store makes of it, where every row is refused with it. */
const FAULTS: readonly (readonly [number, string, string, RegExp])[] = [
  [1665, 'impossible to write to binary log since BINLOG_FORMAT = STATEMENT', 'unavailable', /binlog_format/],
  [1598, 'Binary logging not possible', 'unavailable', /binlog_format/],
  [1030, 'Got error 28 "No space left on device" from storage engine InnoDB', 'full', /free space/],
  [1030, 'Got error 168 from storage engine', 'unavailable', /error log/],
  [1180, 'Got error 28 "No space left on device" during COMMIT', 'full', /free space/],
  [1180, 'Got error 5 during COMMIT', 'unavailable', /error log/],
  [1037, 'Out of memory; restart server and try again', 'unavailable', /memory/],
  [1038, 'Out of sort memory, consider increasing sort buffer size', 'unavailable', /memory/],
  [1197, 'required more than max_binlog_cache_size bytes of storage', 'unavailable', /max_binlog_cache_size/],
  [1364, "Field 'owner' doesn't have a default value", 'unavailable', /default/],
  [31_000, 'nobody knows this one', 'unavailable', /the server’s own/],
];

describeMariadb('a server that refuses', () => {
  const server = useMariadb();
  const markets = Array.from({ length: STATIONS }, (_, i) => market(i + 1, NOON_S));

  function refuse(database: string, number: number, message: string, condition = 'TRUE') {
    return server.sql(
      `CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON StationItem FOR EACH ROW
       IF ${condition} THEN
         SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${number}, MESSAGE_TEXT = ${JSON.stringify(message)};
       END IF`,
      database,
    );
  }

  test.each(FAULTS)('every row with %i %s: it is the server', (number, message, code, advice) =>
    withWorld(server, STATIONS, async (store, database) => {
      await refuse(database, number, message);
      for (const batch of [markets, markets.slice(0, 1)]) {
        await expect(store.writeMarkets(batch)).rejects.toMatchObject({
          code,
          message: expect.stringContaining(message) as string,
          advice: expect.stringMatching(advice) as string,
        });
      }
      await server.sql('DROP TRIGGER refuse', database);
      const outcomes = await store.writeMarkets(markets);
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
    }),
  );

  test('one station with a number nobody knows: it is that one, and the others are written', () =>
    withWorld(server, STATIONS, async (store, database) => {
      await refuse(database, 31_000, 'not this one', 'NEW.station_id = 7');
      const outcomes = await store.writeMarkets(markets);
      expect(outcomes[6]).toEqual({ status: 'failed', reason: 'not this one' });
      expect(outcomes.filter(({ status }) => status === 'written')).toHaveLength(STATIONS - 1);
      const others = markets.filter(({ marketId }) => marketId !== 7);
      expect(await readMarkets(server, database)).toEqual(
        new Map(others.map((each) => [each.marketId, shown(each)])),
      );
    }));

  test('a row that was changed since it was read is read again', () =>
    withWorld(server, STATIONS, async (store, database) => {
      await refuse(database, 1020, 'Record has changed since last read', 'NEW.station_id = 7');
      const outcomes = await store.writeMarkets(markets);
      expect(outcomes[6]).toMatchObject({ status: 'contended' });
      expect(outcomes.filter(({ status }) => status === 'written')).toHaveLength(STATIONS - 1);
    }));

  test('a foreign column that wants a value, and a dropped key, are told as such', () =>
    withWorld(server, STATIONS, async (store, database) => {
      await server.sql('ALTER TABLE StationItem ADD COLUMN owner INT NOT NULL', database);
      await expect(store.writeMarkets(markets)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining("'owner'") as string,
        advice: expect.stringContaining('SET DEFAULT') as string,
      });
      await server.sql('ALTER TABLE StationItem ALTER owner SET DEFAULT 0', database);
      expect((await store.writeMarkets(markets))[0]).toMatchObject({ status: 'written' });
      await server.sql('ALTER TABLE StationItem DROP PRIMARY KEY', database);
      await expect(store.writeMarkets(markets)).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining("'PRIMARY'") as string,
      });
    }));
});
