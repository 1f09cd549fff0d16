import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startProgram, writeConfig, type Program } from '../support/daemon.ts';
import { EventReader } from '../support/event-reader.ts';
import { Follower } from '../support/follower.ts';
import { makeGalaxy, marketRows, type MarketRow } from '../support/galaxy.ts';
import { makeMariadbGalaxy, mariadbRows, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { SeededRandom } from '../support/random.ts';
import { startRelay } from '../support/relay.ts';
import { tempDir } from '../support/temp-dir.ts';
import { times, whenMany } from '../support/times.ts';
import { until } from '../support/until.ts';

const MARKETS = Array.from({ length: 12 }, (_, i) => ({ id: 7_001 + i, name: `Port ${i}`, system: 'Sol' }));
const GOODS = ['gold', 'silver', 'tritium'];
const DAEMON_KILLS = times(2, 6);
const READERS = 6;

interface World {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly rows: () => Promise<MarketRow[]>;
  /** Kills the database and starts it again. */
  readonly killDatabase?: () => Promise<void>;
}

/** Subscribers, the daemon and its database are killed at random while markets come. */
async function killed({ cwd, env = {}, rows, killDatabase }: World): Promise<void> {
  const random = new SeededRandom(5);
  const relay = await startRelay();
  onTestFinished(() => relay.close());
  writeConfig(cwd, {
    ...{ eddn_url: relay.url, http_listen: '127.0.0.1:0', listener_processor_rate_every: 60 },
    ...{ listener_db_backoff_min: 0.1, listener_db_backoff_cap: 0.5, api_questions_per_minute: 0 },
    subscriptions: [{ name: 'all', systems: ['Sol'] }],
  });
  let url = '';
  let program: Program;
  const start = async () => {
    program = startProgram({ cwd, env });
    url = String((await program.logged(/^http: http/)).url);
    await relay.waitForSubscribers();
  };
  onTestFinished(async () => {
    program.kill('SIGKILL');
    await program.exit;
  });
  await start();

  let isOver = false;
  const queries = ['subscription=all', `markets=${MARKETS.map(({ id }) => id).join()}`];
  const followers = Array.from({ length: READERS }, () => new Follower());
  const open = new Set<EventReader>();
  /** Comes again and again, from where it was. */
  const follow = async (follower: Follower, at: number) => {
    const own = new SeededRandom(100 + at);
    while (!isOver) {
      const opened = EventReader.open(`${url}/api/v1/stream?${queries[at % 2]}`, follower.lastId);
      const reader = await opened.catch(() => null);
      if (reader?.status !== 200) {
        reader?.close();
        await sleep(50);
        continue;
      }
      open.add(reader);
      const leavesAt = Date.now() + own.integer(200, 3_000);
      await until(() => {
        follower.take(reader.events);
        return isOver || reader.isEnded || (at > 1 && Date.now() > leavesAt);
      });
      reader.close();
      follower.take(reader.events);
      open.delete(reader);
      await sleep(own.integer(0, 200));
    }
  };
  const following = Promise.all(followers.map(follow));

  let number = 0;
  const see = async ({ id, name, system }: (typeof MARKETS)[number], goods: readonly string[]) => {
    number += 1;
    const message = commodityMessage({
      ...{ marketId: id, stationName: name, systemName: system, timestamp: new Date().toISOString() },
      commodities: goods.map((good) =>
        commodity(good, { sellPrice: random.integer(1, 3), buyPrice: number }),
      ),
    });
    await relay.publish(frame(message));
  };
  const disturbed = new AbortController();
  const publishing = (async () => {
    while (!disturbed.signal.aborted) {
      const goods = GOODS.filter(() => random.chance(0.7));
      await see(random.pick(MARKETS), goods.length === 0 ? GOODS : goods);
      await sleep(random.integer(5, 40));
    }
  })();
  for (let kills = 0; kills < DAEMON_KILLS; kills++) {
    await sleep(random.integer(1_500, 3_000));
    if (kills === 0 || random.chance(0.5)) await killDatabase?.();
    await sleep(random.integer(0, 800));
    program!.kill('SIGKILL');
    await program!.exit;
    await start();
  }
  await sleep(1_000);
  disturbed.abort();
  await publishing;
  // One more of every market: what the relay sent while no daemon listened is gone.
  await sleep(1_100);
  const last = number;
  for (const market of MARKETS) await see(market, GOODS);
  const written = async () => (await rows()).filter(({ supply_price: price }) => price > last);
  await until(async () => (await written()).length === MARKETS.length * GOODS.length, 200);
  const truth = (await rows()).map((row) => [
    row.station_id,
    row.item_id,
    { buyPrice: row.supply_price, sellPrice: row.demand_price },
  ]);
  await until(
    () => followers.every((each) => each.held().length === truth.length && newest(each) > last),
    100,
  );
  isOver = true;
  await following;
  for (const follower of followers) {
    expect(follower.held()).toEqual(truth);
    expect(follower.snapshots, 'whoever resumes is not sent back to the beginning').toBe(1);
  }

  function newest({ markets }: Follower): number {
    const all = [...markets.values()].flatMap((goods) => [...goods.values()]);
    return Math.min(...all.map(({ buyPrice }) => buyPrice ?? 0));
  }
}

test('SQLite: whoever resumes misses nothing, and is told nothing twice', async () => {
  const cwd = tempDir();
  const file = `${cwd}/data/TradeDangerous.db`;
  await makeGalaxy(file, ['Sol'], MARKETS);
  await killed({ cwd, rows: () => Promise.resolve(marketRows(file)) });
}, 120_000);

whenMany(describeMariadb)('MariaDB', () => {
  const server = useMariadb();

  test('whoever resumes misses nothing, and is told nothing twice', async () => {
    const cwd = tempDir();
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol'], MARKETS);
    await killed({
      cwd,
      env: { TD_DB_CONFIG: writeDbConfig(cwd, server, database) },
      rows: () => mariadbRows(server, database),
      async killDatabase() {
        await server.kill();
        await sleep(300);
        await server.start();
      },
    });
    await server.dropDatabase(database);
  }, 120_000);
});
