import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { streamOf } from '../support/broker.ts';
import { aLeaderAmong, startCluster, type Member } from '../support/cluster.ts';
import { makeMariadbGalaxy } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { MovingSubscriber } from '../support/moving-subscriber.ts';
import { SeededRandom } from '../support/random.ts';
import { describeRedis, useRedis } from '../support/redis.ts';
import { startRelay, type Relay } from '../support/relay.ts';
import { until } from '../support/until.ts';

/** `npm run test:chaos` goes on for ten minutes, and sends more. */
const { TDL_TEST_CHAOS_MS } = process.env;
const CHAOS_MS = Number(TDL_TEST_CHAOS_MS ?? 6_000);
const RATE_PER_S = TDL_TEST_CHAOS_MS === undefined ? 40 : 100;
const SEED = Number(process.env.TDL_TEST_CHAOS_SEED ?? 1);
const MARKETS = Array.from({ length: 60 }, (_, i) => 1_000 + i);
const GOLD = 128_049_154;
/** What makes another lead, and how long it may take until one does. */
const MOST_MS = { kill: 5_000, freeze: 15_000, database: 15_000 } as const;
type Deposing = keyof typeof MOST_MS;
/** `database`, `broker`, `peers`: it is cut off from there. */
type Harm = Deposing | 'broker' | 'peers';
const HARMS: readonly Harm[] = ['kill', 'freeze', 'database', 'broker', 'peers'];
const deposes = (harm: Harm): harm is Deposing => harm in MOST_MS;

describeMariadb('three daemons that are killed, frozen and cut off in any order', () => {
  const server = useMariadb();

  describeRedis('with a broker', () => {
    const redis = useRedis();

    test(`seed ${SEED}`, { timeout: CHAOS_MS + 120_000 }, async () => {
      const random = new SeededRandom(SEED);
      const database = await server.createDatabase();
      await makeMariadbGalaxy(server, database, ['Sol']);
      const relay = await startRelay();
      const members = await startCluster(server, database, relay, { brokerPort: redis.port });
      await relay.waitForSubscribers(members.length);
      await aLeaderAmong(members);
      const ending = new AbortController();
      const newest = new Map<number, number>();
      const publishing = publish(relay, random, newest, ending.signal);
      const subscriber = new MovingSubscriber(
        members.map(({ url }) => `${url}/api/v1/stream?markets=${MARKETS.join()}`),
      );
      const subscribing = subscriber.follow(ending.signal);

      const moved: Record<Deposing, number[]> = { kill: [], freeze: [], database: [] };
      const endMs = performance.now() + CHAOS_MS;
      while (performance.now() < endMs) {
        const leader = await aLeaderAmong(members);
        // One is left alone, so that everything is heard by somebody.
        const spared = random.pick(members);
        const harms = members
          .filter((member) => member !== spared && (member === leader || random.chance(0.3)))
          .map((member) => ({ member, harm: random.pick(HARMS) }));
        const beganMs = performance.now();
        for (const { member, harm } of harms) inflict(member, harm);
        const others = members.filter(
          (member) => !harms.some((each) => each.member === member && deposes(each.harm)),
        );
        await aLeaderAmong(others);
        const worst = harms.find(({ member }) => member === leader)?.harm;
        if (worst !== undefined && deposes(worst)) {
          const tookMs = performance.now() - beganMs;
          moved[worst].push(tookMs);
          expect(tookMs, `leadership moves after a ${worst}`).toBeLessThan(MOST_MS[worst]);
        }
        await Promise.all(others.map(lookAtFiles));
        await sleep(random.between(0, 2_000));
        await Promise.all(harms.map(({ member, harm }) => mend(member, harm)));
        // Until all hear again.
        await Promise.all(members.map(isReady));
        await relay.waitForSubscribers(members.length);
        // What one alone has heard is in its spool a second later, and it may be the next to be killed.
        await sleep(1_500);
      }
      ending.abort();
      const sent = await publishing;
      await subscribing;

      const stored = async () => {
        const rows = await server.sql(
          `SELECT station_id, MAX(supply_price) AS price FROM StationItem WHERE item_id = ${GOLD} GROUP BY station_id`,
          database,
        );
        return new Map(rows.map((row) => [Number(row.station_id), Number(row.price)]));
      };
      await expect.poll(stored, { interval: 200 }).toEqual(newest);
      const [twice] = await server.sql(
        `SELECT id FROM tdl_change WHERE kind = 'market' GROUP BY id, observed_s HAVING COUNT(*) > 1`,
        database,
      );
      expect(twice, 'no observation is written by two').toBeUndefined();

      await until(async () => {
        const goods = await redis.ask((client) =>
          Promise.all([...newest.keys()].map((id) => client.hGet(`tdl:latest:${id}`, String(GOLD)))),
        );
        return [...newest.values()].every((price, i) => goods[i]?.startsWith(`[${price},`) === true);
      }, 200);
      for (const [id, prices] of goldByMarket(await streamOf(redis))) {
        expect(prices, `the broker is told of ${id} in order`).toEqual(prices.toSorted((a, b) => a - b));
      }

      await subscriber.until((markets) =>
        [...newest].every(([marketId, price]) => markets.get(marketId)?.get(GOLD)?.buyPrice === price),
      );
      const told = Object.entries(moved).map(
        ([harm, times]) => `${harm} ${times.map(Math.round).join(', ')} ms`,
      );
      console.log(
        `chaos, seed ${SEED}: ${sent} messages; a subscriber moved ${subscriber.moves} times; leadership moved after ${told.join('; ')}`,
      );
    });
  });
});

