import { describe, expect, test } from 'vitest';
import {
  BRANDY,
  COMMODITIES,
  FUEL_ROW,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  NOVELTY,
  ODDITY,
  WITH_ODDITY,
  OUTPOST,
  PLATINUM,
  PLATINUM_ROW,
  SEEDED_S,
  STRANGER,
  SYSTEM,
  epochS,
  snapshot,
  stored,
  useWorld,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

const KNOWN = { status: 'written', station: 'known' } as const;

/** Moving and creating stations, adding items, mean prices, known systems. */
export function growthContract(create: CreateDatabase): void {
  describe('of stations on the move', () => {
    const world = useWorld(create);

    test('a station seen in another known system moves', async () => {
      const { store, stationOf, rowsOf } = world();
      const outcomes = await store.writeMarkets([snapshot([GOLD_ROW], { systemName: 'far' })]);
      expect(outcomes).toEqual([{ status: 'written', station: 'moved', rows: 1 }]);
      const station = await stationOf(LINCOLN.marketId);
      expect(station).toMatchObject({
        system_id: SYSTEM.Far,
        name: LINCOLN.stationName,
        ls_from_star: '496',
      });
      expect(epochS(station!.modified)).toBe(NOON_S);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
    });

    test('a station that stays keeps its own row', async () => {
      const { store, stationOf } = world();
      const before = await stationOf(OUTPOST.marketId);
      await store.writeMarkets([snapshot([GOLD_ROW], { ...OUTPOST, systemName: 'FAR' })]);
      expect(await stationOf(OUTPOST.marketId)).toEqual(before);
      expect(before).toMatchObject({ system_id: SYSTEM.Far });
    });

    test.each([
      ['an unknown', 'Nowhere'],
      ['an ambiguous', 'Twin'],
    ])('a station seen in %s system waits, its rows stay', async (_, systemName) => {
      const { store, stationOf, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      expect(await store.writeMarkets([snapshot([FUEL_ROW], { systemName, at: NOON_S + 1 })])).toEqual([
        { status: 'unknownSystem' },
      ]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({ system_id: SYSTEM.Sol });
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
    });

    test('a station in one of two systems of a name stays in it', async () => {
      const { db, store, stationOf } = world();
      await db.sql(`UPDATE Station SET system_id = ${SYSTEM.Twin[1]} WHERE station_id = ${LINCOLN.marketId}`);
      expect(await store.writeMarkets([snapshot([GOLD_ROW], { systemName: 'Twin' })])).toEqual([
        { ...KNOWN, rows: 1 },
      ]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({ system_id: SYSTEM.Twin[1] });
    });

    test('an observation older than the station’s own row moves nothing, but is written', async () => {
      const { store, stationOf } = world();
      const old = snapshot([GOLD_ROW], { systemName: 'Alioth', at: SEEDED_S - 1 });
      expect(await store.writeMarkets([old])).toEqual([{ ...KNOWN, rows: 1 }]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({ system_id: SYSTEM.Sol });
    });
  });

  describe.each(['v12', 'v13'] as const)('of unknown stations and items (%s)', (generation) => {
    const world = useWorld(create, generation);

    test('a station in a known system is created', async () => {
      const { store, stationOf, rowsOf } = world();
      expect(await store.writeMarkets([snapshot([GOLD_ROW], STRANGER)])).toEqual([
        { status: 'written', station: 'created', rows: 1 },
      ]);
      const { modified, ...station } = (await stationOf(STRANGER.marketId))!;
      expect(epochS(modified)).toBe(NOON_S);
      expect(station).toEqual({
        station_id: String(STRANGER.marketId),
        name: 'K7Q-B1N',
        system_id: SYSTEM.Alioth,
        ls_from_star: '999999',
        type_id: '0',
        market: 'Y',
        ...Object.fromEntries(
          [
            'blackmarket',
            'max_pad_size',
            'shipyard',
            'outfitting',
            'rearm',
            'refuel',
            'repair',
            'planetary',
          ].map((flag) => [flag, '?']),
        ),
        ...(generation === 'v13' && { lookup_name: 'K7QB1N' }),
      });
      expect(await rowsOf(STRANGER.marketId)).toEqual(stored([GOLD_ROW]));
    });

    test('a station is created in a system whose id needs 64 bits', async () => {
      const { store, stationOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW], { ...STRANGER, systemName: 'Far' })]);
      expect(await stationOf(STRANGER.marketId)).toMatchObject({ system_id: SYSTEM.Far });
    });

    test.each(['Nowhere', 'twin'])('a station in system %s waits', async (systemName) => {
      const { store, stationOf } = world();
      expect(await store.writeMarkets([snapshot([GOLD_ROW], { ...STRANGER, systemName })])).toEqual([
        { status: 'unknownSystem' },
      ]);
      expect(await stationOf(STRANGER.marketId)).toBeUndefined();
    });

    test('an empty list creates no station', async () => {
      const { store, stationOf } = world();
      expect(await store.writeMarkets([snapshot([], STRANGER)])).toEqual([
        { status: 'written', rows: 0, station: 'unknown' },
      ]);
      expect(await stationOf(STRANGER.marketId)).toBeUndefined();
    });

    test('a created station is known to the next batch', async () => {
      const { store } = world();
      await store.writeMarkets([snapshot([GOLD_ROW], STRANGER)]);
      expect(await store.writeMarkets([snapshot([FUEL_ROW], { ...STRANGER, at: NOON_S + 1 })])).toEqual([
        { ...KNOWN, rows: 1 },
      ]);
    });

    test('an item the catalogue knows is added when a market first lists it', async () => {
      const { db, store } = world();
      const brandy: Row = [BRANDY, 12_000, 5, 1, 0, 0, 0, 11_500];
      expect(await store.writeMarkets([snapshot([brandy])])).toEqual([{ ...KNOWN, rows: 1 }]);
      expect(
        await db.sql(`SELECT name, category_id, avg_price, fdev_id FROM Item WHERE item_id = ${BRANDY}`),
      ).toEqual([{ name: 'Lavian Brandy', category_id: '8', avg_price: '11500', fdev_id: String(BRANDY) }]);
    });

    test('what is of a category nobody knew is written, and the category with it', async () => {
      const { db, store, rowsOf } = world();
      await store.useCatalogue(WITH_ODDITY);
      const rows: Row[] = [GOLD_ROW, [BRANDY, 1, 1, 1, 0, 0, 0], [ODDITY, 1, 1, 1, 0, 0, 0]];
      expect(await store.writeMarkets([snapshot(rows, STRANGER)])).toEqual([
        { status: 'written', station: 'created', rows: 3 },
      ]);
      expect(await rowsOf(STRANGER.marketId)).toEqual(stored(rows));
      expect(await db.sql('SELECT category_id, name FROM Category WHERE category_id > 16')).toEqual([
        { category_id: '17', name: 'Oddities' },
      ]);
    });

    test.each([
      ['no catalogue knows', NOVELTY, `unknown item ${NOVELTY}`],
      ['whose category is gone', ODDITY, 'unknown category Oddities'],
    ])('only the row of an item %s is left out', async (_, item, reason) => {
      const { db, store, rowsOf } = world();
      await store.useCatalogue(WITH_ODDITY);
      await db.sql('DELETE FROM Category WHERE category_id = 17');
      const brandy: Row = [BRANDY, 1, 1, 1, 0, 0, 0];
      const market = snapshot([GOLD_ROW, brandy, [item, 1, 1, 1, 0, 0, 0, 5]], STRANGER);
      const outcome = { status: 'written', station: 'created', rows: 2, leftOut: [reason] };
      expect(await store.writeMarkets([market, snapshot([FUEL_ROW])])).toEqual([
        outcome,
        { ...KNOWN, rows: 1 },
      ]);
      expect(await rowsOf(STRANGER.marketId)).toEqual(stored([GOLD_ROW, brandy]));
      // A second time: what was left out once does not count as known.
      const again = snapshot([FUEL_ROW, [item, 1, 1, 1, 0, 0, 0, 5]], { ...STRANGER, at: NOON_S + 1 });
      expect(await store.writeMarkets([again])).toEqual([{ ...KNOWN, rows: 1, leftOut: [reason] }]);
    });

    test.each([
      ['no catalogue knows', NOVELTY, `unknown item ${NOVELTY}`],
      ['whose category is gone', ODDITY, 'unknown category Oddities'],
    ])('a market of nothing but an item %s is not taken for an empty one', async (_, item, reason) => {
      const { db, store, rowsOf, stationOf } = world();
      await store.useCatalogue(WITH_ODDITY);
      await db.sql('DELETE FROM Category WHERE category_id = 17');
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      const only: Row[] = [[item, 1, 1, 1, 0, 0, 0]];
      expect(
        await store.writeMarkets([snapshot(only, STRANGER), snapshot(only, { at: NOON_S + 1 })]),
      ).toEqual([
        { status: 'invalid', reason },
        { status: 'invalid', reason },
      ]);
      expect(await stationOf(STRANGER.marketId)).toBeUndefined();
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
    });

    test('an item another program added meanwhile is taken', async () => {
      const { db, store } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      await db.sql(
        `INSERT INTO Item (item_id, name, category_id, ui_order) VALUES (${NOVELTY}, 'Novelty', 1, 0)`,
      );
      const later = snapshot([[NOVELTY, 5, 5, 1, 0, 0, 0]], { at: NOON_S + 1 });
      expect(await store.writeMarkets([later])).toEqual([{ ...KNOWN, rows: 1 }]);
    });
  });

  describe('of mean prices', () => {
    const world = useWorld(create);
    const means = async () => {
      const rows = await world().db.sql('SELECT item_id, avg_price FROM Item');
      return Object.fromEntries(rows.map((row) => [row.item_id!, row.avg_price] as const));
    };
    const gold = (mean: number): Row => [GOLD, 9_400, 1, 1, 0, 0, 0, mean];

    test('they follow what markets tell; what was not told stays', async () => {
      const { store } = world();
      await store.writeMarkets([snapshot([gold(9_100), PLATINUM_ROW])]);
      expect(await means()).toMatchObject({ [GOLD]: '9100', [PLATINUM]: null });
      await store.writeMarkets([
        snapshot([gold(9_150), [PLATINUM, 1, 1, 1, 0, 0, 0, 20_000]], { at: NOON_S + 1 }),
      ]);
      await store.writeMarkets([snapshot([gold(0)], { at: NOON_S + 2 })]);
      expect(await means()).toMatchObject({ [GOLD]: '9150', [PLATINUM]: '20000' });
    });

    test('a stale snapshot tells nothing', async () => {
      const { store } = world();
      await store.writeMarkets([snapshot([gold(9_100)])]);
      await store.writeMarkets([snapshot([gold(5)], { at: NOON_S - 1 })]);
      expect(await means()).toMatchObject({ [GOLD]: '9100' });
    });

    test('the newest observation of a batch tells', async () => {
      const { store } = world();
      await store.writeMarkets([
        snapshot([gold(9_200)], { at: NOON_S + 1 }),
        snapshot([gold(9_100)], OUTPOST),
      ]);
      expect(await means()).toMatchObject({ [GOLD]: '9200' });
    });
  });

  describe('of known systems', () => {
    const world = useWorld(create);

    test('names of one or several systems are known, whatever their case', async () => {
      const names = ['Sol', 'aLIOTH', 'Twin', 'Nowhere', 'FAR', "O'Brien's; DROP TABLE System"];
      expect(await world().store.knownSystems(names)).toEqual(new Set(['Sol', 'aLIOTH', 'Twin', 'FAR']));
      expect(await world().store.knownSystems([])).toEqual(new Set());
    });

    test('thousands of names are answered at once', async () => {
      const names = Array.from({ length: 5_000 }, (_, i) => `Nowhere ${i}`);
      expect(await world().store.knownSystems([...names, 'Sol'])).toEqual(new Set(['Sol']));
    });
  });

  test('a catalogue given before the first open is used', async () => {
    const db = await create();
    try {
      const store = db.store('v13');
      await store.useCatalogue(COMMODITIES);
      expect(await db.sql('SELECT COUNT(*) AS n FROM Item')).toEqual([{ n: '3' }]);
    } finally {
      await db.dispose();
    }
  });
}
