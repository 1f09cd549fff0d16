import { expect, test } from 'vitest';
import { findId, isKnownSystem, NEVER } from '../../src/domain/spansh/known.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { NO_COUNTS } from '../../src/domain/ports/store/galaxy-store.ts';
import {
  ALLOY,
  DUMP_FUEL,
  DUMP_GOLD,
  DUMP_PLATINUM,
  EAGLE,
  LASER,
  NO_TABLES,
  SIDEWINDER,
  batch,
  contentOf,
  importInto,
  market,
  station,
  stationRow,
  systemRow,
  variety,
  vendor,
  withImport,
} from './store-galaxy-batches.ts';
import {
  FUEL,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  SEEDED_S,
  STRANGER,
  SYSTEM,
  addStations,
  epochS,
  plant,
  snapshot,
  stamp,
  stored,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

/** What a dump brings, table by table, and what it may not cost. */
export function galaxyImportContract(create: CreateDatabase, generation: Generation): void {
  const world = useWorld(create, generation);
  const v13 = generation === 'v13';
  const CAPEK = '4300000001';

  test('an empty database is told from one with stations', async () => {
    expect(await world().store.isEmpty()).toBe(false);
    await world().db.sql('DELETE FROM Station');
    expect(await world().store.isEmpty()).toBe(true);
  });

  test('the counts tell what was written', async () => {
    expect(await importInto(world().store, [variety(generation)])).toEqual([
      { ...NO_COUNTS, systems: 2, stations: 2, markets: 2, marketRows: 3, vendors: v13 ? 1 : 2 },
    ]);
  });

  test('System: 64-bit ids and coordinates are exact', async () => {
    const { db, store } = world();
    await importInto(store, [variety(generation)]);
    const [row] = await db.sql(
      `SELECT name, CASE WHEN pos_x = -3.03125 AND pos_y = 1.375 AND pos_z = 25899.96875 THEN 1 ELSE 0 END AS exact,
         modified FROM System WHERE system_id = 9223372036854775806`,
    );
    expect(row).toMatchObject({ name: "Barnard's Star", exact: '1' });
    expect(epochS(row!.modified)).toBe(NOON_S);
  });

  test('Station: every column', async () => {
    const { store, stationOf } = world();
    const fields = { maxPadSize: 'M', blackmarket: 'Y', planetary: 'Y', typeId: 11 } as const;
    const row = stationRow({ ...fields, lookupName: v13 ? 'ABRAHAMLINCOLN' : null });
    await importInto(store, [batch({ stations: [station({ row })] })]);
    const { modified, ...columns } = (await stationOf(LINCOLN.marketId))!;
    expect(columns).toEqual({
      station_id: String(LINCOLN.marketId),
      name: LINCOLN.stationName,
      ...(v13 && { lookup_name: 'ABRAHAMLINCOLN' }),
      ...{ system_id: SYSTEM.Sol, ls_from_star: '505', blackmarket: 'Y', max_pad_size: 'M', market: 'Y' },
      ...{
        shipyard: 'Y',
        outfitting: 'N',
        rearm: 'Y',
        refuel: '?',
        repair: 'N',
        planetary: 'Y',
        type_id: '11',
      },
    });
    expect(epochS(modified)).toBe(NOON_S);
  });

  test('StationItem: one time a station, levels unknown, baseline', async () => {
    const { store, rowsOf } = world();
    await importInto(store, [variety(generation)]);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([DUMP_GOLD, DUMP_FUEL], NOON_S, 0));
    expect(await rowsOf(CAPEK)).toEqual(stored([DUMP_PLATINUM], NOON_S - 60, 0));
  });

  test('Ship and ShipVendor', async () => {
    const { db, store } = world();
    await importInto(store, [variety(generation)]);
    expect(await db.sql('SELECT ship_id, name, cost FROM Ship ORDER BY ship_id')).toEqual(
      [SIDEWINDER, EAGLE].map(({ id, name }) => ({ ship_id: String(id), name, cost: null })),
    );
    const vendors = await db.sql('SELECT ship_id, station_id, modified FROM ShipVendor ORDER BY ship_id');
    expect(vendors.map(({ modified, ...row }) => ({ ...row, at: epochS(modified) }))).toEqual(
      [SIDEWINDER, EAGLE].map(({ id }) => ({ ship_id: String(id), station_id: CAPEK, at: NOON_S - 120 })),
    );
  });

  test.skipIf(v13)('Upgrade and UpgradeVendor', async () => {
    const { db, store } = world();
    await importInto(store, [variety(generation)]);
    expect(
      await db.sql('SELECT upgrade_id, name, class, rating, ship FROM Upgrade ORDER BY upgrade_id'),
    ).toEqual(
      [ALLOY, LASER].map(({ id, class: size, ...rest }) => ({
        upgrade_id: String(id),
        class: String(size),
        ...rest,
      })),
    );
    const vendors = await db.sql(
      'SELECT upgrade_id, station_id, modified FROM UpgradeVendor ORDER BY upgrade_id',
    );
    expect(vendors.map(({ modified, ...row }) => ({ ...row, at: epochS(modified) }))).toEqual(
      [ALLOY, LASER].map(({ id }) => ({ upgrade_id: String(id), station_id: CAPEK, at: NOON_S - 180 })),
    );
  });

  test('a ship keeps its cost when it is renamed', async () => {
    const { db, store } = world();
    await importInto(store, [variety(generation)]);
    await db.sql(`UPDATE Ship SET cost = 32000 WHERE ship_id = ${SIDEWINDER.id}`);
    await importInto(store, [batch({ ships: [{ ...SIDEWINDER, name: 'SIDEWINDER' }] })]);
    expect(await db.sql(`SELECT name, cost FROM Ship WHERE ship_id = ${SIDEWINDER.id}`)).toEqual([
      { name: 'SIDEWINDER', cost: '32000' },
    ]);
  });

  test('an item is added, or renamed and moved without losing its mean price', async () => {
    const { db, store } = world();
    await db.sql(`UPDATE Item SET avg_price = 9100 WHERE item_id = ${GOLD}`);
    const items = [
      { id: GOLD, name: 'Golden Gold', category: 'MINERALS', symbol: null },
      { id: 128_000_777, name: 'Novelty', category: 'Salvage', symbol: null },
    ];
    await importInto(store, [batch({ items })]);
    const columns = 'name, category_id, avg_price, fdev_id';
    expect(
      await db.sql(`SELECT ${columns} FROM Item WHERE item_id IN (${GOLD}, 128000777) ORDER BY item_id`),
    ).toEqual([
      { name: 'Novelty', category_id: '16', avg_price: null, fdev_id: '128000777' },
      { name: 'Golden Gold', category_id: '2', avg_price: '9100', fdev_id: String(GOLD) },
    ]);
  });

  test('the feed may write to what was imported', async () => {
    const { store, rowsOf } = world();
    const items = [{ id: 128_000_777, name: 'Novelty', category: 'Salvage', symbol: null }];
    await importInto(store, [batch({ items })]);
    const row = [128_000_777, 5, 6, 1, 0, 0, 0] as const;
    expect(await store.writeMarkets([snapshot([row])])).toMatchObject([{ status: 'written' }]);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([row]));
  });

  test.each(['O\'Brien\'s, "Dock"', 'C:\\N\\temp\\', '\\N', 'NULL', 'Ñandú 🚀', 'two\nlines\tand a tab'])(
    'the name %j stays as it is, new or changed',
    async (name) => {
      const { db, store } = world();
      for (const modifiedS of [NOON_S, NOON_S + 1]) {
        const told = station({ id: BigInt(CAPEK), row: stationRow({ name, modifiedS }) });
        await importInto(store, [batch({ systems: [systemRow()], stations: [told] })]);
        const [row] = await db.sql(`SELECT name, modified FROM Station WHERE station_id = ${CAPEK}`);
        expect({ name: row?.name, atS: epochS(row?.modified) }).toEqual({ name, atS: modifiedS });
      }
    },
  );

  test('what the database refuses costs only its station', async () => {
    const { db, store, rowsOf } = world();
    await db.refuseRowsOf(LINCOLN.marketId);
    const stations = [
      station({ market: market([DUMP_GOLD]) }),
      station({ id: BigInt(OUTPOST.marketId), market: market([DUMP_FUEL]) }),
      station({
        id: BigInt(STRANGER.marketId),
        row: stationRow({ systemId: 77n }),
        market: market([DUMP_FUEL]),
      }),
    ];
    const [counts] = await importInto(store, [batch({ stations })]);
    expect(await rowsOf(LINCOLN.marketId)).toEqual([]);
    expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([DUMP_FUEL], NOON_S, 0));
    expect(await rowsOf(STRANGER.marketId)).toEqual([]);
    // The third is of a system nobody knows.
    expect(counts).toMatchObject({ markets: 1, marketRows: 1, refused: 2, invalid: 0 });
    expect(counts?.refusal).toContain(`station ${LINCOLN.marketId}: `);
  });

  test('a second import of the same batches writes nothing', async () => {
    const { db, store } = world();
    await importInto(store, [variety(generation)]);
    const before = await contentOf(db, generation);
    expect(await importInto(store, [variety(generation)])).toEqual([NO_COUNTS]);
    expect(await contentOf(db, generation)).toEqual(before);
  });

  test('a batch of more stations than a transaction holds is written whole', async () => {
    const { db, store } = world();
    const stations = Array.from({ length: 450 }, (_, i) =>
      station({ id: BigInt(i + 1), row: stationRow({ name: `S ${i}` }), market: market([DUMP_GOLD]) }),
    );
    expect(await importInto(store, [batch({ stations })])).toMatchObject([
      { stations: 450, marketRows: 450 },
    ]);
    expect(await db.sql('SELECT count(*) AS n FROM StationItem')).toEqual([{ n: '450' }]);
  });

  test('an aborted signal stops it, and the import goes on with the next call', async () => {
    const { store, rowsOf } = world();
    await withImport(store, async (running) => {
      const whole = batch({ stations: [station({ market: market([DUMP_GOLD]) })] });
      await expect(running.apply(whole, AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
      await expect(running.known(AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
      expect(await rowsOf(LINCOLN.marketId)).toEqual([]);
      expect(await running.apply(whole)).toMatchObject({ markets: 1 });
    });
  });

  test('one import at a time', async () => {
    const { store } = world();
    const running = await store.beginImport(NO_TABLES);
    await expect(store.beginImport(NO_TABLES)).rejects.toMatchObject({ code: 'busy' });
    await running.close();
    await running.close();
    expect(running.generation).toBe(generation);
    await (await store.beginImport(NO_TABLES)).close();
  });

  test('what is known is what the tables hold', async () => {
    const { db, store } = world();
    await addStations(db, [['9223372036854775807', 'Edge', SYSTEM.Far]]);
    await db.sql(`UPDATE Station SET ls_from_star = 999999 WHERE station_id = ${OUTPOST.marketId}`);
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S, '.500000'), 1);
    await plant(db, LINCOLN.marketId, [[FUEL, 1, 1, 1, 0, 0, 0]], stamp(NOON_S - 9));
    await importInto(store, [
      batch({
        ships: [SIDEWINDER, EAGLE],
        upgrades: v13 ? [] : [LASER],
        stations: [
          station({
            shipyard: vendor([SIDEWINDER.id, EAGLE.id], NOON_S - 5),
            outfitting: v13 ? null : vendor([LASER.id], NOON_S - 6),
          }),
        ],
      }),
    ]);
    const { stations } = await withImport(store, (running) => running.known());
    expect([...stations.ids]).toEqual([BigInt(LINCOLN.marketId), BigInt(OUTPOST.marketId), 2n ** 63n - 1n]);
    expect([...stations.rowS]).toEqual([SEEDED_S, SEEDED_S - 1, SEEDED_S]);
    expect([...stations.marketS]).toEqual([NOON_S, NEVER, NEVER]);
    expect([...stations.shipyardS]).toEqual([NOON_S - 5, NEVER, NEVER]);
    expect([...stations.outfittingS]).toEqual([v13 ? NEVER : NOON_S - 6, NEVER, NEVER]);
  });

  test('a known system is told from one that changed within the same second', async () => {
    const { store } = world();
    const system = systemRow({ id: 2n ** 63n - 2n, name: 'Çal', x: -3.03125, y: 1.375, z: 25_899.96875 });
    await importInto(store, [batch({ systems: [system] })]);
    const known = await withImport(store, (running) => running.known());
    expect([...known.systems.ids]).toEqual([...known.systems.ids].sort((a, b) => (a < b ? -1 : 1)));
    expect(known.systems.modifiedS[findId(known.systems.ids, system.id)]).toBe(NOON_S);
    expect(isKnownSystem(known, system, Infinity)).toBe(true);
    expect(isKnownSystem(known, { ...system, name: 'Cal' }, Infinity)).toBe(false);
    expect(isKnownSystem(known, { ...system, z: 25_899.9375 }, Infinity)).toBe(false);
    expect(isKnownSystem(known, { ...system, modifiedS: NOON_S + 1 }, Infinity)).toBe(false);
  });

  test('what is known can be read by other threads', async () => {
    const { systems, stations } = await withImport(world().store, (running) => running.known());
    for (const array of [...Object.values(systems), ...Object.values(stations)])
      expect(array.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(systems.ids.length).toBe(5);
  });
}
