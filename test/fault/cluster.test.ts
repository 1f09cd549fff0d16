import { expect, test } from 'vitest';
import { aLeaderAmong, leaderAmong, startCluster, type Member } from '../support/cluster.ts';
import { runHere } from '../support/here.ts';
import { makeMariadbGalaxy } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { commodity, commodityMessage, frame, OBSERVED_AT_S } from '../support/messages.ts';
import { startRelay } from '../support/relay.ts';
import { until } from '../support/until.ts';

const MARKETS = 20;

describeMariadb('several daemons on one database', () => {
  const server = useMariadb();

  test('all write, one leads, the others have its files; killed, asked to yield', async () => {
    const database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, ['Sol']);
    const relay = await startRelay();
    const members = await startCluster(server, database, relay, {
      config: { export_live_every_x_min: 1, deltas: false },
    });
    await relay.waitForSubscribers(3);
    let sent = 0;
    /** What each market was last seen to sell gold for. */
    const newest = new Map<number, number>();
    const send = async (count: number) => {
      for (let i = 0; i < count; i++) {
        sent += 1;
        const marketId = 1_000 + (sent % MARKETS);
        newest.set(marketId, sent);
        const timestamp = new Date((OBSERVED_AT_S + sent) * 1000).toISOString().slice(0, 19) + 'Z';
        const commodities = [commodity('gold', { buyPrice: sent })];
        const message = commodityMessage({ marketId, stationName: `S ${marketId}`, timestamp, commodities });
        await relay.publish(frame(message));
      }
    };
    const written = () =>
      until(async () => {
        const rows = await server.sql('SELECT station_id, supply_price FROM StationItem', database);
        const found = new Map(rows.map((row) => [Number(row.station_id), Number(row.supply_price)]));
        return [...newest].every(([marketId, price]) => found.get(marketId) === price);
      });

    const first = await aLeaderAmong(members);
    await send(MARKETS);
    await written();
    const changes = async () => {
      const [row] = await server.sql("SELECT COUNT(*) AS n FROM tdl_change WHERE kind = 'market'", database);
      return Number(row?.n);
    };
    // All have heard everything, and settled it.
    await until(() =>
      members.every(({ program }) => {
        const rate = program.log.findLast((line) => 'pending' in line);
        return rate?.received === sent && rate.pending === 0 && rate.deferred === 0 && rate.spooled === 0;
      }),
    );
    expect(await changes(), 'what is there already is written by nobody again').toBe(sent);

    expect((await runHere({ cwd: first.cwd, args: ['--export-live-now'], env: env(first) })).code).toBe(0);
    const file = '/files/listings-live.csv';
    const published = await first.get(file);
    expect(published.bytes.toString().split('\n')).toHaveLength(MARKETS + 2);
    for (const member of members) {
      const same = await until(async () => {
        const answer = await member.get(file);
        return answer.headers.etag === published.headers.etag && answer;
      });
      expect(same.bytes.equals(published.bytes), 'any of them answers alike').toBe(true);
      expect(same.headers['last-modified']).toBe(published.headers['last-modified']);
    }
    const follower = members.find((member) => member !== first)!;
    const refused = await runHere({ cwd: follower.cwd, args: ['publish'], env: env(follower) });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/another daemon leads: .*ask that one/s) as string,
    });

    const killedMs = performance.now();
    first.program.kill('SIGKILL');
    await send(MARKETS);
    await written();
    const others = members.filter((member) => member !== first);
    const second = await aLeaderAmong(others);
    expect(performance.now() - killedMs, 'moves after a kill').toBeLessThan(5_000);

    first.start();
    await first.answers();
    await until(() => leaderAmong(members));

    const yielded = await runHere({ cwd: second.cwd, args: ['yield'], env: env(second) });
    expect(yielded).toMatchObject({ code: 0, stdout: expect.stringContaining('no longer lead') as string });
    const third = await until(async () => {
      const leader = await leaderAmong(members);
      return leader !== second && leader;
    }, 50);
    const status = await runHere({ cwd: second.cwd, args: ['status'], env: env(second) });
    expect(status.stdout).toMatch(new RegExp(`leads +\\S+, process \\d+, at ${third.clusterUrl}, since `));
    for (const { program } of members) program.kill('SIGTERM');
    for (const { program } of members) expect((await program.exit).code).toBe(0);
  });
});

function env({ cwd }: Member) {
  return { TD_DB_CONFIG: `${cwd}/db_config.ini` };
}
