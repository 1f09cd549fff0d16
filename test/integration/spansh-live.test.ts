import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { GOLD } from '../support/dump.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import type { MariadbServer } from '../support/mariadb-server.ts';
import { commodity, commodityMessage, frame } from '../support/messages.ts';
import { SeededRandom } from '../support/random.ts';
import { gridDump, gridStationId, NOW_S, stop, world } from '../support/spansh-world.ts';
import { until } from '../support/until.ts';

const SYSTEMS = 150;
const STATIONS = 20;
const MESSAGES = 400;
/** The dump's markets are so old; messages are about as old, some older, some newer, some of the same second. */
const AGO_S = 3_600;
const DUMP_PRICE = 1;

const dump = (agoS: number) => gridDump(SYSTEMS, STATIONS, agoS, DUMP_PRICE);

/** Live markets, sent while a dump comes in, end as the write rule says, whichever comes first. */
async function sendDuringImport(mariadb?: MariadbServer): Promise<void> {
  const random = new SeededRandom(3);
  const { server, relay, rows, startHere } = await world({ body: dump(AGO_S + 600), mariadb });
  const first = startHere();
  await first.logged(/are baseline now/);
  await stop(first);

  server.body = dump(AGO_S);
  server.etag = '"two"';
  const program = startHere();
  await relay.waitForSubscribers();
  /** By station: what must be there in the end. */
  const expected = new Map<number, { observedAtS: number; price: number }>();
  let next = DUMP_PRICE;
  for (let sent = 0; sent < MESSAGES; sent++) {
    const [system, station] = [random.integer(0, SYSTEMS - 1), random.integer(0, 4)];
    const id = gridStationId(system, station);
    const observedAtS = NOW_S - AGO_S + random.pick([-700, -60, -1, 0, 0, 1, 60]);
    next += 1;
    const message = commodityMessage({
      marketId: id,
      stationName: `Station ${station}`,
      systemName: `System ${system}`,
      commodities: [commodity('gold', { sellPrice: next })],
      timestamp: new Date(observedAtS * 1000).toISOString(),
    });
    await relay.publish(frame(message));
    const before = expected.get(id);
    // Of the same second the one that came last.
    if (observedAtS >= (before?.observedAtS ?? NOW_S - AGO_S)) expected.set(id, { observedAtS, price: next });
    // All through download, import and publication.
    await sleep(3);
  }
  await program.logged(/are baseline now/);
  await until(() => {
    const rate = program.log.findLast((line) => 'pending' in line);
    return (
      rate?.received === MESSAGES && ['pending', 'deferred', 'spooled'].every((gauge) => rate[gauge] === 0)
    );
  });
  await stop(program);

  const prices = new Map((await rows()).map((row) => [row.station_id, row.demand_price]));
  expect(prices.size).toBe(SYSTEMS * STATIONS);
  const wrong = [...prices].filter(([id, price]) => price !== (expected.get(id)?.price ?? DUMP_PRICE));
  expect(wrong).toEqual([]);
  expect((await rows()).every((row) => row.item_id === GOLD)).toBe(true);
}

describe('live markets during an import into SQLite', () => {
  test('end as the write rule says', () => sendDuringImport(), 300_000);
});

describeMariadb('live markets during an import into MariaDB', () => {
  const server = useMariadb();
  test('end as the write rule says', () => sendDuringImport(server), 300_000);
});
