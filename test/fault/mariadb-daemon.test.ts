import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatTimestamp } from '../../src/domain/timestamp.ts';
import { startMariadbDaemon, type MariadbDaemon } from '../support/mariadb-daemon.ts';
import { makeMariadbGalaxy, mariadbRows } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodity, commodityMessage, FDEVIDS_DIR, frame, OBSERVED_AT_S } from '../support/messages.ts';
import { expectedMarkets, itemIdsFrom } from '../support/oracle.ts';
import { troubles } from '../support/program-output.ts';
import { until } from '../support/until.ts';

/** How long the server stands still; the issue asks for 30 s, which is tried with TDL_TEST_PAUSE_MS=30000. */
const PAUSE_MS = Number(process.env.TDL_TEST_PAUSE_MS ?? 2_500);
const SYSTEMS = ['Sol', 'Alioth'];
const STATIONS = 200;
const GOODS = ['gold', 'silver', 'platinum', 'palladium', 'hydrogenfuel'];

const LOST = /^database not available/;
const BACK = /^database available again/;

describeMariadb('the daemon on a MariaDB server', () => {
  const server = useMariadb();
  let database: string;

  beforeEach(async () => {
    database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, SYSTEMS);
  });
  afterEach(async () => {
    await server.sql("ALTER USER tdl@'%' IDENTIFIED BY '" + server.connection('').password + "'");
    await server.dropDatabase(database);
  });

  /** Publishes while `disturb` runs and a while longer, and waits until all is settled. */
  async function underLoad(daemon: MariadbDaemon, disturb: () => Promise<void>): Promise<void> {
    const messages: unknown[] = [];
    const disturbance = { done: false };
    const disturbed = disturb().finally(() => (disturbance.done = true));
    while (!disturbance.done || messages.length < 3 * STATIONS) {
      const message = messageOf(messages.length);
      messages.push(message);
      await daemon.relay.publish(frame(message));
      await sleep(3);
    }
    await disturbed;
    await daemon.quiet(messages.length);
    const expected = expectedMarkets(messages, itemIdsFrom(FDEVIDS_DIR), new Set(SYSTEMS));
    expect(await mariadbRows(server, database)).toEqual(expected);
  }

  /** Until the database has something of the daemon's. */
  async function storing(): Promise<void> {
    await until(async () => (await mariadbRows(server, database)).length > 0);
  }

  /** Until the daemon has heard half of the stations more. */
  async function hearing(daemon: MariadbDaemon): Promise<void> {
    const heard = () => Number(daemon.program.log.findLast((line) => 'received' in line)?.received ?? 0);
    const before = heard();
    await until(() => heard() >= before + STATIONS / 2);
  }

  function ups(daemon: MariadbDaemon): string[] {
    return daemon.program.log
      .map(({ msg }) => msg)
      .filter((msg) => msg.startsWith('database not available') || msg.startsWith('database available again'))
      .map((msg) => (msg.startsWith('database not available') ? 'lost' : 'back'));
  }

  /** An export that is due while the server is away says so, too. */
  function otherTroubles(daemon: MariadbDaemon): string[] {
    return troubles(daemon.program.log).filter(
      (msg) =>
        !msg.startsWith('database not available') &&
        !msg.startsWith('listings-live.csv not published: MariaDB at '),
    );
  }

  test('killed and started again: everything published is stored, one line each way', async () => {
    const daemon = await startMariadbDaemon(server, database);
    await underLoad(daemon, async () => {
      await storing();
      await server.kill();
      await daemon.program.logged(LOST);
      await hearing(daemon);
      await server.start();
      await daemon.program.logged(BACK);
    });
    expect(ups(daemon)).toEqual(['lost', 'back']);
    expect(otherTroubles(daemon)).toEqual([]);
    await daemon.stop();
  });

  test('standing still for a while: everything published is stored', async () => {
    const daemon = await startMariadbDaemon(server, database);
    await underLoad(daemon, async () => {
      await storing();
      server.pause();
      await sleep(PAUSE_MS);
      server.resume();
    });
    expect(otherTroubles(daemon)).toEqual([]);
    await daemon.stop();
  });

  test('connections killed one by one: everything published is stored', async () => {
    const daemon = await startMariadbDaemon(server, database);
    await underLoad(daemon, async () => {
      for (let i = 0; i < 10; i++) {
        await sleep(200);
        const theirs = await server.sql("SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'tdl'");
        for (const { ID } of theirs) await server.sql(`KILL ${ID}`).catch(() => undefined);
      }
    });
    await daemon.stop();
    // Now all is said: that it is back is told a moment after the last market is stored.
    const lines = daemon.program.log
      .map(({ msg }) => msg)
      .filter(
        (msg) => msg.startsWith('database not available') || msg.startsWith('database available again'),
      );
    for (const [i, line] of lines.entries()) {
      const before = lines[i - 1];
      // It may be lost for another reason before it is back.
      if (line.startsWith('database not available')) expect(line).not.toBe(before);
      else expect(before).toMatch(LOST);
    }
    expect(lines.at(-1) ?? '').not.toMatch(LOST);
  });

  test('read-only for a while: everything published is stored, one line each way', async () => {
    const daemon = await startMariadbDaemon(server, database);
    await underLoad(daemon, async () => {
      await storing();
      await server.sql('SET GLOBAL read_only = 1');
      const line = await daemon.program.logged(LOST);
      expect(line.msg).toContain('is read-only');
      await hearing(daemon);
      await server.sql('SET GLOBAL read_only = 0');
      await daemon.program.logged(BACK);
    });
    expect(ups(daemon)).toEqual(['lost', 'back']);
    await daemon.stop();
  });

  test('a wrong password at the start, then corrected: everything published is stored, one line each way', async () => {
    await server.sql("ALTER USER tdl@'%' IDENTIFIED BY 'another'");
    const daemon = await startMariadbDaemon(server, database);
    await underLoad(daemon, async () => {
      const line = await daemon.program.logged(LOST);
      expect(line.msg).toMatch(/does not let this user in.*correct user or password/);
      await hearing(daemon);
      await server.sql(`ALTER USER tdl@'%' IDENTIFIED BY '${server.connection('').password}'`);
      await daemon.program.logged(BACK);
    });
    expect(ups(daemon)).toEqual(['lost', 'back']);
    expect(daemon.program.log.map(({ msg }) => msg).join()).not.toContain(server.connection('').password);
    await daemon.stop();
  });

  test('a database that is missing at the start: everything published is stored, one line each way', async () => {
    await server.dropDatabase(database);
    const daemon = await startMariadbDaemon(server, database);
    await underLoad(daemon, async () => {
      const line = await daemon.program.logged(LOST);
      expect(line.msg).toContain('has no such database');
      await hearing(daemon);
      await server.sql(`CREATE DATABASE ${database}`);
      await daemon.program.logged(BACK);
      await server.sql(
        "INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0), (2, 'Alioth', 0, 0, 0)",
        database,
      );
    });
    expect(ups(daemon)).toEqual(['lost', 'back']);
    await daemon.stop();
  });
});

/** The n-th message: every station in turn, later each time. */
function messageOf(n: number): unknown {
  const station = n % STATIONS;
  return commodityMessage({
    marketId: 128_000_000 + station,
    stationName: `Station ${station}`,
    systemName: SYSTEMS[station % SYSTEMS.length],
    timestamp: `${formatTimestamp(OBSERVED_AT_S + n).replace(' ', 'T')}Z`,
    commodities: GOODS.filter((_, i) => (n + i) % 4 !== 0).map((name) =>
      commodity(name, { sellPrice: n + 1 }),
    ),
  });
}
