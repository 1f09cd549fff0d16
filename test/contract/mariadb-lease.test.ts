import { expect, test } from 'vitest';
import type { Claimed } from '../../src/domain/ports/upkeep/leadership.ts';
import { createMariadbLease, type LeaseOptions } from '../../src/infra/store/mariadb/leadership/lease.ts';
import { batch, NO_TABLES, systemRow } from './store-galaxy-batches.ts';
import { aWaitFor, describeMariadb, useMariadb } from '../support/mariadb.ts';
import { market, NOON_S, storeOn, withWorld } from '../support/mariadb-world.ts';
import { until } from '../support/until.ts';

const signal = new AbortController().signal;
/** Long enough for a slow machine to renew in, short enough to be waited for. */
const LEASE_MS = 1_500;

type Held = Extract<Claimed, { leads: true }>;

describeMariadb('the lease by which one daemon leads', () => {
  const server = useMariadb();

  const leaseOn = (database: string, name: string, options: Partial<LeaseOptions> = {}) =>
    createMariadbLease({
      connection: server.connection(database),
      ...{ name, url: `http://${name}:8390`, leaseMs: LEASE_MS, marginMs: 300 },
      ...options,
    });

  test('one has it, until it gives it up; each leader has a greater epoch', async () => {
    const database = await server.createDatabase();
    const [a, b, c] = ['a', 'b', 'c'].map((name) => leaseOn(database, name)) as [Lease, Lease, Lease];
    try {
      const first = await Promise.all([a.claim(signal), b.claim(signal), c.claim(signal)]);
      expect(first.filter(({ leads }) => leads)).toHaveLength(1);
      const all = [a, b, c];
      const by = all[first.findIndex(({ leads }) => leads)]!;
      const others = all.filter((each) => each !== by);
      const { leader, heldMs } = first.find(({ leads }) => leads) as Held;
      expect(heldMs).toBeGreaterThan(0);
      expect(heldMs, 'it takes it for lost before the others do').toBeLessThanOrEqual(LEASE_MS - 300);
      expect(leader).toMatchObject({ epoch: 1, url: `http://${leader.name}:8390` });
      expect(Math.abs(leader.sinceS - Date.now() / 1000)).toBeLessThan(5);
      expect(by.epoch).toBe(1);

      expect(await others[0]!.claim(signal), 'the others know who').toEqual({ leads: false, leader });
      expect(others[0]!.epoch).toBeNull();
      expect(await by.renew(signal)).toMatchObject({ held: true });
      await by.release();
      expect(by.epoch).toBeNull();
      expect(await by.renew(signal)).toEqual({ held: false });
      expect(await others[1]!.claim(signal), 'free at once').toMatchObject({
        leads: true,
        leader: { epoch: 2 },
      });
      expect(await by.claim(signal)).toMatchObject({ leads: false, leader: { epoch: 2 } });
    } finally {
      await Promise.all([a.close(), b.close(), c.close()]);
    }
  });

  test('a daemon that is gone loses it at once, one that does not move when it has run out', async () => {
    const database = await server.createDatabase();
    // At once, and not when it has run out.
    const gone = leaseOn(database, 'gone', { leaseMs: 3_600_000 });
    const [frozen, next] = [leaseOn(database, 'frozen'), leaseOn(database, 'next')];
    try {
      await gone.claim(signal);
      expect(await frozen.claim(signal)).toMatchObject({ leads: false });
      // As a process that is killed: its connection ends, and nothing is said.
      await gone.close();
      await until(async () => (await frozen.claim(signal)).leads);
      const beganMs = performance.now();
      await until(async () => (await next.claim(signal)).leads, 50);
      expect(performance.now() - beganMs, 'not before it has run out').toBeGreaterThan(LEASE_MS - 300);
      expect(frozen.epoch, 'which it knew itself').toBeNull();
      expect(await frozen.renew(signal)).toEqual({ held: false });
      expect(next.epoch).toBe(3);
    } finally {
      await Promise.all([frozen.close(), next.close()]);
    }
  });

  test('what a leader of the past writes is refused, and what it has begun is ended', async () => {
    await withWorld(server, 8, async (_, database, other) => {
      const past = { epoch: null as number | null };
      const store = storeOn(server, database, { statementTimeoutMs: 20_000, lease: past });
      const [before, next] = [leaseOn(database, 'before'), leaseOn(database, 'next')];
      const rows = async () => {
        const [found] = await server.sql('SELECT COUNT(*) AS n FROM StationItem', database);
        return Number(found?.n);
      };
      const purge = () => store.purge({ olderThanS: NOON_S + 1 });
      try {
        await store.writeMarkets([7, 8].map((id) => market(id, NOON_S)));
        const written = await rows();
        await expect(purge(), 'who does not lead').rejects.toMatchObject({ code: 'leadership' });
        await before.claim(signal);
        past.epoch = before.epoch;
        await other.query('START TRANSACTION');
        await other.query('SELECT * FROM StationItem WHERE station_id = 7 FOR UPDATE');
        const begun = purge().then(
          () => 'done',
          (error: unknown) => error,
        );
        await aWaitFor(server);
        await before.release();
        expect(await next.claim(signal)).toMatchObject({ leads: true, leader: { epoch: 2 } });
        // It is not waited for: its connection is ended.
        expect(await begun).toMatchObject({ code: 'unavailable' });
        await other.query('ROLLBACK');

        // Woken up, it knows nothing of that.
        await expect(purge()).rejects.toMatchObject({ code: 'leadership' });
        expect(await rows()).toBe(written);
        const dump = batch({ systems: [systemRow({ id: 99n, name: 'Newly' })] });
        const imported = await store.beginImport(NO_TABLES);
        await expect(imported.apply(dump)).rejects.toMatchObject({ code: 'leadership' });
        await imported.close();
        await expect(store.demote([{ id: 7n, lines: '' }])).rejects.toMatchObject({ code: 'leadership' });
        await expect(store.checkTimes({ repair: true })).rejects.toMatchObject({ code: 'leadership' });
        expect(await store.checkTimes({ repair: false }), 'looking is nothing of a leader').toMatchObject({
          rows: 0,
        });
        // Receiving and writing is everybody's.
        expect(await store.writeMarkets([market(7, NOON_S + 9)])).toMatchObject([{ status: 'written' }]);
        // Its lease may have run out on a slow machine.
        await next.claim(signal);
        past.epoch = next.epoch;
        expect(await purge()).toBe(written / 2);
      } finally {
        await Promise.all([store.close(), before.close(), next.close()]);
      }
    });
  });

  test('sessions of another account that cannot be ended are told of, and waited for', async () => {
    await withWorld(server, 8, async (store, database, other) => {
      await server.sql("CREATE OR REPLACE USER other@'%' IDENTIFIED BY 'p%ss;w#rd'");
      await server.sql("GRANT ALL ON `tdl\\_%`.* TO other@'%'");
      const past = { epoch: null as number | null };
      await store.writeMarkets([market(7, NOON_S)]);
      const led = storeOn(server, database, { statementTimeoutMs: 20_000, lease: past });
      const before = leaseOn(database, 'before');
      const next = leaseOn(database, 'next', {
        connection: { ...server.connection(database), user: 'other' },
      });
      try {
        await before.claim(signal);
        past.epoch = before.epoch;
        await other.query('SET SESSION innodb_lock_wait_timeout = 30');
        await other.query('START TRANSACTION');
        await other.query('SELECT * FROM StationItem WHERE station_id = 7 FOR UPDATE');
        // It may fail long before it is waited for.
        const begun = led
          .purge({ olderThanS: NOON_S + 1 })
          .catch((error: unknown) => expect(error).toMatchObject({ code: 'leadership' }));
        await aWaitFor(server);
        await before.release();
        // It may slip in between two tries of that transaction.
        await next.claim(signal).catch((error: unknown) => {
          expect(error).toMatchObject({
            code: 'busy',
            advice: expect.stringContaining('CONNECTION ADMIN') as string,
          });
        });
        await other.query('ROLLBACK');
        await begun;
        await until(async () => (await next.claim(signal)).leads, 50);
      } finally {
        await Promise.all([led.close(), before.close(), next.close()]);
      }
    });
  });
});

type Lease = ReturnType<typeof createMariadbLease>;
