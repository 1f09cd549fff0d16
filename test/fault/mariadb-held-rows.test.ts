import type { Connection } from 'mysql2/promise';
import { expect, test } from 'vitest';
import type { PublishedStation } from '../../src/domain/ports/store/galaxy-store.ts';
import { NO_CHANGE_LOG } from '../../src/infra/store/mariadb/change-log.ts';
import { Loading } from '../../src/infra/store/mariadb/bulk.ts';
import { createPool, type Link } from '../../src/infra/store/mariadb/connection.ts';
import { demoteStations } from '../../src/infra/store/mariadb/export/demote.ts';
import { inSnapshot, readLines, writeListings } from '../../src/infra/store/mariadb/export/listings.ts';
import { writeSet } from '../../src/infra/store/mariadb/export/set.ts';
import { PriceWriter } from '../../src/infra/store/mariadb/markets/prices.ts';
import { writeMarkets } from '../../src/infra/store/mariadb/markets/write-markets.ts';
import { aWaitFor, describeMariadb, useMariadb } from '../support/mariadb.ts';
import { LOCK, market, NOON_S, readMarkets, shown, storeOn, withWorld } from '../support/mariadb-world.ts';

const STATIONS = 50;
const ALL = Array.from({ length: STATIONS }, (_, i) => i + 1);
/** What every statement may change: of no meaning for the next one. */
const PASSING =
  /^(error_count|identity|in_transaction|insert_id|last_gtid|last_insert_id|pseudo_.*|rand_seed.|timestamp|warning_count)$/;

const signal = new AbortController().signal;
const drop = () => Promise.resolve();

/** Has another program hold the rows of station 7. */
async function holdRows(other: Connection): Promise<void> {
  await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await other.query('START TRANSACTION');
  await other.query('SELECT * FROM StationItem WHERE station_id = 7 FOR UPDATE');
}

function write(link: Link, ids: readonly number[], atS: number) {
  const setup = {
    ...{ generation: 'v12' as const, maxStatementBytes: 1_000_000, hasOwnTables: false, notAfterS: atS },
    ...{
      prices: new PriceWriter(),
      changes: NO_CHANGE_LOG,
      catalogue: new Map(),
      loading: new Loading(),
      lock: LOCK,
      log: undefined,
    },
  };
  return writeMarkets(
    () => Promise.resolve(link),
    ids.map((id) => market(id, atS)),
    setup,
  );
}

/** Work on a connection that meets rows of others, or sees the database as it was. */
const WORK: Readonly<
  Record<string, (link: Link, published: readonly PublishedStation[]) => Promise<unknown>>
> = {
  'writing markets': (link) => write(link, ALL.slice(0, 19), NOON_S + 60),
  'exporting the listings': (link) => inSnapshot(link, () => writeListings(link, 'live', drop, signal)),
  'exporting the set': (link) => inSnapshot(link, () => writeSet(link, 'v12', () => drop, signal)),
  demoting: (link, published) =>
    demoteStations(
      link,
      published.filter(({ id }) => id !== 7n),
      undefined,
      signal,
    ),
};

describeMariadb('rows and stations that somebody else holds', () => {
  const server = useMariadb();

  test.each(Object.entries(WORK))('%s leaves its connection as it found it', (_, work) =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await store.writeMarkets(ALL.map((id) => market(id, NOON_S)));
      const pool = createPool(server.connection(database), 20_000);
      try {
        const link = await pool.acquire();
        const session = async () => {
          const variables = await link.rows('SHOW SESSION VARIABLES');
          return variables.filter(([name]) => !PASSING.test(String(name)));
        };
        const published = await readLines(link, ALL.map(BigInt), []);
        const before = await session();
        await holdRows(other);
        await work(
          link,
          published.map(({ id, lines }) => ({ id: BigInt(id), lines: lines.join('\n') })),
        );
        expect(await session()).toEqual(before);
        const locks = ALL.map((id) => `IS_USED_LOCK('td.station.${id}')`);
        const [held] = await link.rows(`SELECT @@in_transaction, COALESCE(${locks.join()})`);
        expect(held).toEqual(['0', null]);
      } finally {
        await pool.close();
      }
    }),
  );

  test('after a wait and an export, the same connection writes what it is told next', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await store.writeMarkets(ALL.map((id) => market(id, NOON_S)));
      await holdRows(other);
      await store.writeMarkets(ALL.map((id) => market(id, NOON_S + 60)));
      await store.exportListings('live', drop);
      await other.query('UPDATE StationItem SET demand_price = 77 WHERE station_id = 7');
      const writing = store.writeMarkets([market(7, NOON_S + 120)]);
      await aWaitFor(server);
      await other.query('COMMIT');
      expect(await writing).toMatchObject([{ status: 'written' }]);
      expect((await readMarkets(server, database)).get(7)).toBe(shown(market(7, NOON_S + 120)));
    }));

  test('many stations that are held are waited for together', () =>
    withWorld(server, STATIONS, async (_, database, other) => {
      const held = ALL.slice(5);
      await other.query(`SELECT ${held.map((id) => `GET_LOCK('td.station.${id}', 0)`).join()}`);
      // One after the other, that would be most of a minute: longer than a statement may take.
      const lock = { timeoutMs: 1_000, maxRetries: 4, backoffStartMs: 50 };
      const store = storeOn(server, database, { lock, statementTimeoutMs: 5_000 });
      try {
        const outcomes = await store.writeMarkets(ALL.map((id) => market(id, NOON_S)));
        expect(outcomes.map(({ status }) => status)).toEqual(
          ALL.map((id) => (held.includes(id) ? 'contended' : 'written')),
        );
      } finally {
        await store.close();
      }
    }));

  test('what somebody without locks is about to write is not made baseline', () =>
    withWorld(server, STATIONS, async (store, database, other) => {
      await store.writeMarkets(ALL.map((id) => market(id, NOON_S)));
      const pool = createPool(server.connection(database), 20_000);
      const link = await pool.acquire();
      const published = await readLines(link, ALL.map(BigInt), []);
      await pool.close();
      await holdRows(other);
      await other.query('UPDATE StationItem SET demand_price = 77, from_live = 1 WHERE station_id = 7');
      const demoting = store.demote(
        published.map(({ id, lines }) => ({ id: BigInt(id), lines: lines.join('\n') })),
      );
      await aWaitFor(server);
      await other.query('COMMIT');
      expect(await demoting).toBe(STATIONS - 1);
      expect(await store.liveStations()).toEqual(BigInt64Array.from([7n]));
    }));
});
