import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { ROW_LOCK_WAIT_S } from '../../src/infra/store/mariadb/session.ts';
import type { LockTuning } from '../../src/infra/store/mariadb/markets/locks.ts';
import { aWaitFor, describeMariadb, useMariadb } from '../support/mariadb.ts';
import { ITEMS, market, NOON_S, readMarkets, shown, storeOn, withWorld } from '../support/mariadb-world.ts';
import { IMPORTER, LockingWriter, PROCESSOR, type LockPolicy } from '../support/locking-writer.ts';

/** How long the writers meet; the issue asks for a minute, which is tried with TDL_TEST_CONTENTION_MS=60000. */
const DURATION_MS = Number(process.env.TDL_TEST_CONTENTION_MS ?? 4_000);

const STATIONS = 500;

describeMariadb('other writers of the same stations', () => {
  const server = useMariadb();

  test('a busy lock puts off that station only, and it is written when the lock is free', () =>
    withWorld(server, 3, async (store, database) => {
      const other = await server.connect(database);
      await other.query("SELECT GET_LOCK('td.station.2', 0)");
      const batch = [1, 2, 3].map((id) => market(id, NOON_S));
      expect(await store.writeMarkets(batch)).toMatchObject([
        { status: 'written' },
        { status: 'contended' },
        { status: 'written' },
      ]);
      expect([...(await readMarkets(server, database)).keys()]).toEqual([1, 3]);
      await other.end();
      expect(await store.writeMarkets([market(2, NOON_S)])).toMatchObject([{ status: 'written' }]);
    }));

  /** What the server was asked to wait for the locks of stations, seconds, by attempt. */
  async function waitsWith(lock: LockTuning, busy: readonly number[]): Promise<number[][]> {
    const waits: number[][] = [];
    await withWorld(server, 3, async (_, database, other) => {
      for (const id of busy) await other.query(`SELECT GET_LOCK('td.station.${id}', 0)`);
      const store = storeOn(server, database, { lock });
      await server.sql("SET GLOBAL log_output = 'TABLE', general_log = 1");
      const outcomes = await store.writeMarkets([1, 2, 3].map((id) => market(id, NOON_S)));
      await server.sql('SET GLOBAL general_log = 0');
      await store.close();
      expect(outcomes.flatMap(({ status }, i) => (status === 'contended' ? [i + 1] : []))).toEqual(busy);
      const asked = await server.sql(
        "SELECT argument FROM mysql.general_log WHERE argument LIKE 'SELECT CONCAT_WS(%GET_LOCK(\\'td.station%) AS held' ORDER BY event_time",
      );
      await server.sql('TRUNCATE mysql.general_log');
      for (const { argument } of asked)
        waits.push(
          Array.from(String(argument).matchAll(/GET_LOCK\('[^']+', ([\d.e-]+)\)/g), ([, s]) => Number(s)),
        );
    });
    return waits;
  }

  test('locks are tried so often, and waited for so long, together, as is set', async () => {
    const lock = { timeoutMs: 200, maxRetries: 3, backoffStartMs: 10 };
    expect(await waitsWith(lock, [2])).toEqual([[0, 0, 0], [0.2], [0.2]]);
    expect(await waitsWith(lock, [1, 3])).toEqual([
      [0, 0, 0],
      [0.1, 0.1],
      [0.1, 0.1],
    ]);
  });

  test('however long is set, the others of a batch wait a second at most', async () => {
    const waits = await waitsWith({ timeoutMs: 60_000, maxRetries: 9, backoffStartMs: 10 }, [2]);
    expect(waits).toHaveLength(2);
    expect(waits[1]![0]).toBeGreaterThan(0);
    expect(waits[1]![0]).toBeLessThanOrEqual(1);
  });

  test('no lock is kept after writing', () =>
    withWorld(server, 1, async (store, database) => {
      await store.writeMarkets([market(1, NOON_S)]);
      const [row] = await server.sql("SELECT IS_FREE_LOCK('td.station.1') AS free", database);
      expect(row).toEqual({ free: '1' });
    }));

  test('a row that another transaction holds puts off that station only', () =>
    withWorld(server, 40, async (store, database) => {
      await store.writeMarkets([market(7, NOON_S)]);
      const other = await server.connect(database);
      await other.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM StationItem WHERE station_id = 7 FOR UPDATE');
      const batch = Array.from({ length: 40 }, (_, i) => market(i + 1, NOON_S + 1));
      const outcomes = await store.writeMarkets(batch).finally(() => other.end());
      expect(outcomes.filter(({ status }) => status === 'contended')).toHaveLength(1);
      expect(outcomes[6]).toMatchObject({ status: 'contended' });
      expect(outcomes.filter(({ status }) => status === 'written')).toHaveLength(39);
      expect(await store.writeMarkets([market(7, NOON_S + 1)])).toMatchObject([{ status: 'written' }]);
    }));

  test('a purge goes on when rows that another transaction held for longer than a wait are free again', () =>
    withWorld(server, 2, async (store, database, other) => {
      await store.writeMarkets([market(1, NOON_S), market(2, NOON_S)]);
      await other.query('START TRANSACTION');
      await other.query('SELECT * FROM StationItem WHERE station_id = 2 FOR UPDATE');
      const purging = store.purge({ olderThanS: NOON_S + 1 });
      await aWaitFor(server);
      await sleep(1_000 * ROW_LOCK_WAIT_S + 200);
      await other.query('ROLLBACK');
      expect(await purging).toBe(2 * ITEMS.length);
      expect(await readMarkets(server, database)).toEqual(new Map());
    }));

  test('a row that somebody deletes without a lock, between our reading and writing, is written anew', () =>
    withWorld(server, 1, async (store, database) => {
      await store.writeMarkets([market(1, NOON_S, 5)]);
      const other = await server.connect(database);
      await other.query('START TRANSACTION');
      await other.query(`DELETE FROM StationItem WHERE station_id = 1 AND item_id = ${ITEMS[3]!.id}`);
      // Reads the row, for it is still there, and then waits for it.
      const writing = store.writeMarkets([market(1, NOON_S + 1, 5)]);
      await aWaitFor(server);
      await other.query('COMMIT');
      await other.end();
      expect(await writing).toMatchObject([{ status: 'written' }]);
      expect((await readMarkets(server, database)).get(1)).toBe(shown(market(1, NOON_S + 1, 5)));
    }));

  test(
    'processor and importer beside us on the same stations: the newest wins, everything deferred is written',
    { timeout: DURATION_MS + 120_000 },
    () =>
      withWorld(server, STATIONS, async (store, database) => {
        const endAt = performance.now() + DURATION_MS;
        let clockS = NOON_S;
        /** Station -> newest observation anybody made, and the flag of who made it. */
        const newest = new Map<number, { atS: number; fromLive: number }>();
        const observe = (fromLive: 0 | 1, contested = Math.random() < 0.5): Snapshot => {
          // Every other observation is of one of a few stations that all writers fight for.
          const id = 1 + Math.floor(Math.random() * (contested ? 10 : STATIONS));
          newest.set(id, { atS: ++clockS, fromLive });
          return market(id, clockS);
        };
        let deferrals = 0;

        async function others(policy: LockPolicy): Promise<number> {
          const writer = await LockingWriter.open(server.connection(database), policy);
          let deferred: Snapshot[] = [];
          for (let n = 1; performance.now() < endAt || deferred.length > 0; n++) {
            // Now and then a contested station takes longer than others wait for it.
            const isLong = n % 20 === 5 || undefined;
            const snapshot = performance.now() < endAt ? observe(policy.fromLive, isLong) : deferred.shift()!;
            const written = await writer.write(snapshot, isLong ? 1_500 : 0);
            deferred = deferred.filter(({ marketId }) => marketId !== snapshot.marketId);
            if (!written) deferred.push(snapshot);
          }
          await writer.close();
          return writer.contended;
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
            for (const { status } of outcomes) expect(['written', 'stale', 'contended']).toContain(status);
            const locked = batch.filter((_, i) => outcomes[i]!.status === 'contended');
            deferrals += locked.length;
            waiting = new Map(locked.map((snapshot) => [snapshot.marketId, snapshot]));
          }
        }

        const [processor, importer] = await Promise.all([others(PROCESSOR), others(IMPORTER), ours()]);
        expect(deferrals + processor + importer).toBeGreaterThan(0);
        const expected = [...newest].map(
          ([id, { atS, fromLive }]) =>
            [id, `${ITEMS.length} ${atS - NOON_S + 1} ${atS - NOON_S} ${fromLive}`] as const,
        );
        expect(await readMarkets(server, database)).toEqual(new Map(expected.sort(([a], [b]) => a - b)));
        if (DURATION_MS >= 60_000) {
          console.log({ observations: clockS - NOON_S, deferrals, processor, importer });
        }
      }),
  );
});
