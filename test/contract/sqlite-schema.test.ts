import { storeThreadsHere } from '../support/threads-here.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GenerationChoice } from '../../src/domain/generation.ts';
import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { sqliteShape } from '../support/sqlite-shape.ts';
import { tempDir } from '../support/temp-dir.ts';
import { COMMODITIES, FUEL_ROW, GOLD_ROW, LINCOLN, STRANGER, snapshot } from './store-world.ts';

storeThreadsHere();

let file: string;
let store: MarketStore;

beforeEach(() => {
  file = join(tempDir(), 'TradeDangerous.db');
});
afterEach(() => store.close());

test.each(['v12', 'v13'] as const)(
  'a new %s database has the set-up Trade Dangerous gives its own',
  async (generation) => {
    await open(generation);
    expect(value('PRAGMA journal_mode')).toBe('wal');
    expect(value('PRAGMA auto_vacuum')).toBe(2);
    expect(value('PRAGMA integrity_check')).toBe('ok');
  },
);

test.each(['v12', 'v13'] as const)(
  'the tables of a new %s database are those of Trade Dangerous’ template, which finds systems by name, too',
  async (generation) => {
    await open(generation);
    using db = new DatabaseSync(file);
    const expected = new URL(`../support/fixtures/sqlite-${generation}.txt`, import.meta.url);
    expect(sqliteShape(db)).toEqual(readFileSync(expected, 'utf8').trimEnd().split('\n'));
  },
);

test.each([
  ['v12', 'INTEGER', ['Station', 'ShipVendor', 'UpgradeVendor', 'StationItem']],
  ['v13', 'BIGINT', ['Station', 'ShipVendor', 'StationItem']],
] as const)('ids and row storage of %s', async (generation, idType, withoutRowid) => {
  await open(generation);
  for (const [table, column] of [
    ['System', 'system_id'],
    ['Station', 'station_id'],
    ['StationItem', 'station_id'],
  ]) {
    expect(value(`SELECT type FROM pragma_table_info('${table}') WHERE name = '${column}'`)).toBe(idType);
  }
  const tables = all(`SELECT name FROM pragma_table_list WHERE wr = 1 AND type = 'table' ORDER BY name`);
  expect(tables.map((row) => row.name)).toEqual([...withoutRowid].sort());
});

test.each(['v12', 'v13'] as const)(
  'each id of a %s database has an index for the CSV exporter',
  async (generation) => {
    await open(generation);
    for (const table of ['System', 'Station', 'Category', 'Item', 'Ship', 'FDevShipyard']) {
      const unique = value(`SELECT COUNT(*) FROM pragma_index_list('${table}') WHERE "unique" = 1`);
      expect([table, unique]).not.toEqual([table, 0]);
    }
  },
);

test.each(['v12', 'v13'] as const)(
  'the price indexes of a %s database are partial, the views are there',
  async (generation) => {
    await open(generation);
    const partial = all(`SELECT name FROM pragma_index_list('StationItem') WHERE partial = 1 ORDER BY name`);
    expect(partial.map((row) => row.name)).toEqual(['si_itm_dmdpr', 'si_itm_suppr']);
    await populate();
    const [item_id, , , , price, units, level] = FUEL_ROW;
    const sold = { station_id: LINCOLN.marketId, ...{ item_id, price, units, level } };
    expect(all('SELECT * FROM StationSelling')).toEqual([{ ...sold, modified: '2026-03-01 12:00:00' }]);
    expect(all('SELECT price FROM StationBuying ORDER BY price')).toEqual([{ price: 80 }, { price: 9_400 }]);
  },
);

test('names are found whatever their case, by index', async () => {
  await open('v12');
  await populate();
  expect(value(`SELECT system_id FROM System WHERE name = 'sOL'`)).toBe(1);
  const plan = all(
    `EXPLAIN QUERY PLAN SELECT system_id FROM System WHERE name IN (SELECT value FROM json_each('[]'))`,
  );
  expect(JSON.stringify(plan)).toContain('idx_system_by_name');
});

test('checks refuse what Trade Dangerous never writes', async () => {
  await open('v13');
  await populate();
  for (const flag of 'blackmarket market shipyard outfitting rearm refuel repair planetary'.split(' ')) {
    for (const value of ['Y', 'N', '?']) all(`UPDATE Station SET ${flag} = '${value}'`);
    expect(() => all(`UPDATE Station SET ${flag} = 'X'`), flag).toThrow('CHECK');
  }
  for (const value of ['S', 'M', 'L', '?']) all(`UPDATE Station SET max_pad_size = '${value}'`);
  expect(() => all(`UPDATE Station SET max_pad_size = 'XL'`)).toThrow('CHECK');
  expect(() => all('UPDATE Station SET ls_from_star = -1')).toThrow('CHECK');
  expect(() => all('UPDATE StationItem SET item_id = item_id + 1')).toThrow('FOREIGN KEY');
});

test('checks of v12 refuse rares and modules that Trade Dangerous does not know', async () => {
  await open('v12');
  await populate();
  const rare = (illegal: string, suppressed: string) =>
    all(
      `INSERT INTO RareItem (station_id, category_id, illegal, suppressed)
       VALUES (${LINCOLN.marketId}, 1, '${illegal}', '${suppressed}')`,
    );
  rare('Y', 'N');
  expect(() => rare('X', 'N')).toThrow('CHECK');
  expect(() => rare('Y', 'X')).toThrow('CHECK');
  const module = (id: number, category: string, mount: string, guidance: string) =>
    all(
      `INSERT INTO FDevOutfitting (id, category, mount, guidance, class, rating)
       VALUES (${id}, '${category}', ${mount}, ${guidance}, '1', 'E')`,
    );
  module(1, 'hardpoint', "'Fixed'", "'Seeker'");
  module(2, 'utility', 'NULL', 'NULL');
  expect(() => module(3, 'X', 'NULL', 'NULL')).toThrow('CHECK');
});

