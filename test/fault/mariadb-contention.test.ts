import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { MarketStore } from '../../src/domain/ports/market-store.ts';
import type { Snapshot } from '../../src/domain/snapshot.ts';
import { formatTimestamp } from '../../src/domain/timestamp.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { ITEMS, market, NOON_S, populate, readMarkets, storeOn } from '../support/mariadb-world.ts';
import { IMPORTER, LISTENER, SecondWriter, type LockManner } from '../support/second-writer.ts';

/** How long the writers meet; the issue asks for a minute, which is tried with TDL_TEST_CONTENTION_MS=60000. */
const DURATION_MS = Number(process.env.TDL_TEST_CONTENTION_MS ?? 4_000);

const STATIONS = 500;

describeMariadb('other writers of the same stations', () => {
  const server = useMariadb();

  async function withWorld(stations: number, run: (store: MarketStore, database: string) => Promise<void>) {
    const database = await server.createDatabase();
    await populate(server, database, stations);
    const store = storeOn(server, database, { statementTimeoutMs: 20_000 });
    await store.useCatalogue(ITEMS);
    try {
      await run(store, database);
    } finally {
      await store.close();
      await server.dropDatabase(database);
    }
  }

  test('a busy lock puts off that station only, and it is written when the lock is free', () =>
    withWorld(3, async (store, database) => {
      const other = await server.connect(database);
      await other.query("SELECT GET_LOCK('td.station.2', 0)");
      const batch = [1, 2, 3].map((id) => market(id, NOON_S));
      expect(await store.writeMarkets(batch)).toMatchObject([
        { status: 'written' },
        { status: 'locked' },
        { status: 'written' },
      ]);
      expect([...(await readMarkets(server, database)).keys()]).toEqual([1, 3]);
      await other.end();
      expect(await store.writeMarkets([market(2, NOON_S)])).toMatchObject([{ status: 'written' }]);
    }));

  test('no lock is kept after writing', () =>
    withWorld(1, async (store, database) => {
      await store.writeMarkets([market(1, NOON_S)]);
      const [row] = await server.sql("SELECT IS_FREE_LOCK('td.station.1') AS free", database);
      expect(row).toEqual({ free: '1' });
    }));

  test('a row that another transaction holds puts off that station only', () =>
    withWorld(40, async (store, database) => {
      await store.writeMarkets([market(7, NOON_S)]);
      const other = await server.connect(database);
      await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM StationItem WHERE station_id = 7 FOR UPDATE');
      const batch = Array.from({ length: 40 }, (_, i) => market(i + 1, NOON_S + 1));
      const outcomes = await store.writeMarkets(batch).finally(() => other.end());
      expect(outcomes.filter(({ status }) => status === 'locked')).toHaveLength(1);
      expect(outcomes[6]).toMatchObject({ status: 'locked' });
      expect(outcomes.filter(({ status }) => status === 'written')).toHaveLength(39);
      expect(await store.writeMarkets([market(7, NOON_S + 1)])).toMatchObject([{ status: 'written' }]);
    }));

  test('rows that somebody deletes without a lock, between our reading and writing, are written anew', () =>
    withWorld(30, async (store, database) => {
      const batch = (n: number) => Array.from({ length: 30 }, (_, i) => market(i + 1, NOON_S + n, 5));
      let n = 0;
      const purging = new AbortController();
      const purges = (async () => {
        const other = await server.connect(database);
        while (!purging.signal.aborted) await other.query('DELETE FROM StationItem WHERE item_id % 2 = 0');
        await other.end();
      })();
      while (n < 30) await store.writeMarkets(batch(++n));
      purging.abort();
      await purges;
      await store.writeMarkets(batch(++n));
      expect(new Set((await readMarkets(server, database)).values())).toEqual(
        new Set([`${ITEMS.length} 5 ${n} 1`]),
      );
    }));

  test(
    'listener and importer beside us on the same stations: the newest wins, everything deferred is written',
    { timeout: DURATION_MS + 120_000 },
    () =>
      withWorld(STATIONS, async (store, database) => {
        const endAt = performance.now() + DURATION_MS;
        let clockS = NOON_S;
        /** Station -> newest observation anybody made, and the flag of who made it. */
        const newest = new Map<number, { atS: number; fromLive: number }>();
        const observe = (fromLive: 0 | 1): Snapshot => {
          // Every other observation is of one of a few stations that all writers fight for.
          const id = 1 + Math.floor(Math.random() * (Math.random() < 0.5 ? 10 : STATIONS));
          newest.set(id, { atS: ++clockS, fromLive });
          return market(id, clockS);
        };
        let deferrals = 0;

        async function others(manner: LockManner): Promise<number> {
          const writer = await SecondWriter.connect(server.connection(database), manner);
          for (let n = 1; performance.now() < endAt; n++) {
            const { marketId, observedAtS, rows } = observe(manner.fromLive);
            const observation = {
              stationId: marketId,
              modified: formatTimestamp(observedAtS),
              itemIds: ITEMS.map(({ id }) => id),
              mark: rows[1]!,
            };
            // Now and then a station takes long.
            await writer.write(observation, () => sleep(n % 40 === 0 ? 1_500 : 0));
          }
          await writer.end();
          return writer.busy + writer.repeated;
        }

        async function ours(): Promise<void> {
          let waiting = new Map<number, Snapshot>();
          while (performance.now() < endAt || waiting.size > 0) {
            for (let i = 0; performance.now() < endAt && i < 40; i++) {
              const snapshot = observe(1);
              waiting.set(snapshot.marketId, snapshot);
            }
            const batch = [...waiting.values()];
            const outcomes = await store.writeMarkets(batch);
            for (const { status } of outcomes) expect(['written', 'stale', 'locked']).toContain(status);
            const locked = batch.filter((_, i) => outcomes[i]!.status === 'locked');
            deferrals += locked.length;
            waiting = new Map(locked.map((snapshot) => [snapshot.marketId, snapshot]));
          }
        }

        const [listener, importer] = await Promise.all([others(LISTENER), others(IMPORTER), ours()]);
        expect(deferrals + listener + importer).toBeGreaterThan(0);
        const expected = [...newest].map(
          ([id, { atS, fromLive }]) =>
            [id, `${ITEMS.length} ${atS - NOON_S + 1} ${atS - NOON_S} ${fromLive}`] as const,
        );
        expect(await readMarkets(server, database)).toEqual(new Map(expected.sort(([a], [b]) => a - b)));
        if (DURATION_MS >= 60_000) {
          console.log({ observations: clockS - NOON_S, deferrals, listener, importer });
        }
      }),
  );
});
