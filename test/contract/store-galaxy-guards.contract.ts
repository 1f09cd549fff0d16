import { describe, expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import {
  ALLOY,
  DUMP_FUEL,
  DUMP_GOLD,
  EAGLE,
  LASER,
  SIDEWINDER,
  batch,
  importInto,
  market,
  station,
  stationRow,
  systemRow,
  variety,
  vendor,
} from './store-galaxy-batches.ts';
import {
  FUEL_ROW,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  PLATINUM_ROW,
  SEEDED_S,
  SYSTEM,
  epochS,
  plant,
  snapshot,
  stamp,
  stored,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

/** Which of two tellings stays. */
export function galaxyGuardContract(create: CreateDatabase, generation: Generation): void {
  const world = useWorld(create, generation);
  const v13 = generation === 'v13';

  describe.each(['', '.000000', '.900000'])('a row with a time ending in "%s"', (fraction) => {
    test.each([
      ['older', -1, false],
      ['equally old', 0, true],
      ['newer', 1, true],
    ])('System: what is %s', async (_, newerS, isTaken) => {
      const { db, store } = world();
      await db.sql(`UPDATE System SET modified = ${stamp(SEEDED_S, fraction)}`);
      const told = systemRow({ name: 'Renamed', lookupName: v13 ? 'R' : null, modifiedS: SEEDED_S + newerS });
      await importInto(store, [batch({ systems: [told] })]);
      const rows = await db.sql(`SELECT name, modified FROM System WHERE system_id = ${SYSTEM.Sol}`);
      expect(rows.map(({ name, modified }) => [name, epochS(modified)])).toEqual([
        isTaken ? ['Renamed', SEEDED_S + newerS] : ['Sol', SEEDED_S],
      ]);
    });

    test.each([
      ['older', -1, false],
      ['equally old', 0, true],
      ['newer', 1, true],
    ])('Station: what is %s', async (_, newerS, isTaken) => {
      const { db, store, stationOf } = world();
      await db.sql(`UPDATE Station SET modified = ${stamp(SEEDED_S, fraction)}`);
      const row = stationRow({ systemId: BigInt(SYSTEM.Alioth), modifiedS: SEEDED_S + newerS });
      await importInto(store, [batch({ stations: [station({ row })] })]);
      const { system_id, ls_from_star, modified } = (await stationOf(LINCOLN.marketId))!;
      expect([system_id, ls_from_star, epochS(modified)]).toEqual(
        isTaken ? [SYSTEM.Alioth, '505', SEEDED_S + newerS] : [SYSTEM.Sol, '496', SEEDED_S],
      );
    });
  });

  test('shops of a time that nobody can have observed are counted, and go with the repair', async () => {
    const { db, store } = world();
    await importInto(store, [variety(generation)]);
    const shops = v13 ? ['ShipVendor'] : ['ShipVendor', 'UpgradeVendor'];
    for (const table of shops) await db.sql(`UPDATE ${table} SET modified = '2999-01-01 00:00:00'`);
    const ahead = { rows: 2 * shops.length, names: 0 };
    expect(await store.checkTimes({ repair: false })).toEqual(ahead);
    expect(await store.checkTimes({ repair: true })).toEqual(ahead);
    for (const table of shops) expect(await db.sql(`SELECT * FROM ${table}`)).toEqual([]);
  });

  test('a name that changes only in case is taken', async () => {
    const { store, stationOf } = world();
    const row = stationRow({ name: LINCOLN.stationName.toUpperCase() });
    await importInto(store, [batch({ stations: [station({ row })] })]);
    expect(await stationOf(LINCOLN.marketId)).toMatchObject({ name: 'ABRAHAM LINCOLN' });
  });

  describe.each([
    ['a live', 1],
    ['a baseline', 0],
  ] as const)('a market over %s one', (_, fromLive) => {
    test.each([
      ['older', NOON_S - 1],
      ['of the same second', NOON_S],
    ])('stays out if it is %s', async (_, at) => {
      const { db, store, rowsOf } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW, PLATINUM_ROW], stamp(NOON_S, '.700000'), fromLive);
      const [counts] = await importInto(store, [
        batch({ stations: [station({ market: market([DUMP_GOLD], at) })] }),
      ]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW, PLATINUM_ROW], NOON_S, fromLive));
      expect(counts).toMatchObject({ markets: 0, marketRows: 0 });
    });

    test('replaces it whole if it is newer', async () => {
      const { db, store, rowsOf } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW, PLATINUM_ROW], stamp(NOON_S), fromLive);
      const told = station({ market: market([DUMP_GOLD, DUMP_FUEL], NOON_S + 1) });
      await importInto(store, [batch({ stations: [told] })]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([DUMP_GOLD, DUMP_FUEL], NOON_S + 1, 0));
    });
  });

  test('the newest row of a market decides', async () => {
    const { db, store, rowsOf } = world();
    await plant(db, LINCOLN.marketId, [FUEL_ROW], stamp(NOON_S - 100));
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S), 1);
    await importInto(store, [batch({ stations: [station({ market: market([DUMP_GOLD], NOON_S - 50) })] })]);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(
      [...stored([GOLD_ROW]), ...stored([FUEL_ROW], NOON_S - 100, 0)].sort((a, b) => a[0]! - b[0]!),
    );
  });

  test('a market without rows takes any', async () => {
    const { store, rowsOf } = world();
    await importInto(store, [batch({ stations: [station({ market: market([DUMP_GOLD], 5) })] })]);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([DUMP_GOLD], 5, 0));
  });

  test('the feed overwrites a market of the same second', async () => {
    const { store, rowsOf } = world();
    await importInto(store, [batch({ stations: [station({ market: market([DUMP_GOLD]) })] })]);
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
  });

  test('a station the feed made is completed by a dump of the same second', async () => {
    const { store, stationOf } = world();
    await store.writeMarkets([snapshot([GOLD_ROW], { marketId: 3_700_000_009, stationName: 'Stranger' })]);
    const row = stationRow({ name: 'Stranger' });
    await importInto(store, [batch({ stations: [station({ id: 3_700_000_009n, row })] })]);
    expect(await stationOf(3_700_000_009)).toMatchObject({
      ls_from_star: '505',
      type_id: '2',
      shipyard: 'Y',
    });
  });

  const shops = [
    ['ShipVendor', 'ship_id', 'shipyard', SIDEWINDER.id, EAGLE.id],
    ...(v13 ? [] : [['UpgradeVendor', 'upgrade_id', 'outfitting', LASER.id, ALLOY.id] as const]),
  ] as const;
  describe.each(shops)('%s', (table, column, part, first, second) => {
    const told = (ids: readonly number[], at: number) =>
      batch({
        ships: [SIDEWINDER, EAGLE],
        upgrades: v13 ? [] : [LASER, ALLOY],
        stations: [station({ [part]: vendor(ids, at) })],
      });

    test.each([
      ['older', -1, false],
      ['equally old', 0, false],
      ['newer', 1, true],
    ])('what is %s', async (_, newerS, isTaken) => {
      const { db, store } = world();
      await importInto(store, [told([first], NOON_S)]);
      const [counts] = await importInto(store, [told([second], NOON_S + newerS)]);
      const rows = await db.sql(`SELECT ${column} AS id, modified FROM ${table}`);
      expect(rows.map(({ id, modified }) => [Number(id), epochS(modified)])).toEqual([
        isTaken ? [second, NOON_S + newerS] : [first, NOON_S],
      ]);
      expect(counts).toMatchObject({ vendors: Number(isTaken) });
    });

    test('what stays on sale gets the new time too', async () => {
      const { db, store } = world();
      await importInto(store, [told([first], NOON_S), told([first, second], NOON_S + 60)]);
      const rows = await db.sql(
        `SELECT ${column} AS id, modified FROM ${table} ORDER BY modified, ${column}`,
      );
      expect(rows.map(({ id, modified }) => [Number(id), epochS(modified)])).toEqual(
        [first, second].sort((a, b) => a - b).map((id) => [id, NOON_S + 60]),
      );
    });
  });
}
