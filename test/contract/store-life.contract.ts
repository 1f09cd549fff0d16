import { expect, test } from 'vitest';
import {
  COMMODITIES,
  FUEL_ROW,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM_ROW,
  STRANGER,
  snapshot,
  stored,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

/** Opening, closing, and many callers at once. */
export function lifeContract(create: CreateDatabase): void {
  const world = useWorld(create);

  test('opening again is harmless', async () => {
    const { store } = world();
    const again = await Promise.all([store.open(), store.open()]);
    for (const info of again) expect(info).toMatchObject({ generation: 'v12' });
  });

  test('a closed store opens again and finds its rows', async () => {
    const { store, rowsOf } = world();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    await store.close();
    await store.close();
    expect(await store.open()).toMatchObject({ generation: 'v12', created: false });
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
  });

  test('the catalogue outlives closing', async () => {
    const { db, store } = world();
    await store.close();
    await db.sql(`DELETE FROM Item WHERE item_id = ${GOLD_ROW[0]}`);
    expect(await store.writeMarkets([snapshot([GOLD_ROW])])).toMatchObject([{ status: 'written' }]);
  });

  test('every method opens the store', async () => {
    const { db } = world();
    expect(await db.store().stats()).toMatchObject({ totalRows: 0 });
    expect(await db.store().knownSystems(['Sol'])).toEqual(new Set(['Sol']));
    expect(await db.store().purge({ olderThanS: NOON_S })).toBe(0);
    expect(await db.store().exportListings('all', () => Promise.resolve())).toEqual({ rows: 0, stations: 0 });
    await db.store().useCatalogue(COMMODITIES);
    expect(await db.store().writeMarkets([snapshot([GOLD_ROW])])).toMatchObject([{ status: 'written' }]);
  });

  test('calls made at once are all answered', async () => {
    const { store, rowsOf } = world();
    const [first, known, second, stats] = await Promise.all([
      store.writeMarkets([snapshot([GOLD_ROW]), snapshot([FUEL_ROW], STRANGER)]),
      store.knownSystems(['Sol']),
      store.writeMarkets([snapshot([PLATINUM_ROW], OUTPOST)]),
      store.stats(),
      store.useCatalogue(COMMODITIES),
      store.purge({ olderThanS: NOON_S - 1 }),
    ]);
    expect([...first, ...second].map((outcome) => outcome.status)).toEqual(['written', 'written', 'written']);
    expect(known).toEqual(new Set(['Sol']));
    expect(stats.totalRows).toBeLessThanOrEqual(3);
    expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([PLATINUM_ROW]));
  });

  test('two stores write different stations of one database at once', async () => {
    const { db, store, rowsOf } = world();
    const other = db.store();
    await other.useCatalogue(COMMODITIES);
    for (let i = 0; i < 20; i++) {
      const outcomes = await Promise.all([
        store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S + i })]),
        other.writeMarkets([snapshot([FUEL_ROW], { ...OUTPOST, at: NOON_S + i })]),
      ]);
      expect(outcomes.flat().map((outcome) => outcome.status)).toEqual(['written', 'written']);
    }
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW], NOON_S + 19));
    expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([FUEL_ROW], NOON_S + 19));
  });

  test('a store sees what another wrote', async () => {
    const { db, store } = world();
    const other = db.store();
    await other.useCatalogue(COMMODITIES);
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    expect(await other.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S - 1 })])).toEqual([
      { status: 'stale', storedAtS: NOON_S },
    ]);
  });
}
