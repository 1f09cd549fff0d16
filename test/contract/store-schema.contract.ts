import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CATEGORIES, type Generation } from '../../src/domain/generation.ts';
import { StoreError } from '../../src/domain/errors.ts';
import {
  BRANDY,
  COMMODITIES,
  FUEL,
  GOLD,
  PLATINUM,
  type CreateDatabase,
  type TestDatabase,
} from './store-world.ts';

const COMMON = ['Category', 'FDevShipyard', 'Item', 'Ship', 'ShipVendor', 'Station', 'StationItem', 'System'];
const V12_ONLY = ['Added', 'Upgrade', 'UpgradeVendor', 'RareItem', 'FDevOutfitting', 'ExportControl'];
const OTHER: Record<Generation, Generation> = { v12: 'v13', v13: 'v12' };

/** Making, recognising and refusing databases; seeding the catalogue. */
export function schemaContract(create: CreateDatabase): void {
  let db: TestDatabase;
  beforeEach(async () => {
    db = await create();
  });
  afterEach(() => db.dispose());

  const exists = (table: string) =>
    db.sql(`SELECT 1 FROM ${table} WHERE 1 = 0`).then(
      () => true,
      () => false,
    );
  const columnsOf = async (table: string, sample: string) => {
    await db.sql(sample);
    const [row] = await db.sql(`SELECT * FROM ${table}`);
    return Object.keys(row!);
  };
  const rejection = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  test('a new database is v12 when nobody asked for a generation', async () => {
    expect(await db.store('auto').open()).toMatchObject({ generation: 'v12', created: true });
    expect(await exists('Upgrade')).toBe(true);
  });

  test.each(['v12', 'v13'] as const)(
    'a new %s database has its tables and seeded categories',
    async (generation) => {
      expect(await db.store(generation).open()).toMatchObject({ generation, created: true });
      for (const table of COMMON) expect([table, await exists(table)]).toEqual([table, true]);
      for (const table of V12_ONLY)
        expect([table, await exists(table)]).toEqual([table, generation === 'v12']);
      const categories = await db.sql('SELECT category_id, name FROM Category ORDER BY category_id');
      expect(categories).toEqual(CATEGORIES.map((name, i) => ({ category_id: String(i + 1), name })));
    },
  );

  test.each(['v12', 'v13'] as const)(
    'the columns of a new %s database are Trade Dangerous’',
    async (generation) => {
      await db.store(generation).open();
      const system = await columnsOf(
        'System',
        `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0)`,
      );
      const station = await columnsOf(
        'Station',
        `INSERT INTO Station (station_id, name, system_id) VALUES (2, 'Port', 1)`,
      );
      const item = await columnsOf(
        'Item',
        `INSERT INTO Item (item_id, name, category_id) VALUES (3, 'Gold', 1)`,
      );
      const v13 = generation === 'v13';
      expect(system.includes('lookup_name')).toBe(v13);
      expect(system.includes('added_id')).toBe(!v13);
      expect(station.includes('lookup_name')).toBe(v13);
      expect(item.includes('rare_station_id')).toBe(v13);
      expect(station).toEqual(
        expect.arrayContaining(['ls_from_star', 'max_pad_size', 'planetary', 'type_id', 'modified']),
      );
    },
  );

  test('positions keep all their digits', async () => {
    await db.store().open();
    await db.sql(
      `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Beagle Point', -1111.5625, -134.21875, 65269.75)`,
    );
    const [row] = await db.sql('SELECT pos_x, pos_y, pos_z FROM System');
    expect(Object.values(row!).map(Number)).toEqual([-1111.5625, -134.21875, 65269.75]);
  });

  test.each(['v12', 'v13'] as const)('auto recognises a %s database', async (generation) => {
    await db.store(generation).open();
    expect(await db.store('auto').open()).toMatchObject({ generation, created: false });
  });

  test.each(['v12', 'v13'] as const)(
    'a %s database is refused where the other generation is asked',
    async (generation) => {
      await db.store(generation).open();
      const error = await rejection(db.store(OTHER[generation]).open());
      expect(error).toBeInstanceOf(StoreError);
      expect(error).toMatchObject({ code: 'refused', retryable: false });
      expect((error as StoreError).message).toContain(generation);
      expect((error as StoreError).advice).toContain(generation);
    },
  );

  test('a foreign database is refused and left as it was', async () => {
    await db.sql('CREATE TABLE notes (note VARCHAR(20))');
    await db.sql(`INSERT INTO notes VALUES ('mine')`);
    const error = await rejection(db.store().open());
    expect(error).toBeInstanceOf(StoreError);
    expect(error).toMatchObject({ code: 'refused' });
    expect((error as StoreError).advice).toBeTruthy();
    expect(await db.sql('SELECT note FROM notes')).toEqual([{ note: 'mine' }]);
    expect(await exists('System')).toBe(false);
  });

  test('every method of a store on a foreign database is refused', async () => {
    await db.sql('CREATE TABLE notes (note VARCHAR(20))');
    const store = db.store();
    for (const call of [store.stats(), store.knownSystems(['Sol']), store.useCatalogue(COMMODITIES)]) {
      expect(await rejection(call)).toMatchObject({ code: 'refused' });
    }
    const sink = () => Promise.reject(new Error('unreachable'));
    expect(await rejection(store.exportListings('all', sink))).toMatchObject({ code: 'refused' });
    // More often than there are connections: each is used again.
    for (let again = 0; again < 9; again++)
      expect(await rejection(store.stats())).toMatchObject({ code: 'refused' });
  });

  describe.each(['v12', 'v13'] as const)('the catalogue in %s', (generation) => {
    test('seeds the items of a database without items, numbered by name in each category', async () => {
      const store = db.store(generation);
      await store.useCatalogue(COMMODITIES);
      expect(
        await db.sql(
          'SELECT item_id, name, category_id, ui_order, avg_price, fdev_id FROM Item ORDER BY item_id',
        ),
      ).toEqual(
        [
          { item_id: String(PLATINUM), name: 'Platinum', category_id: '1', ui_order: '2' },
          { item_id: String(GOLD), name: 'Gold', category_id: '1', ui_order: '1' },
          { item_id: String(FUEL), name: 'Hydrogen Fuel', category_id: '3', ui_order: '1' },
        ].map((row) => ({ ...row, avg_price: null, fdev_id: row.item_id })),
      );
    });

    test('leaves a database that has items alone', async () => {
      const store = db.store(generation);
      await store.open();
      await db.sql(`INSERT INTO Item (item_id, name, category_id, ui_order) VALUES (${GOLD}, 'Aurum', 2, 7)`);
      await store.useCatalogue(COMMODITIES);
      expect(await db.sql('SELECT item_id, name, category_id, ui_order FROM Item')).toEqual([
        { item_id: String(GOLD), name: 'Aurum', category_id: '2', ui_order: '7' },
      ]);
    });

    test('seeds categories where there are none, and changes none', async () => {
      const store = db.store(generation);
      await store.open();
      await db.sql('DELETE FROM Category');
      await store.useCatalogue(COMMODITIES);
      expect(await db.sql('SELECT name FROM Category WHERE category_id = 1')).toEqual([{ name: 'Metals' }]);
      await db.sql(`UPDATE Category SET name = 'Ores' WHERE category_id = 1`);
      await store.useCatalogue(COMMODITIES);
      expect(await db.sql('SELECT name FROM Category WHERE category_id = 1')).toEqual([{ name: 'Ores' }]);
    });

    test('rares are no items until a market lists them', async () => {
      await db.store(generation).useCatalogue(COMMODITIES);
      expect(await db.sql(`SELECT item_id FROM Item WHERE item_id = ${BRANDY}`)).toEqual([]);
    });
  });
}
