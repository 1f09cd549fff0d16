import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Follower } from '../support/follower.ts';
import { SeededRandom } from '../support/random.ts';
import { until } from '../support/until.ts';
import { PushWorld, type ToldMarket } from './push-world.ts';
import {
  addStations,
  FUEL,
  GOLD,
  NOON_S,
  PLATINUM,
  snapshot,
  SYSTEM,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

/** What a reader puts together out of all he is told is what the database has. */
export function pushResumeContract(create: CreateDatabase): void {
  const push = new PushWorld(create);

  test('whoever has missed much is told each market once, as it is now', async () => {
    const ids = [6_000, 6_001, 6_002];
    await addStations(
      push.world().db,
      ids.map((id) => [id, 'S', SYSTEM.Sol]),
    );
    const query = `?markets=${ids.join()}`;
    const before = await push.open(query);
    await until(() => before.events.length > 0);
    before.close();
    const last = 200;
    for (let round = 1; round <= last; round++) {
      await push.store.writeMarkets(
        ids.map((marketId) =>
          snapshot([[GOLD, round, 1, 1, 0, 0, 0]], { marketId, stationName: 'S', at: NOON_S + round }),
        ),
      );
    }
    push.hub.close();
    await push.serve();
    const reader = await push.open(query, before.events[0]?.id ?? '');
    await until(() => reader.events.some(({ event }) => event === 'position'));
    const told = reader.events.filter(({ event }) => event === 'market');
    const prices = told.map(({ data }) => {
      const { marketId, rows } = data as unknown as ToldMarket;
      return [marketId, rows[0]?.sellPrice];
    });
    expect(prices.toSorted()).toEqual(ids.map((marketId) => [marketId, last]));
  });

  test('readers who leave and come again while much is written end with what the database says', async () => {
    const random = new SeededRandom(11);
    const ids = Array.from({ length: 12 }, (_, i) => 6_000 + i);
    await addStations(
      push.world().db,
      ids.map((id) => [id, 'S', SYSTEM.Sol]),
    );
    const query = `?markets=${ids.join()}`;
    const follower = new Follower();
    let reader = await push.open(query);
    for (let round = 1; round <= 60; round++) {
      const some = ids.filter(() => random.chance(0.3));
      await push.store.writeMarkets(
        some.map((marketId) =>
          snapshot(
            [GOLD, FUEL, PLATINUM].flatMap((item): Row[] =>
              random.chance(0.3) ? [] : [[item, random.integer(1, 3), 1, 1, 0, 0, 0]],
            ),
            { marketId, stationName: 'S', at: NOON_S + round },
          ),
        ),
      );
      push.hub.poke();
      if (random.chance(0.3)) await sleep(random.integer(0, 120));
      follower.take(reader.events);
      if (!random.chance(0.25)) continue;
      reader.close();
      await sleep(random.integer(0, 60));
      follower.take(reader.events);
      reader = await push.open(query, follower.lastId);
    }
    await push.store.writeMarkets([
      snapshot([[GOLD, 77, 1, 1, 0, 0, 0]], { marketId: ids[0]!, stationName: 'S', at: NOON_S + 99 }),
    ]);
    push.hub.poke();
    const soldFor = (id: number) => follower.markets.get(id)?.get(GOLD)?.sellPrice;
    await until(() => {
      follower.take(reader.events);
      return soldFor(ids[0]!) === 77;
    });
    const stored = await Promise.all(ids.map((id) => push.world().rowsOf(id)));
    const truth = ids.flatMap((id, at) =>
      stored[at]!.map(([item, sellPrice]) => [id, item, { buyPrice: null, sellPrice }] as const).toSorted(
        ([, a], [, b]) => a! - b!,
      ),
    );
    expect(follower.held()).toEqual(truth);
  }, 60_000);
}
