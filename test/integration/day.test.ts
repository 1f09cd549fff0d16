import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { formatTimestamp } from '../../src/domain/timestamp.ts';
import { checkPublishedSet } from '../support/client-rules.ts';
import type { LogLine } from '../support/daemon.ts';
import { GOLD } from '../support/dump.ts';
import { marketRows, withDatabase } from '../support/galaxy.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { troubles } from '../support/program-output.ts';
import { SeededRandom } from '../support/random.ts';
import { gridDump, gridStationId, NOW_S, stop, world, type World } from '../support/spansh-world.ts';
import { until } from '../support/until.ts';

/** A day in the life of the daemon, compressed: so long, with intervals of seconds. */
const DAY_MS = 40_000;
const MESSAGES_PER_S = 100;
/** Purged at once; a million, tried with TDL_TEST_PURGE_ROWS=1000000, takes a while to make. */
const PURGE_ROWS = Number(process.env.TDL_TEST_PURGE_ROWS ?? 100_000);
const SYSTEMS = 10;
const STATIONS = 20;

const dump = (agoS: number) => gridDump(SYSTEMS, STATIONS, agoS, 9_400);

const market = (system: number, station: number, price: number) =>
  frame(
    commodityMessage({
      marketId: gridStationId(system, station),
      stationName: `Station ${station}`,
      systemName: `System ${system}`,
      commodities: [commodity('gold', { sellPrice: price })],
      timestamp: new Date().toISOString(),
    }),
  );

/** Rows of long ago at every station, and a fifth as many of now: a purge of nearly everything is refused. */
function plantOldRows({ database }: World, items: number): void {
  withDatabase(database, (db) => {
    db.exec('PRAGMA foreign_keys = OFF');
    const plant = (firstId: number, count: number, modified: string) =>
      db.exec(
        `INSERT OR IGNORE INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
           supply_units, supply_level, modified, from_live)
         WITH RECURSIVE item(id) AS (SELECT ${firstId} UNION ALL SELECT id + 1 FROM item WHERE id < ${firstId + count - 1})
         SELECT station_id, item.id, 1, 1, 1, 0, 0, 0, '${modified}', 0 FROM Station, item`,
      );
    plant(1, items, '2020-01-01 00:00:00');
    plant(items + 1, items / 5, formatTimestamp(NOW_S - 7_200));
  });
}

const oldRows = ({ database }: World) =>
  withDatabase(database, (db) =>
    Number(
      db.prepare("SELECT COUNT(*) AS n FROM StationItem WHERE modified < '2021-01-01 00:00:00'").get()?.n,
    ),
  );

const told = (log: readonly LogLine[], text: RegExp) => log.filter(({ msg }) => text.test(msg)).length;

test('a day: imports, purges, tidying, exports and a reload, while a hundred markets a second come in', async () => {
  const there = await world({
    body: dump(7_200),
    config: {
      purge_every_x_hour: 0.0015,
      db_maint_every_x_days: 0.0001,
      check_update_every_x_hour: 0.01,
      export_live_every_x_min: 0.05,
    },
  });
  const { server, relay, database, cwd, start } = there;
  const program = start();
  await relay.waitForSubscribers();
  await program.logged(/are baseline now/);
  plantOldRows(there, 50);

  const random = new SeededRandom(1);
  const expected = new Map<number, number>();
  const startMs = Date.now();
  let sent = 0;
  let reloaded = false;
  while (Date.now() - startMs < DAY_MS) {
    const [system, station] = [random.integer(0, SYSTEMS - 1), random.integer(0, STATIONS - 1)];
    sent += 1;
    expected.set(gridStationId(system, station), 1_000_000 + sent);
    await relay.publish(market(system, station, 1_000_000 + sent));
    // As many as are due by now, however slow this machine is.
    await sleep(Math.max(0, startMs + (sent * 1_000) / MESSAGES_PER_S - Date.now()));
    if (!reloaded && Date.now() - startMs > DAY_MS / 3) {
      reloaded = true;
      server.body = dump(3_600);
      server.etag = '"two"';
      const file = join(cwd, 'tradedangerous-listener-config.json');
      const config = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...config, export_live_every_x_min: 0.01 }));
      program.kill('SIGHUP');
    }
  }
  const done = (text: RegExp) => told(program.log, text);
  await until(() => done(/are baseline now/) === 2);
  await until(() => done(/maintenance: purged/) >= 3 && done(/maintenance: database optimized/) >= 2);
  await until(() => done(/^listings-live\.csv:/) >= 5);
  // What has not arrived when the daemon is told to stop is not taken.
  await until(() => program.log.findLast((line) => 'pending' in line)?.received === sent);
  await stop(program);

  const { log } = program;
  const totals = log.findLast((line) => 'accepted' in line);
  expect(totals).toMatchObject({ received: sent, accepted: sent, rejected: {} });
  const prices = new Map(marketRows(database).map((row) => [row.station_id, row.demand_price]));
  expect([...expected].filter(([id, price]) => prices.get(id) !== price)).toEqual([]);
  expect(oldRows(there)).toBe(0);
  expect(checkPublishedSet(join(cwd, 'data'), 'v12')).toEqual([]);

  expect(told(log, /configuration read again: export_live_every_x_min in force/)).toBe(1);
  expect(troubles(log)).toEqual([]);
  expect(overlaps(log), 'no window while an update is at work').toEqual([]);
}, 180_000);

/** Windows that began between an import and its demotion, and imports that ended in a window. */
function overlaps(log: readonly LogLine[]): string[] {
  let updating = false;
  let inWindow = false;
  return log
    .map(({ msg }) => msg)
    .filter((msg) => {
      if (/^maintenance: (purging|optimizing)/.test(msg)) inWindow = true;
      if (/^maintenance: (purged|database optimized)/.test(msg)) inWindow = false;
      if (msg.startsWith('Spansh: imported')) updating = true;
      if (msg.includes('are baseline now')) updating = false;
      return inWindow && updating;
    });
}

test('a market that comes in while a lot is purged is in the database after it', async () => {
  const there = await world({ body: dump(7_200), config: { purge_every_x_hour: 0.002 } });
  const { relay, database, start } = there;
  const first = start();
  await first.logged(/are baseline now/);
  await stop(first);
  plantOldRows(there, PURGE_ROWS / (SYSTEMS * STATIONS));
  expect(oldRows(there)).toBe(PURGE_ROWS);

  const program = start();
  await relay.waitForSubscribers();
  await program.logged(/maintenance: purging/);
  await relay.publish(market(3, 4, 2_000_000));
  const { rows } = await program.logged(/maintenance: purged/);
  expect(rows).toBe(PURGE_ROWS);
  await until(() => marketRows(database).some((row) => row.demand_price === 2_000_000));
  await stop(program);
  const heard = program.log.findLast((line) => 'accepted' in line);
  expect(heard).toMatchObject({ received: 1, written: 1 });
  expect(marketRows(database).find((row) => row.station_id === gridStationId(3, 4))).toMatchObject({
    item_id: GOLD,
    from_live: 1,
  });
}, 600_000);
