import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TABLE_FILES, type PublishedFile } from '../../src/domain/ports/store/galaxy-store.ts';
import type { Generation } from '../../src/domain/generation.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { checkPublishedSet } from '../support/client-rules.ts';
import { tempDir } from '../support/temp-dir.ts';
import {
  EAGLE,
  NO_TABLES,
  SIDEWINDER,
  batch,
  importInto,
  station,
  stationRow,
  systemRow,
  variety,
  vendor,
} from './store-galaxy-batches.ts';
import {
  BRANDY,
  FUEL,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  SYSTEM,
  addStations,
  plant,
  snapshot,
  stamp,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const rares = [
  {
    ...{ id: BRANDY, symbol: 'LavianBrandy', marketId: BigInt(LINCOLN.marketId) },
    ...{ category: 'Legal Drugs', name: 'Lavian Brandy' },
  },
];
const brandy = [{ id: BRANDY, name: 'Lavian Brandy', category: 'Legal Drugs', symbol: null }];

/** The files clients download: exact text, closed, one consistent read. */
export function publishedSetContract(create: CreateDatabase, generation: Generation): void {
  const world = useWorld(create, generation);
  const v13 = generation === 'v13';

  async function populate() {
    const { db, store } = world();
    await importInto(store, [variety(generation), batch({ items: brandy })], { ...NO_TABLES, rares });
    await plant(db, OUTPOST.marketId, [GOLD_ROW, [FUEL, 0, 5, 1, 0, 5, 1]], stamp(NOON_S, '.250000'), 1);
  }

  test('clients load it without a word', async () => {
    await populate();
    const { files } = await exported(world().store);
    expect(violations(files, generation)).toEqual([]);
  });

  test('an empty database gives headers, in the order clients load the files', async () => {
    const { db, store } = world();
    for (const table of ['Item', 'Station', 'System']) await db.sql(`DELETE FROM ${table}`);
    const { files, rows } = await exported(store);
    expect([...files.keys()]).toEqual([...TABLE_FILES[generation], 'listings']);
    expect(rows).toMatchObject({ System: 0, Station: 0, Category: 16, Item: 0, listings: 0 });
    expect(Object.fromEntries([...files].map(([file, text]) => [file, text.split('\n')[0]]))).toEqual({
      System: 'unq:system_id,name,pos_x,pos_y,pos_z,modified',
      Station:
        'unq:station_id,name,system_id@System.system_id,ls_from_star,blackmarket,max_pad_size,market,shipyard,' +
        'outfitting,rearm,refuel,repair,planetary,type_id,modified',
      Category: 'unq:category_id,name',
      Item:
        'unq:item_id,name,category_id@Category.category_id,ui_order,avg_price,fdev_id' +
        (v13 ? ',rare_station_id@Station.station_id' : ''),
      Ship: 'unq:ship_id,name,cost',
      ShipVendor: 'unq:ship_id@Ship.ship_id,unq:station_id@Station.station_id,modified',
      ...(!v13 && {
        Upgrade: 'unq:upgrade_id,name,class,rating,ship',
        UpgradeVendor: 'unq:upgrade_id@Upgrade.upgrade_id,unq:station_id@Station.station_id,modified',
        RareItem:
          'unq:rare_id,station_id@Station.station_id,category_id@Category.category_id,unq:name,cost,' +
          'max_allocation,illegal,suppressed',
      }),
      listings:
        'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at',
    });
  });

  test('numbers are bare and exact, texts and times quoted', async () => {
    await populate();
    const { files } = await exported(world().store);
    expect(files.get('System')).toContain(
      "\n9223372036854775806,'Barnard''s Star',-3.03125,1.375,25899.96875,'2026-03-01 12:00:00'\n",
    );
    expect(files.get('Station')).toContain(
      `\n4300000001,'Čapek, "Port"',9223372036854775806,505,'N','L','Y','Y','N','Y','?','N','N',2,'2026-03-01 12:00:00'\n`,
    );
    expect(files.get('ShipVendor')).toContain(`\n${SIDEWINDER.id},4300000001,'2026-03-01 11:58:00'\n`);
  });

  test('null is two quotes', async () => {
    await populate();
    const { files } = await exported(world().store);
    const [rareGold, rareBrandy] = v13 ? [",''", `,${LINCOLN.marketId}`] : ['', ''];
    expect(files.get('Ship')).toContain(`\n${EAGLE.id},'Eagle',''\n`);
    expect(files.get('Item')).toContain(`\n${GOLD},'Gold',1,1,'',${GOLD}${rareGold}\n`);
    expect(files.get('Item')).toContain(`\n${BRANDY},'Lavian Brandy',8,1,'',${BRANDY}${rareBrandy}\n`);
    if (!v13) {
      expect(files.get('Upgrade')).toContain(",'Pulse Laser',1,'F',''\n");
      expect(files.get('RareItem')).toContain(
        `\n${BRANDY},${LINCOLN.marketId},8,'Lavian Brandy','','','?','?'\n`,
      );
    }
  });

  test('fractions of a second are dropped', async () => {
    const { db, store } = world();
    await db.sql(`UPDATE Station SET modified = ${stamp(NOON_S, '.999999')}`);
    const { files } = await exported(store);
    expect(files.get('Station')).toContain(",'2026-03-01 12:00:00'\n");
  });

  test('rows come in ascending order of their keys', async () => {
    const { store } = world();
    const ids = [77n, 2n ** 53n + 1n, 5n, 2n ** 53n];
    const stations = ids.map((id) =>
      station({ id, row: stationRow(), shipyard: vendor([EAGLE.id, SIDEWINDER.id]) }),
    );
    await importInto(store, [batch({ ships: [EAGLE, SIDEWINDER], stations })]);
    const { files } = await exported(store);
    const keys = (file: PublishedFile) =>
      files
        .get(file)!
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(','));
    expect(keys('Station').map(([id]) => id)).toEqual(
      ['5', '77', LINCOLN.marketId, OUTPOST.marketId, '9007199254740992', '9007199254740993'].map(String),
    );
    expect(keys('ShipVendor').map(([ship, id]) => `${ship} ${id}`)).toEqual(
      [SIDEWINDER, EAGLE].flatMap(({ id }) =>
        ['5', '77', '9007199254740992', '9007199254740993'].map((stationId) => `${id} ${stationId}`),
      ),
    );
  });

  test('the listings are those of exportListings', async () => {
    await populate();
    const { store } = world();
    const chunks: Uint8Array[] = [];
    await store.exportListings('all', (chunk) => Promise.resolve(void chunks.push(chunk)));
    expect((await exported(store)).files.get('listings')).toBe(Buffer.concat(chunks).toString());
  });

  test('the counts are those of the lines', async () => {
    await populate();
    const { files, rows } = await exported(world().store);
    expect(rows).toEqual(
      Object.fromEntries([...files].map(([file, text]) => [file, text.split('\n').length - 2])),
    );
  });

  test('thousands of rows are each in the file, once and in order; only the tables, where only they are asked for', async () => {
    const { db, store } = world();
    const ids = Array.from({ length: 2_500 }, (_, i) => 10_000 + i);
    await addStations(
      db,
      ids.map((id) => [id, `Port ${id}`, SYSTEM.Sol]),
    );
    let text = '';
    const asked: string[] = [];
    const { rows } = await store.exportSet(
      (file) => {
        asked.push(file);
        return (chunk) =>
          Promise.resolve(void (text += file === 'Station' ? Buffer.from(chunk).toString() : ''));
      },
      undefined,
      'tables',
    );
    const lines = text.trimEnd().split('\n').slice(1);
    expect(lines.map((line) => Number(line.split(',')[0])).filter((id) => id < 20_000)).toEqual(ids);
    expect(rows.Station).toBe(lines.length);
    expect(asked).toContain('Station');
    expect(asked).not.toContain('listings');
  });

  test('unchanged data gives the same bytes', async () => {
    await populate();
    const first = await exported(world().store);
    expect(await exported(world().store)).toEqual(first);
  });

  test('nothing refers to what is not in the set', async () => {
    await populate();
    const { db, store } = world();
    await addStations(db, [[500, 'Without a system', '404']]);
    await plant(db, 500, [GOLD_ROW], stamp(NOON_S));
    await plant(db, 501, [GOLD_ROW], stamp(NOON_S));
    await plant(db, LINCOLN.marketId, [[900, 1, 1, 1, 0, 0, 0]], stamp(NOON_S));
    await db.sql(
      `INSERT INTO Item (item_id, name, category_id, ui_order) VALUES (900, 'Without a category', 99, 1)`,
    );
    const vendors = [`(${EAGLE.id}, 500, ${stamp(NOON_S)})`, `(${EAGLE.id}, 501, ${stamp(NOON_S)})`];
    vendors.push(`(901, ${LINCOLN.marketId}, ${stamp(NOON_S)})`);
    await db.sql(`INSERT INTO ShipVendor (ship_id, station_id, modified) VALUES ${vendors.join()}`);
    if (v13) await db.sql(`UPDATE Item SET rare_station_id = 500 WHERE item_id = ${GOLD}`);
    else await db.sql('UPDATE RareItem SET station_id = 500');

    const { files, rows } = await exported(store);
    expect(violations(files, generation)).toEqual([]);
    expect(files.get('Station')).not.toContain('Without a system');
    expect(files.get('Item')).not.toContain('Without a category');
    expect(files.get('Item')).toContain("'Gold'");
    expect(rows).toMatchObject({ ShipVendor: 2, ...(!v13 && { RareItem: 0 }) });
    expect(files.get('listings')).not.toMatch(/^\d+,50[01],/m);
    expect(files.get('listings')).not.toContain(`,${LINCOLN.marketId},900,`);
  });

  describe('of many chunks', () => {
    const many = batch({
      systems: [systemRow({ modifiedS: NOON_S + 1 })],
      stations: Array.from({ length: 4_000 }, (_, i) =>
        station({ id: BigInt(i + 1), row: stationRow({ name: `Station with a long name ${i}` }) }),
      ),
    });

    test('what is written meanwhile is in no file of it', async () => {
      const { store } = world();
      await importInto(store, [many]);
      const before = await exported(store);
      let written = false;
      const files = await exported(store, async (file) => {
        if (file !== 'Station' || written) return;
        written = true;
        const later = { marketId: 3_900_000_000, stationName: 'Late', systemName: 'Sol' };
        expect(await store.writeMarkets([snapshot([GOLD_ROW], later)])).toMatchObject([
          { status: 'written' },
        ]);
      });
      expect(written).toBe(true);
      expect(files).toEqual(before);
      expect((await exported(store)).files.get('listings')).toContain(',3900000000,');
    });

    test('aborting stops it, and the store works on', async () => {
      const { store } = world();
      await importInto(store, [many]);
      const abort = new AbortController();
      const sink = () => {
        abort.abort();
        return Promise.resolve();
      };
      await expect(store.exportSet(() => sink, abort.signal)).rejects.toMatchObject({ code: 'aborted' });
      expect((await exported(store)).rows).toMatchObject({ Station: 4_002 });
    });

    test('a sink that fails ends it with its error', async () => {
      const { store } = world();
      const error = new Error('disk full');
      await expect(store.exportSet(() => () => Promise.reject(error))).rejects.toBe(error);
      expect((await exported(store)).rows).toMatchObject({ System: Object.keys(SYSTEM).length + 1 });
    });
  });
}

type Files = ReadonlyMap<PublishedFile, string>;

async function exported(
  store: Store,
  onChunk: (file: PublishedFile) => Promise<void> | void = () => undefined,
): Promise<{ files: Files; rows: Partial<Record<PublishedFile, number>> }> {
  const chunks = new Map<PublishedFile, Uint8Array[]>();
  const { rows } = await store.exportSet((file) => {
    expect(chunks.has(file)).toBe(false);
    const list: Uint8Array[] = [];
    chunks.set(file, list);
    return async (chunk) => {
      list.push(chunk);
      await onChunk(file);
    };
  });
  return { rows, files: new Map([...chunks].map(([file, list]) => [file, Buffer.concat(list).toString()])) };
}

function violations(files: Files, generation: Generation) {
  const dir = join(tempDir(), 'set');
  mkdirSync(dir);
  for (const [file, text] of files) writeFileSync(join(dir, `${file}.csv`), text);
  return checkPublishedSet(dir, generation);
}
