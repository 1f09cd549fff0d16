import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { EventReader } from '../support/event-reader.ts';
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

  test('readers who leave and come again while much is written end with what the database says', async () => {
    const random = new SeededRandom(11);
    const ids = Array.from({ length: 12 }, (_, i) => 6_000 + i);
    await addStations(
      push.world().db,
      ids.map((id) => [id, 'S', SYSTEM.Sol]),
    );
    const query = `?markets=${ids.join()}`;
    const markets = new Map<number, Map<number, unknown>>();
    let lastId: string | null = null;
    let lastSeq = -1;
    const take = (reader: EventReader) => {
      for (const { event, data, id } of reader.events.splice(0)) {
        const seq = Number(id?.split(':')[1]);
        expect(seq).toBeGreaterThanOrEqual(lastSeq);
        lastSeq = seq;
        lastId = id;
        if (event === 'snapshot') {
          markets.clear();
          for (const each of (data as { markets: ToldMarket[] }).markets) {
            markets.set(each.marketId, new Map(each.rows.map((row) => [row.commodityId, priceOf(row)])));
          }
        } else if (event === 'market') {
          const { marketId, rows, isWhole } = data as unknown as ToldMarket;
          const known = (isWhole ? null : markets.get(marketId)) ?? new Map<number, unknown>();
          markets.set(marketId, known);
          for (const row of rows) {
            if ('previous' in row) expect(known.get(row.commodityId) ?? null).toEqual(priceOf(row.previous));
            if (row.buyPrice === null && row.sellPrice === null) known.delete(row.commodityId);
            else known.set(row.commodityId, priceOf(row));
          }
        }
      }
    };
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
      take(reader);
      if (!random.chance(0.25)) continue;
      reader.close();
      await sleep(random.integer(0, 60));
      take(reader);
      reader = await push.open(query, lastId);
    }
    await push.store.writeMarkets([
      snapshot([[GOLD, 77, 1, 1, 0, 0, 0]], { marketId: ids[0]!, stationName: 'S', at: NOON_S + 99 }),
    ]);
    push.hub.poke();
    await until(() => {
      take(reader);
      return (
        JSON.stringify(markets.get(ids[0]!)?.get(GOLD)) ===
        JSON.stringify(priceOf({ sellPrice: 77, buyPrice: null }))
      );
    });
    for (const id of ids) {
      const rows = await push.world().rowsOf(id);
      const now = new Map(
        rows.map(([item, price]) => [item!, priceOf({ sellPrice: price, buyPrice: null })]),
      );
      expect([...(markets.get(id) ?? [])].toSorted()).toEqual([...now].toSorted());
    }
  }, 60_000);
}

function priceOf(row: unknown): unknown {
  if (row === null) return null;
  const { sellPrice, buyPrice } = row as Record<string, unknown>;
  return { sellPrice, buyPrice };
}