test('what is written has Trade Dangerous’ types', async () => {
  await open('v12');
  await populate();
  await store.writeMarkets([snapshot([GOLD_ROW], { ...STRANGER, systemName: 'Sol' })]);
  const columns = [
    ...'demand supply'.split(' ').flatMap((side) => [`${side}_price`, `${side}_units`, `${side}_level`]),
  ];
  for (const column of ['station_id', 'item_id', 'from_live', ...columns]) {
    expect(all(`SELECT DISTINCT typeof(${column}) AS type FROM StationItem`)).toEqual([{ type: 'integer' }]);
  }
  expect(all('SELECT DISTINCT modified FROM StationItem')).toEqual([{ modified: '2026-03-01 12:00:00' }]);
  expect(value(`SELECT typeof(system_id) FROM Station WHERE station_id = ${STRANGER.marketId}`)).toBe(
    'integer',
  );
  expect(value(`SELECT modified FROM Station WHERE station_id = ${STRANGER.marketId}`)).toBe(
    '2026-03-01 12:00:00',
  );
  expect(all('PRAGMA foreign_key_check')).toEqual([]);
});

/** A v12 database as other versions of Trade Dangerous have made it: stricter columns, no name index, its own version. */
const FOREIGN_MADE = `
  CREATE TABLE Category (category_id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL COLLATE NOCASE);
  CREATE TABLE Item (item_id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE COLLATE NOCASE,
    category_id INTEGER NOT NULL REFERENCES Category, ui_order INTEGER NOT NULL, avg_price INTEGER, fdev_id INTEGER)
    WITHOUT ROWID;
  CREATE TABLE System (system_id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL COLLATE NOCASE, pos_x DOUBLE NOT NULL,
    pos_y DOUBLE NOT NULL, pos_z DOUBLE NOT NULL, modified DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL) WITHOUT ROWID;
  CREATE TABLE Station (station_id INTEGER PRIMARY KEY, name VARCHAR(40) NOT NULL COLLATE NOCASE,
    system_id INTEGER NOT NULL REFERENCES System, ls_from_star INTEGER NOT NULL, blackmarket CHAR(1) NOT NULL,
    max_pad_size CHAR(1) NOT NULL, market CHAR(1) NOT NULL, shipyard CHAR(1) NOT NULL, modified DATETIME NOT NULL,
    outfitting CHAR(1) NOT NULL, rearm CHAR(1) NOT NULL, refuel CHAR(1) NOT NULL, repair CHAR(1) NOT NULL,
    planetary CHAR(1) NOT NULL, type_id INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE StationItem (station_id INTEGER NOT NULL REFERENCES Station, item_id INTEGER NOT NULL REFERENCES Item,
    demand_price INT NOT NULL, demand_units INT NOT NULL, demand_level INT NOT NULL, supply_price INT NOT NULL,
    supply_units INT NOT NULL, supply_level INT NOT NULL, modified DATETIME NOT NULL,
    from_live INTEGER DEFAULT 0 NOT NULL, PRIMARY KEY (station_id, item_id)) WITHOUT ROWID;
  CREATE TABLE Upgrade (upgrade_id INTEGER PRIMARY KEY);
  PRAGMA user_version = 2;
  INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0);`;

test('a database Trade Dangerous made is used as it is', async () => {
  {
    using db = new DatabaseSync(file);
    db.exec(FOREIGN_MADE);
  }
  const schema = () => all('SELECT type, name, sql FROM sqlite_schema ORDER BY name');
  const before = schema();
  store = createSqliteStore({ file, generation: 'auto' });
  expect(await store.open()).toMatchObject({ generation: 'v12', created: false });
  await store.useCatalogue(COMMODITIES);
  const market = { ...STRANGER, systemName: 'sol' };
  expect(await store.writeMarkets([snapshot([GOLD_ROW], market)])).toMatchObject([{ station: 'created' }]);
  expect(await store.writeMarkets([snapshot([FUEL_ROW], market)])).toMatchObject([{ station: 'known' }]);
  expect(await store.exportListings('live', () => Promise.resolve())).toEqual({ rows: 1, stations: 1 });
  expect(await store.purge({ olderThanS: 4e9 })).toBe(1);
  expect(schema()).toEqual(before);
  expect(value('PRAGMA user_version')).toBe(2);
  expect(value('PRAGMA application_id')).toBe(0);
});

async function open(generation: GenerationChoice): Promise<void> {
  store = createSqliteStore({ file, generation });
  await store.useCatalogue(COMMODITIES);
}

async function populate(): Promise<void> {
  all(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Sol', 0, 0, 0)`);
  all(`INSERT INTO Station (station_id, name, system_id) VALUES (${LINCOLN.marketId}, 'Abraham Lincoln', 1)`);
  await store.writeMarkets([snapshot([GOLD_ROW, FUEL_ROW])]);
}

function all(sql: string) {
  using db = new DatabaseSync(file);
  return db.prepare(sql).all();
}

function value(sql: string): unknown {
  return Object.values(all(sql)[0] ?? {})[0];
}
