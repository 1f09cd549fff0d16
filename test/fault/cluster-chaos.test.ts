import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { aLeaderAmong, startCluster, type Member } from '../support/cluster.ts';
import { makeMariadbGalaxy } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { SeededRandom } from '../support/random.ts';
import { startRelay } from '../support/relay.ts';
import { until } from '../support/until.ts';

/** `npm run test:chaos` goes on for ten minutes. */
const CHAOS_MS = Number(process.env.TDL_TEST_CHAOS_MS ?? 12_000);
const SEED = Number(process.env.TDL_TEST_CHAOS_SEED ?? 1);
const RATE_PER_S = 100;
const MARKETS = 60;
/** What is allowed until the others have a leader. */
const MOST_MS = { kill: 5_000, freeze: 15_000, cut: 15_000 } as const;
type Harm = keyof typeof MOST_MS;
const HARMS = Object.keys(MOST_MS) as readonly Harm[];

describeMariadb('three daemons that are killed, frozen and cut off in any order', () => {
  const server = useMariadb();

  test(`seed ${SEED}`, { timeout: CHAOS_MS + 120_000 }, async () => {
    const random = new SeededRandom(SEED);
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    const relay = await startRelay();
    const members = await startCluster(server, database, relay);
    await relay.waitForSubscribers(members.length);
    await aLeaderAmong(members);

    const firstS = Math.floor(Date.now() / 1000) - 2 * 86_400;
    const newest = new Map<number, number>();
    let sent = 0;
    const ending = new AbortController();
    const publishing = (async () => {
      while (!ending.signal.aborted) {
        for (let i = 0; i < RATE_PER_S / 20; i++) {
          sent += 1;
          const marketId = 1_000 + random.integer(0, MARKETS - 1);
          newest.set(marketId, sent);
          const timestamp = `${new Date((firstS + sent) * 1000).toISOString().slice(0, 19)}Z`;
          const commodities = [commodity('gold', { buyPrice: sent }), commodity('silver')];
          const message = commodityMessage({
            marketId,
            stationName: `S ${marketId}`,
            timestamp,
            commodities,
          });
          await relay.publish(frame(message));
        }
        await sleep(50);
      }
    })();

    const moved: Record<Harm, number[]> = { kill: [], freeze: [], cut: [] };
    const endMs = performance.now() + CHAOS_MS;
    while (performance.now() < endMs) {
      const leader = await aLeaderAmong(members);
      // One is left alone, so that everything is heard by somebody.
      const spared = random.pick(members);
      const harmed = members.filter(
        (member) => member !== spared && (member === leader || random.chance(0.3)),
      );
      const harms = harmed.map((member) => ({ member, harm: random.pick(HARMS) }));
      const beganMs = performance.now();
      for (const { member, harm } of harms) inflict(member, harm);
      const others = members.filter((member) => !harmed.includes(member));
      await aLeaderAmong(others);
      const worst = harms.find(({ member }) => member === leader)?.harm;
      if (worst !== undefined) {
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
    }
    ending.abort();
    await publishing;

    await until(async () => {
      const rows = await server.sql(
        'SELECT station_id, MAX(supply_price) AS price FROM StationItem WHERE item_id = 128049154 GROUP BY station_id',
        database,
      );
      const found = new Map(rows.map((row) => [Number(row.station_id), Number(row.price)]));
      return [...newest].every(([marketId, price]) => found.get(marketId) === price);
    }, 200);
    const [twice] = await server.sql(
      `SELECT id FROM tdl_change WHERE kind = 'market' GROUP BY id, observed_s HAVING COUNT(*) > 1`,
      database,
    );
    expect(twice, 'no observation is written by two').toBeUndefined();
    const told = Object.entries(moved).map(
      ([harm, times]) => `${harm} ${times.map(Math.round).join(', ')} ms`,
    );
    console.log(`chaos, seed ${SEED}: ${sent} messages; leadership moved after ${told.join('; ')}`);
  });
});

function inflict({ program, network }: Member, harm: Harm): void {
  if (harm === 'kill') program.kill('SIGKILL');
  else if (harm === 'freeze') program.kill('SIGSTOP');
  else network.cut();
}

async function mend(member: Member, harm: Harm): Promise<void> {
  if (harm === 'freeze') member.program.kill('SIGCONT');
  else if (harm === 'cut') member.network.heal();
  else {
    await member.program.exit;
    member.start();
  }
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
