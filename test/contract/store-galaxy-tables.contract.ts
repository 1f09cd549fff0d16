import { describe, expect, test } from 'vitest';
import { CATEGORIES, type Generation } from '../../src/domain/generation.ts';
import type {
  FDevModule,
  RareCommodity,
  ReferenceTables,
} from '../../src/domain/ports/store/galaxy-store.ts';
import { NO_TABLES, batch, contentOf, importInto, withImport } from './store-galaxy-batches.ts';
import {
  BRANDY,
  COMMODITIES,
  FUEL,
  GOLD,
  LINCOLN,
  OUTPOST,
  PLATINUM,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const laser: FDevModule = {
  ...{ id: 128_049_381, symbol: 'Hpt_PulseLaser', category: 'hardpoint', name: 'Pulse Laser' },
  ...{ mount: 'Fixed', guidance: '', ship: '', class: '1', rating: 'F', entitlement: '' },
};

function rare(fields: Partial<RareCommodity> = {}): RareCommodity {
  return {
    ...{ id: BRANDY, symbol: 'LavianBrandy', marketId: BigInt(LINCOLN.marketId) },
    ...{ category: 'Legal Drugs', name: 'Lavian Brandy' },
    ...fields,
  };
}

/** Categories, items, rares: what is made of EDCD's tables. */
export function galaxyTableContract(create: CreateDatabase, generation: Generation): void {
  const world = useWorld(create, generation);
  const v13 = generation === 'v13';

  describe('categories', () => {
    test('the import tells those of the table', async () => {
      expect(await withImport(world().store, ({ categories }) => Promise.resolve(categories))).toEqual(
        CATEGORIES,
      );
    });

    test('an empty table gets the canonical ones', async () => {
      const { db, store } = world();
      await db.sql('DELETE FROM Item');
      await db.sql('DELETE FROM Category');
      expect(await withImport(store, ({ categories }) => Promise.resolve(categories))).toEqual(CATEGORIES);
      expect(await db.sql('SELECT name FROM Category WHERE category_id = 1')).toEqual([{ name: 'Metals' }]);
    });

    test('new ones of EDCD are numbered on by lower-case name, once', async () => {
      const { db, store } = world();
      const commodities = ['Zebras', 'apples', 'METALS', 'Zebras', 'Bricks'].map((category, i) => ({
        ...{ id: 900 + i, symbol: `s${i}`, name: `n${i}`, category, rare: false },
      }));
      const tables = { ...NO_TABLES, commodities };
      const categories = await withImport(store, (running) => Promise.resolve(running.categories), tables);
      expect(categories).toEqual([...CATEGORIES, 'apples', 'Bricks', 'Zebras']);
      await importInto(store, [], tables);
      expect(await db.sql('SELECT name FROM Category WHERE category_id > 16 ORDER BY category_id')).toEqual(
        ['apples', 'Bricks', 'Zebras'].map((name) => ({ name })),
      );
    });

    test('others in the place of canonical ones are refused, and nothing is changed', async () => {
      const { db, store } = world();
      await db.sql(`UPDATE Category SET name = 'Ores' WHERE category_id = 2`);
      const before = await contentOf(db, generation);
      await expect(store.beginImport({ ...NO_TABLES, commodities: COMMODITIES })).rejects.toMatchObject({
        name: 'StoreError',
        code: 'refused',
      });
      expect(await contentOf(db, generation)).toEqual(before);
    });

    test('case does not matter, and a refused import does not keep the next one out', async () => {
      const { db, store } = world();
      await db.sql(`UPDATE Category SET name = 'Ores' WHERE category_id = 2`);
      await expect(store.beginImport(NO_TABLES)).rejects.toMatchObject({ code: 'refused' });
      await db.sql(`UPDATE Category SET name = 'MINERALS' WHERE category_id = 2`);
      const categories = await withImport(store, (running) => Promise.resolve(running.categories));
      expect(categories[1]).toBe('MINERALS');
    });
  });

  describe('items', () => {
    test(v13 ? 'commodities are written, rares are not' : 'none is made of a list', async () => {
      const { db, store } = world();
      await db.sql(`DELETE FROM Item WHERE item_id = ${GOLD}`);
      await db.sql(`UPDATE Item SET name = 'Other', avg_price = 5 WHERE item_id = ${FUEL}`);
      await importInto(store, [], { ...NO_TABLES, commodities: COMMODITIES });
      const items = await db.sql('SELECT item_id, name, fdev_id, avg_price FROM Item ORDER BY name');
      const row = (id: number, name: string, avg_price: string | null) => ({
        ...{ item_id: String(id), name, fdev_id: String(id), avg_price },
      });
      expect(items).toEqual(
        v13
          ? [row(GOLD, 'Gold', null), row(FUEL, 'Hydrogen Fuel', '5'), row(PLATINUM, 'Platinum', null)]
          : [row(FUEL, 'Other', '5'), row(PLATINUM, 'Platinum', null)],
      );
    });

    test('are numbered within their category by lower-case name, name and id', async () => {
      const { db, store } = world();
      const names = ['beta', 'Alpha', 'alpha', 'Alpha', "Zed's"];
      const items = names.map((name, i) => ({ id: 900 - i, name, category: 'Weapons', symbol: null }));
      await importInto(store, [batch({ items })]);
      const order = await db.sql(
        'SELECT item_id, ui_order FROM Item WHERE category_id = 11 ORDER BY ui_order',
      );
      expect(order.map(({ item_id, ui_order }) => [Number(item_id), Number(ui_order)])).toEqual([
        [897, 1],
        [899, 2],
        [898, 3],
        [900, 4],
        [896, 5],
      ]);
      expect(await db.sql(`SELECT ui_order FROM Item WHERE item_id = ${PLATINUM}`)).toEqual([
        { ui_order: '2' },
      ]);
    });
  });

  test('FDevShipyard is written by id; blank is null', async () => {
    const { db, store } = world();
    const ship = { id: 128_049_249, symbol: 'SideWinder', name: 'Sidewinder', entitlement: '' };
    await importInto(store, [], { ...NO_TABLES, shipyard: [{ ...ship, name: 'Old' }] });
    await importInto(store, [], {
      ...NO_TABLES,
      shipyard: [ship, { ...ship, id: 2, entitlement: 'horizons' }],
    });
    expect(await db.sql('SELECT * FROM FDevShipyard ORDER BY id')).toEqual([
      { id: '2', symbol: 'SideWinder', name: 'Sidewinder', entitlement: 'horizons' },
      { id: '128049249', symbol: 'SideWinder', name: 'Sidewinder', entitlement: null },
    ]);
  });

  test.skipIf(v13)('FDevOutfitting is written by id, without rows the table refuses', async () => {
    const { db, store } = world();
    const outfitting = [
      laser,
      { ...laser, id: 1, category: 'decoration' },
      { ...laser, id: 3, category: 'standard', mount: '', ship: 'Eagle' },
    ];
    await importInto(store, [], { ...NO_TABLES, outfitting });
    const [good, ...rest] = await db.sql('SELECT * FROM FDevOutfitting ORDER BY id');
    expect(good).toMatchObject({ id: '3', category: 'standard', mount: null, ship: 'Eagle' });
    expect(rest).toEqual([
      {
        ...{ id: '128049381', symbol: 'Hpt_PulseLaser', category: 'hardpoint', name: 'Pulse Laser' },
        ...{ mount: 'Fixed', guidance: null, ship: null, class: '1', rating: 'F', entitlement: null },
      },
    ]);
  });

  test('tables that could not be had leave what is there', async () => {
    const { db, store } = world();
    const tables: ReferenceTables = {
      commodities: COMMODITIES,
      rares: [rare()],
      shipyard: [{ id: 1, symbol: 'S', name: 'N', entitlement: '' }],
      outfitting: v13 ? null : [laser],
    };
    const items = [{ id: BRANDY, name: 'Lavian Brandy', category: 'Legal Drugs', symbol: null }];
    await importInto(store, [batch({ items })], tables);
    const before = await contentOf(db, generation);
    await importInto(store, []);
    expect(await contentOf(db, generation)).toEqual(before);
    await importInto(store, [], tables);
    expect(await contentOf(db, generation)).toEqual(before);
  });

  describe('rares', () => {
    const stranded = rare({ id: 1, marketId: 999n, name: 'Of an unknown station' });

    test.skipIf(v13)('RareItem has those of known stations', async () => {
      const { db, store } = world();
      await importInto(store, [], { ...NO_TABLES, rares: [rare(), stranded] });
      expect(await db.sql('SELECT * FROM RareItem')).toEqual([
        {
          ...{ rare_id: String(BRANDY), station_id: String(LINCOLN.marketId), category_id: '8' },
          ...{ name: 'Lavian Brandy', cost: null, max_allocation: null, illegal: '?', suppressed: '?' },
        },
      ]);
    });

    test('a category that only they have is added', async () => {
      const { db, store } = world();
      const rares = [rare(), rare({ id: 2, category: 'Narcotics', name: 'Apa Viettest' })];
      await importInto(store, [], { ...NO_TABLES, rares });
      expect(await db.sql('SELECT category_id, name FROM Category WHERE category_id > 16')).toEqual([
        { category_id: '17', name: 'Narcotics' },
      ]);
      if (!v13) {
        expect(await db.sql('SELECT category_id FROM RareItem WHERE rare_id = 2')).toEqual([
          { category_id: '17' },
        ]);
      }
    });

    test.skipIf(v13)('RareItem loses what is no rare any more, and keeps up with the rest', async () => {
      const { db, store } = world();
      await importInto(store, [], { ...NO_TABLES, rares: [rare(), rare({ id: 7, name: 'Gone' })] });
      await importInto(store, [], { ...NO_TABLES, rares: [rare({ marketId: BigInt(OUTPOST.marketId) })] });
      expect(await db.sql('SELECT name, station_id FROM RareItem')).toEqual([
        { name: 'Lavian Brandy', station_id: String(OUTPOST.marketId) },
      ]);
    });

    const withItems = batch({
      items: [
        { id: 700, name: "Lavian B'randy", category: 'Legal Drugs', symbol: null },
        { id: 701, name: 'Lavian Brandy', category: 'Weapons', symbol: null },
        { id: 702, name: 'Festive Gifts', category: 'Consumer Items', symbol: null },
      ],
    });
    const rareStations = async () => {
      const rows = await world().db.sql(
        'SELECT item_id, rare_station_id FROM Item WHERE rare_station_id IS NOT NULL',
      );
      return rows.map(({ item_id, rare_station_id }) => [Number(item_id), Number(rare_station_id)]);
    };

    test.runIf(v13)('an item is found by name and category', async () => {
      const festive = rare({ id: 9, category: 'Consumer Items', name: 'Festive Gifts' });
      await importInto(world().store, [withItems], { ...NO_TABLES, rares: [rare(), festive, stranded] });
      expect(await rareStations()).toEqual([[700, LINCOLN.marketId]]);
    });

    test.runIf(v13)('an item that is no rare any more is none', async () => {
      const { db, store } = world();
      await importInto(store, [withItems], { ...NO_TABLES, rares: [rare()] });
      await db.sql(`UPDATE Item SET rare_station_id = ${OUTPOST.marketId} WHERE item_id IN (701, ${GOLD})`);
      await importInto(store, [], { ...NO_TABLES, rares: [rare()] });
      expect(await rareStations()).toEqual([[700, LINCOLN.marketId]]);
      await importInto(store, [], { ...NO_TABLES, rares: [] });
      expect(await rareStations()).toEqual([]);
    });
  });
}
