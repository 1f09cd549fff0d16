import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MARKET_NAME_DISAGREES } from '../../src/domain/market/outcome.ts';
import {
  FUEL_ROW,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  NOVELTY,
  OUTPOST,
  PLATINUM,
  PLATINUM_ROW,
  STRANGER,
  SYSTEM,
  addStations,
  plant,
  snapshot,
  stamp,
  stored,
  useWorld,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

const KNOWN = { status: 'written', station: 'known' } as const;

/** The write rule against a real database. */
export function writeContract(create: CreateDatabase): void {
  describe('of known stations', () => {
    const world = useWorld(create);

    test('an empty batch is nothing', async () => {
      expect(await world().store.writeMarkets([])).toEqual([]);
    });

    test('the first snapshot becomes the rows, one timestamp, live', async () => {
      const { store, rowsOf } = world();
      const rows = [GOLD_ROW, FUEL_ROW];
      expect(await store.writeMarkets([snapshot(rows)])).toEqual([{ ...KNOWN, rows: 2 }]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored(rows));
    });

    test('a newer snapshot replaces the whole market', async () => {
      const { store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW, FUEL_ROW])]);
      const newer: Row[] = [[GOLD, 9_300, 1_100, 2, 0, 0, 0], PLATINUM_ROW];
      expect(await store.writeMarkets([snapshot(newer, { at: NOON_S + 60 })])).toEqual([
        { ...KNOWN, rows: 2 },
      ]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored(newer, NOON_S + 60));
    });

    test('goods that hundreds of markets do not list any more go from every one', async () => {
      const { db, store } = world();
      const ids = Array.from({ length: 450 }, (_, i) => 1_000 + i);
      await addStations(
        db,
        ids.map((id) => [id, 'Port', SYSTEM.Sol]),
      );
      const seen = (rows: readonly Row[], at: number) =>
        ids.map((marketId) => snapshot(rows, { marketId, stationName: 'Port', at }));
      await store.writeMarkets(seen([GOLD_ROW], NOON_S));
      const outcomes = await store.writeMarkets(seen([FUEL_ROW], NOON_S + 60));
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['written']));
      const left = await db.sql('SELECT station_id FROM StationItem ORDER BY station_id');
      expect(left.map(({ station_id: id }) => Number(id))).toEqual(ids);
    });

    // Parts of a batch are written side by side, and statements are for so many markets.
    test.each([39, 40, 41, 101, 243])('all of %i markets at once', async (count) => {
      const { db, store } = world();
      const ids = Array.from({ length: count }, (_, i) => 1_000 + 7 * i);
      await addStations(
        db,
        ids.map((id) => [id, 'Port', SYSTEM.Sol]),
      );
      const batch = ids.map((marketId) => snapshot([GOLD_ROW], { marketId, stationName: 'Port' }));
      expect(await store.writeMarkets(batch)).toEqual(ids.map(() => ({ ...KNOWN, rows: 1 })));
      const found = await db.sql('SELECT station_id FROM StationItem ORDER BY station_id');
      expect(found.map(({ station_id }) => Number(station_id))).toEqual(ids);
    });

    test('rows that stay the same take the new time and the live flag too', async () => {
      const { db, store, rowsOf } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW, FUEL_ROW, PLATINUM_ROW], stamp(NOON_S - 60));
      await store.writeMarkets([snapshot([GOLD_ROW, FUEL_ROW])]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW, FUEL_ROW]));
    });

    test('every single column is taken from the newer snapshot', async () => {
      const { store, rowsOf } = world();
      const base: readonly number[] = [GOLD, 10, 20, 1, 30, 40, 2];
      await store.writeMarkets([snapshot([base as unknown as Row])]);
      for (let column = 1; column < base.length; column++) {
        const changed = base.with(column, 3) as unknown as Row;
        const at = NOON_S + column;
        await store.writeMarkets([snapshot([changed], { at })]);
        expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([changed], at));
        await store.writeMarkets([snapshot([base as unknown as Row], { at })]);
      }
    });

    test('prices may vanish and come back', async () => {
      const { store, rowsOf } = world();
      for (const [i, row] of ([FUEL_ROW, [FUEL_ROW[0], 0, 0, 0, 95, 1, 1], FUEL_ROW] as Row[]).entries()) {
        await store.writeMarkets([snapshot([row], { at: NOON_S + i })]);
        expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([row], NOON_S + i));
      }
    });

    test('an older snapshot is stale and changes nothing', async () => {
      const { store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      expect(await store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S - 1 })])).toEqual([
        { status: 'stale', storedAtS: NOON_S },
      ]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
    });

    test('a snapshot of the same second replaces', async () => {
      const { store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      expect(await store.writeMarkets([snapshot([FUEL_ROW])])).toEqual([{ ...KNOWN, rows: 1 }]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([FUEL_ROW]));
    });

    test.each(['', '.000000', '.999999'])(
      'rows another program wrote are compared (time ending in "%s")',
      async (fraction) => {
        const { db, store, rowsOf } = world();
        await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S, fraction));
        expect(await store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S - 1 })])).toEqual([
          { status: 'stale', storedAtS: NOON_S },
        ]);
        expect(await store.writeMarkets([snapshot([FUEL_ROW])])).toEqual([{ ...KNOWN, rows: 1 }]);
        expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([FUEL_ROW]));
      },
    );

    test('the newest of a station’s rows counts', async () => {
      const { db, store } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S - 500));
      await plant(db, LINCOLN.marketId, [FUEL_ROW], stamp(NOON_S, '.000000'));
      await plant(db, LINCOLN.marketId, [PLATINUM_ROW], stamp(NOON_S - 400));
      expect(await store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S - 1 })])).toEqual([
        { status: 'stale', storedAtS: NOON_S },
      ]);
    });

    test('an empty list clears the market of that name', async () => {
      const { store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      const clear = snapshot([], { at: NOON_S + 1, stationName: 'ABRAHAM LINCOLN' });
      expect(await store.writeMarkets([clear])).toEqual([{ ...KNOWN, rows: 0 }]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual([]);
    });

    test('an empty list for a market of another name is refused', async () => {
      const { store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      const clear = snapshot([], { at: NOON_S + 1, stationName: 'Somewhere Else' });
      expect(await store.writeMarkets([clear])).toEqual([
        { status: 'invalid', reason: MARKET_NAME_DISAGREES },
      ]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
    });

    test('the largest numbers are kept exactly', async () => {
      const { store, rowsOf } = world();
      const max = 2_147_483_647;
      const row: Row = [GOLD, max, max, 3, max, max, -1];
      await store.writeMarkets([snapshot([row])]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([row]));
    });

    test('one that cannot be written costs its neighbours nothing', async () => {
      const { store, rowsOf } = world();
      const outcomes = await store.writeMarkets([
        snapshot([GOLD_ROW]),
        snapshot([[NOVELTY, 1, 1, 1, 0, 0, 0]], STRANGER),
        snapshot([PLATINUM_ROW], OUTPOST),
      ]);
      expect(outcomes).toEqual([
        { ...KNOWN, rows: 1 },
        { status: 'invalid', reason: `unknown item ${NOVELTY}` },
        { ...KNOWN, rows: 1 },
      ]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
      expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([PLATINUM_ROW]));
    });

    test('a station the database refuses fails alone, its old rows stay', async () => {
      const { db, store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      await db.refuseRowsOf(LINCOLN.marketId);
      const outcomes = await store.writeMarkets([
        snapshot([FUEL_ROW], { ...STRANGER }),
        snapshot([FUEL_ROW, PLATINUM_ROW], { at: NOON_S + 1 }),
        snapshot([PLATINUM_ROW], OUTPOST),
      ]);
      expect(outcomes).toMatchObject([
        { status: 'written', station: 'created' },
        { status: 'failed' },
        { status: 'written', station: 'known' },
      ]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
      expect(await rowsOf(STRANGER.marketId)).toEqual(stored([FUEL_ROW]));
      expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([PLATINUM_ROW]));
    });

    test('the newest observation wins, in whatever order snapshots come', async () => {
      const { db, store, rowsOf } = world();
      const markets = [LINCOLN, OUTPOST] as const;
      const price = fc.integer({ min: 1, max: 3 });
      const row = fc.tuple(price, price, price);
      const observation = fc.record({
        market: fc.constantFrom(...markets),
        rows: fc.uniqueArray(fc.tuple(fc.constantFrom(GOLD_ROW[0], FUEL_ROW[0], PLATINUM), row), {
          minLength: 1,
          selector: ([item]) => item,
        }),
      });
      const scenario = fc
        .array(observation, { minLength: 1, maxLength: 6 })
        .map((seen) =>
          seen.map(({ market, rows }, i) =>
            snapshot(
              rows.map(([item, [price, units, level]]) => [item, price, units, level, 0, 0, 0]),
              { ...market, at: NOON_S + i },
            ),
          ),
        )
        .chain((seen) =>
          fc.record({
            seen: fc.constant(seen),
            arriving: fc.shuffledSubarray(seen, { minLength: seen.length }),
          }),
        );

      await fc.assert(
        fc.asyncProperty(scenario, async ({ seen, arriving }) => {
          await db.sql('DELETE FROM StationItem');
          for (const one of arriving) await store.writeMarkets([one]);
          for (const { marketId } of markets) {
            const last = seen.filter((one) => one.marketId === marketId).at(-1);
            const rows = await rowsOf(marketId);
            const expected =
              last === undefined
                ? []
                : Array.from(last.rows).flatMap((_, i, all) =>
                    i % 8 === 0 ? [[...all.slice(i, i + 7), last.observedAtS, 1]] : [],
                  );
            expect(rows).toEqual(expected);
          }
        }),
        { numRuns: 30 },
      );
    });
  });
}
