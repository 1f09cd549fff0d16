import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { goneOf, workFor } from '../../src/infra/threads/asker.ts';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import {
  addSol,
  addStations,
  COMMODITIES,
  FUEL,
  GOLD,
  NOON_S,
  stamp,
  SYSTEM,
} from '../contract/store-world.ts';
import { engineOn } from '../support/query-engine.ts';
import { SeededRandom } from '../support/random.ts';

/** More than every row is read of, and more that do not fit than the first statement about a good reads. */
const MARKETS = 1_800;
const FAR = 600;
const GOODS = [GOLD, FUEL];

interface Market {
  readonly id: number;
  readonly isFar: boolean;
  /** Of each good: demand price, demand units, supply price, supply units. */
  readonly rows: readonly (readonly [number, number, number, number])[];
}

/** The best offers are at stations far from their star. */
function plainMarkets(): Market[] {
  const random = new SeededRandom(7);
  return Array.from({ length: MARKETS }, (_, i) => {
    const isFar = i < FAR;
    const row = () => {
      const price = isFar ? random.integer(1, 100) : random.integer(1_000, 9_000);
      const units = random.pick([0, 5, 500]);
      return random.chance(0.5)
        ? ([isFar ? 20_000 + price : price, units, 0, 0] as const)
        : ([0, 0, price, units] as const);
    };
    return { id: 1_000 + i, isFar, rows: GOODS.map(row) };
  });
}

const dir = mkdtempSync(join(tmpdir(), 'tdl-'));
const file = join(dir, 'TradeDangerous.db');
const markets = plainMarkets();

beforeAll(async () => {
  const db = await createSqliteDatabase(file);
  const store = db.store('v12');
  await store.open();
  await store.useCatalogue(COMMODITIES);
  await addSol(db);
  await addStations(
    db,
    markets.map(({ id }) => [id, 'S', SYSTEM.Sol]),
  );
  await db.sql(`UPDATE Station SET ls_from_star = 100000 WHERE station_id < ${1_000 + FAR}`);
  const values = markets.flatMap(({ id, rows }) =>
    rows.map(
      ([demand, wanted, supply, stock], at) =>
        `(${id}, ${GOODS[at]}, ${demand}, ${wanted}, 2, ${supply}, ${stock}, 2, ${stamp(NOON_S)}, 0)`,
    ),
  );
  await db.sql(`INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
      supply_units, supply_level, modified, from_live) VALUES ${values.join()}`);
  return async () => {
    await db.dispose();
    rmSync(dir, { recursive: true, force: true });
  };
});

/** By looking at everything. */
function expected(fits: (market: Market) => boolean, minUnits: number) {
  return GOODS.map((itemId, at) => {
    const offers = markets.filter(fits).flatMap(({ id, rows }) => {
      const [demand, wanted, supply, stock] = rows[at]!;
      return [
        { side: 'bid', id, price: demand, units: wanted },
        { side: 'ask', id, price: supply, units: stock },
      ].filter(({ price, units }) => price > 0 && units >= minUnits);
    });
    const of = (side: string) => offers.filter((offer) => offer.side === side);
    // Of equal prices the lowest id, which sorting leaves in front.
    const [ask] = of('ask').sort((a, b) => a.price - b.price);
    const [bid] = of('bid').sort((a, b) => b.price - a.price);
    return {
      itemId,
      ask: [ask!.price, ask!.id],
      bid: [bid!.price, bid!.id],
      spread: bid!.price - ask!.price,
    };
  }).sort((a, b) => b.spread - a.spread || a.itemId - b.itemId);
}

test.each([1, 10])('are complete, however many better offers do not fit, at %i t', async (minUnits) => {
  const { engine } = engineOn(file);
  const told = async (filter: object) =>
    (await engine.spreads({ minUnits, ...filter })).map(({ itemId, ask, bid, spread }) => ({
      ...{ itemId, ask: [ask.price, ask.station.id], bid: [bid.price, bid.station.id], spread },
    }));
  expect(await told({})).toEqual(expected(() => true, minUnits));
  expect(await told({ maxLs: 1_000 })).toEqual(expected(({ isFar }) => !isFar, minUnits));
  const few = new Set(markets.filter((_, i) => i % 7 === 0).map(({ id }) => id));
  expect(await told({ only: few })).toEqual(expected(({ id }) => few.has(id), minUnits));
});

test.each([
  ['good by good', {}, 'ORDER BY supply_price'],
  [
    'market by market',
    { only: new Set(markets.slice(0, 900).map(({ id }) => id)) },
    'demand_units FROM StationItem',
  ],
])('looked for %s end when nobody waits for them any more', async (_, filter, statement) => {
  const { engine, asked, asking } = engineOn(file);
  const looked = () => asked.filter((sql) => sql.includes(statement)).length;
  await engine.spreads({ minUnits: 1, ...filter });
  expect(looked()).toBeGreaterThan(1);
  asked.length = 0;
  const gone = new AbortController();
  asking.on('statement', (sql) => {
    if (sql.includes(statement)) gone.abort();
  });
  onTestFinished(() => void asking.removeAllListeners());
  const spreads = workFor(goneOf(gone.signal), () => engine.spreads({ minUnits: 1, ...filter }));
  await expect(spreads).rejects.toThrow('whoever asked is gone');
  expect(looked()).toBe(1);
});