/** Every message has a price of its own, larger than all before it. @returns how many there were */
async function publish(
  relay: Relay,
  random: SeededRandom,
  newest: Map<number, number>,
  signal: AbortSignal,
): Promise<number> {
  const firstS = Math.floor(Date.now() / 1000) - 2 * 86_400;
  let sent = 0;
  while (!signal.aborted) {
    for (let i = 0; i < RATE_PER_S / 20; i++) {
      sent += 1;
      const marketId = random.pick(MARKETS);
      newest.set(marketId, sent);
      const timestamp = `${new Date((firstS + sent) * 1000).toISOString().slice(0, 19)}Z`;
      const commodities = [commodity('gold', { buyPrice: sent }), commodity('silver')];
      const stationName = `S ${marketId}`;
      await relay.publish(frame(commodityMessage({ marketId, stationName, timestamp, commodities })));
    }
    await sleep(50);
  }
  return sent;
}

function inflict({ program, networks }: Member, harm: Harm): void {
  if (harm === 'kill') program.kill('SIGKILL');
  else if (harm === 'freeze') program.kill('SIGSTOP');
  else networks[harm]?.cut();
}

async function mend(member: Member, harm: Harm): Promise<void> {
  if (harm === 'freeze') member.program.kill('SIGCONT');
  else if (harm === 'kill') {
    await member.program.exit;
    member.start();
  } else member.networks[harm]?.heal();
}

async function isReady(member: Member): Promise<void> {
  await until(async () => {
    const answer = await member.get('/ready').catch(() => null);
    return answer?.status === 200;
  }, 100);
}

/** Whole, or not there yet. */
async function lookAtFiles(member: Member): Promise<void> {
  const { status, bytes } = await member.get('/files/listings-live.csv');
  if (status !== 200) return;
  const lines = bytes.toString().split('\n');
  expect(lines.pop(), 'ends with a line').toBe('');
  expect(lines.slice(1).map((line) => Number(line.split(',')[0]))).toEqual(
    lines.slice(1).map((_, i) => i + 1),
  );
}

function goldByMarket(entries: Awaited<ReturnType<typeof streamOf>>): Map<string, number[]> {
  const prices = new Map<string, number[]>();
  for (const { kind, id = '', goods = '{}' } of entries) {
    const [price] = (JSON.parse(goods) as Record<string, number[] | null>)[GOLD] ?? [];
    if (kind === 'market' && price !== undefined) prices.set(id, [...(prices.get(id) ?? []), price]);
  }
  return prices;
}
