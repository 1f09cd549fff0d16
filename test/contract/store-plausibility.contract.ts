import { beforeEach, expect, test } from 'vitest';
import type { Commodity } from '../../src/domain/market/catalogue.ts';
import { isPlausible } from '../../src/domain/market/plausibility.ts';
import { batch, importInto, market, station, stationRow, systemRow } from './store-galaxy-batches.ts';
import {
  LINCOLN,
  NOON_S,
  snapshot,
  SYSTEM,
  useWorld,
  type CreateDatabase,
  type Row,
  type World,
} from './store-world.ts';

const GOODS: readonly Commodity[] = Array.from({ length: 12 }, (_, i) => ({
  ...{ id: 200_000_000 + i, symbol: `Good${i}`, name: `Good ${i}`, category: 'Metals', rare: false },
}));

/** A market that asks so many times what is usual for its first goods. */
function pricesOf(times: number, goods = GOODS.length): Row[] {
  return GOODS.slice(0, goods).map(({ id }, i) => {
    const usual = 100 * (i + 1);
    // Half of them are sold, half bought.
    return i % 2 === 0
      ? [id, Math.round(usual * times), 5, 2, 0, 0, 0]
      : [id, 0, 0, 0, Math.round(usual * times), 5, 2];
  });
}

/** How far prices of a market are from what is usual, from the write to the question. */
export function plausibilityContract(create: CreateDatabase): void {
  const use = useWorld(create);
  let world: World;
  const others = Array.from({ length: 60 }, (_, i) => ({
    ...{ marketId: 3_200_000_000 + i, systemName: 'Sol', stationName: `Other ${i}` },
  }));

  beforeEach(async () => {
    world = use();
    await world.store.useCatalogue(GOODS);
  });

  const write = (times: number, market: Parameters<typeof snapshot>[1], goods = GOODS.length) =>
    world.store.writeMarkets([snapshot(pricesOf(times, goods), market)]);

  /** Of some markets. */
  async function ratios(ids: readonly number[]): Promise<(number | null)[]> {
    const queries = world.db.queries();
    const markets = await queries.markets(ids);
    return markets.map(({ station: { priceRatio } }) => priceRatio);
  }

  const odd = async () => (await world.store.stats()).implausibleMarkets;

  test('a market is judged by the others, whoever brings it, and only as long as its rows are those', async () => {
    const { store, db } = world;
    expect(await odd()).toBeNull();
    await store.learn([]);
    const [first = others[0]!, fair = first, dear = first, poor = first] = others;
    // As many as make prices usual; of these themselves nothing is known yet.
    await store.writeMarkets(
      others.map((other, i) => snapshot(pricesOf(0.9 + (i % 5) / 20), { ...other, at: NOON_S })),
    );
    expect(await ratios([fair.marketId])).toEqual([null]);

    await write(1.1, { ...fair, at: NOON_S + 1 });
    await write(4, { ...dear, at: NOON_S + 1 });
    await write(4, { ...poor, at: NOON_S + 1 }, 9);
    const [fairRatio = null, dearRatio = null, poorRatio = null] = await ratios([
      fair.marketId,
      dear.marketId,
      poor.marketId,
    ]);
    expect(fairRatio).toBeCloseTo(1.1, 1);
    expect(dearRatio).toBeCloseTo(4, 1);
    expect([fairRatio, dearRatio, poorRatio].map(isPlausible)).toEqual([true, false, null]);
    expect(await odd()).toBe(1);

    // Nothing is dropped; who does not want it says so.
    const queries = db.queries();
    const found = async (...plausible: (boolean | null)[]) => {
      const page = await queries.stations({ plausible }, { limit: 100, after: null });
      return page.entries.map(({ station: { id } }) => id);
    };
    expect(await found(false)).toEqual([dear.marketId]);
    expect(await found(true)).toEqual([fair.marketId]);
    expect(await found(true, null)).not.toContain(dear.marketId);
    expect(await found(true, false, null)).toHaveLength(62);
    queries.changed([dear.marketId]);

    // Another program writes other rows; nobody has judged them.
    await db.sql(
      `UPDATE StationItem SET modified = '2026-03-01 13:00:00' WHERE station_id = ${dear.marketId}`,
    );
    expect(await ratios([dear.marketId])).toEqual([null]);
    expect(await odd()).toBe(0);
    // It is empty now.
    await store.writeMarkets([snapshot([], { ...fair, at: NOON_S + 2 })]);
    expect(await ratios([fair.marketId])).toEqual([null]);

    const told = (id: number, times: number) =>
      station({ id: BigInt(id), row: stationRow(), market: market(pricesOf(times), NOON_S + 9_000) });
    const stations = [told(dear.marketId, 0.2), told(poor.marketId, 1)];
    await importInto(store, [batch({ systems: [systemRow()], stations })]);
    expect((await ratios([dear.marketId, poor.marketId])).map(isPlausible)).toEqual([false, true]);
    expect(await odd()).toBe(1);
  });

  test('carriers do not say what is usual', async () => {
    const { store, db } = world;
    await store.learn([]);
    const carriers = others.map((other) => ({ ...other, marketId: other.marketId + 100 }));
    await db.sql(
      `INSERT INTO Station (station_id, name, system_id, type_id) VALUES ${carriers
        .map(({ marketId, stationName }) => `(${marketId}, '${stationName}', ${SYSTEM.Sol}, 24)`)
        .join()}`,
    );
    const all = [
      ...carriers.map((carrier) => snapshot(pricesOf(9), { ...carrier, at: NOON_S })),
      ...others.slice(0, 25).map((other) => snapshot(pricesOf(1), { ...other, at: NOON_S })),
    ];
    await store.writeMarkets(all);
    await write(1, { ...LINCOLN, at: NOON_S + 1 });
    expect(await ratios([LINCOLN.marketId])).toEqual([1]);
  });

  test('without tables of our own nothing is known', async () => {
    const store = world.db.store('v12', { ownTables: false });
    await store.writeMarkets(others.map((other) => snapshot(pricesOf(1), other)));
    await store.writeMarkets([snapshot(pricesOf(9))]);
    expect(await ratios([LINCOLN.marketId])).toEqual([null]);
    expect((await store.stats()).implausibleMarkets).toBeNull();
  });
}
