import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { length } from '../../src/cli/daemon/status-lines.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { writeConfig, type Exit } from '../support/daemon.ts';
import { runHere } from '../support/here.ts';
import { makeGalaxy, withDatabase } from '../support/galaxy.ts';
import { makeMariadbGalaxy, writeDbConfig } from '../support/mariadb-galaxy.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { testCatalogue } from '../support/messages.ts';
import { tempDir } from '../support/temp-dir.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const SYSTEMS = ['Sol', 'Barnard', 'Twin', 'Elsewhere'] as const;
const STATIONS = [
  { id: 128_000_001, name: 'Abraham Lincoln', system: 'Sol' },
  { id: 128_000_002, name: 'Outpost', system: 'Barnard' },
  { id: 128_000_003, name: 'Outpost', system: 'Sol' },
  { id: 128_000_004, name: 'Outpost Bravo', system: 'Twin' },
];
const id = (symbol: string) => testCatalogue().commodities.find((each) => each.symbol === symbol)!.id;
const nowS = Math.floor(Date.now() / 1000);
const stamp = (ageS: number) => new Date((nowS - ageS) * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** Plain SQL that both stores take: station, item, demand price and units, supply price and units, age. */
const ROWS = [
  [128_000_001, 'Gold', 9_400, 1_200, 0, 0, 3 * HOUR_S],
  [128_000_001, 'Tritium', 80, 0, 41_095, 41_000, 3 * HOUR_S],
  [128_000_002, 'Tritium', 0, 0, 41_090, 500, 5 * DAY_S],
  [128_000_002, 'Gold', 9_900, 7, 0, 0, 5 * DAY_S],
  [128_000_004, 'Tritium', 0, 0, 40_000, 9, 9 * DAY_S],
] as const;
const PLANT = [
  "UPDATE System SET name = 'TWIN', pos_x = 300 WHERE name = 'Elsewhere'",
  "UPDATE System SET pos_x = 3, pos_y = 4 WHERE name = 'Barnard'",
  "UPDATE Station SET ls_from_star = 496, max_pad_size = 'L', type_id = 2 WHERE station_id = 128000001",
  'UPDATE Station SET ls_from_star = 999999 WHERE station_id = 128000002',
  'CREATE TABLE IF NOT EXISTS tdl_price (station_id BIGINT NOT NULL PRIMARY KEY, observed_s BIGINT NOT NULL, ratio DOUBLE)',
  // As of its rows; of an older observation; of one that is usual.
  `INSERT INTO tdl_price (station_id, observed_s, ratio) VALUES (128000002, ${nowS - 5 * DAY_S}, 4),
     (128000001, ${nowS - 9 * DAY_S}, 4), (128000004, ${nowS - 9 * DAY_S}, 1)`,
  `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units,
     supply_level, modified, from_live) VALUES ${ROWS.map(
       ([station, symbol, price, demand, supplyPrice, stock, ageS]) =>
         `(${station}, ${id(symbol)}, ${price}, ${demand}, 1, ${supplyPrice}, ${stock}, 1, '${stamp(ageS)}', 1)`,
     ).join()}`,
];

type Tdl = (...args: string[]) => Promise<Exit>;

/** `find`, `stale` and `market` as a terminal has them. */
function questions(use: () => Tdl): void {
  const ok = async (...args: string[]) => {
    const { code, stdout, stderr } = await use()(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return stdout;
  };
  const refused = async (...args: string[]) => {
    const { code, stdout, stderr } = await use()(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  };
  const cells = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));

  test('find tells who sells a good near a system, cheapest first, with ages', async () => {
    const found = cells(await ok('find', 'tritium', '--near', 'sol', '--max-age', '10d'));
    expect(found).toEqual([
      ['station', 'system', 'ly', 'ls', 'pad', 'price', 'stock', 'age', 'market id'],
      ['Outpost Bravo', 'Twin', '0.0', '0', '?', '40,000', '9', '9 days', '128000004'],
      ['Outpost', 'Barnard', '5.0', '?', '?', '41,090', '500', '5 days', '128000002', 'odd prices'],
      ['Abraham Lincoln', 'Sol', '0.0', '496', 'L', '41,095', '41,000', '3 h', '128000001'],
    ]);
    // Seen within seven days unless told otherwise.
    expect(cells(await ok('find', 'tritium', '--near', 'sol'))).toHaveLength(3);
    expect(cells(await ok('find', String(id('Tritium')), '--min-pad', 'L'))).toEqual([
      ['station', 'system', 'ls', 'pad', 'price', 'stock', 'age', 'market id'],
      ['Abraham Lincoln', 'Sol', '496', 'L', '41,095', '41,000', '3 h', '128000001'],
    ]);
    expect(await ok('find', 'tritium', '--limit', '1')).toMatch(/\n1 of 2: --limit shows more\n$/);
    expect(await ok('find', 'gold')).toBe(
      'no sellers among the markets that fit and were seen within 7 days\n',
    );
  });

  test('find --buyers, as CSV and as JSON', async () => {
    const csv = parse(await ok('find', 'gold', '--buyers', '--near', 'Sol', '--csv'), { columns: true });
    expect(csv).toMatchObject([
      {
        name: 'Outpost',
        systemName: 'Barnard',
        distanceLy: '5',
        lsFromStar: '',
        sellPrice: '9900',
        demand: '7',
        plausible: 'false',
      },
      {
        name: 'Abraham Lincoln',
        distanceLy: '0',
        lsFromStar: '496',
        sellPrice: '9400',
        marketId: '128000001',
        plausible: '',
      },
    ]);
    const ages = csv.map((row) => Number((row as Record<string, string>).marketAgeS));
    expect(ages.map(length)).toEqual(['5 days', '3 h']);
    const json: unknown = JSON.parse(await ok('find', 'gold', '--buyers', '--json'));
    expect(json).toMatchObject({
      total: 2,
      commodity: { name: 'Gold' },
      entries: [
        { marketId: 128_000_002, lsFromStar: null, sellPrice: 9_900, buyPrice: null },
        { marketId: 128_000_001 },
      ],
    });
  });

  test('stale tells what nobody has seen, oldest first', async () => {
    expect(cells(await ok('stale', '--near', 'Barnard', '--within', '20'))).toEqual([
      ['station', 'system', 'ly', 'ls', 'pad', 'age', 'market id'],
      ['Outpost', 'Sol', '5.0', '0', '?', 'never seen', '128000003'],
      ['Outpost Bravo', 'Twin', '5.0', '0', '?', '9 days', '128000004'],
      ['Outpost', 'Barnard', '0.0', '?', '?', '5 days', '128000002', 'odd prices'],
    ]);
    const csv = parse(await ok('stale', '--older-than', '1h', '--never-seen', 'excluded', '--csv'), {
      columns: true,
    });
    expect(csv.map((row) => (row as Record<string, string>).marketId)).toEqual([
      '128000004',
      '128000002',
      '128000001',
    ]);
    expect(await ok('stale', '--older-than', '20d', '--never-seen', 'excluded')).toBe(
      'nothing is stale among the markets that fit\n',
    );
    expect(JSON.parse(await ok('stale', '--never-seen', 'only', '--json'))).toMatchObject({
      olderThanS: DAY_S,
      entries: [{ marketId: 128_000_003, marketAgeS: null }],
    });
  });

  test('market tells every good of one, by id, name, or system and name', async () => {
    const told = await ok('market', '128000001');
    const [head, ...lines] = told.split('\n');
    expect(head).toBe(
      'Abraham Lincoln, Sol (market 128000001): Coriolis Starport, pad L, 496 ls, seen 3 h ago',
    );
    expect(cells(lines.join('\n'))).toEqual([
      ['category', 'good', 'buy at', 'stock', 'sell at', 'demand'],
      ['Chemicals', 'Tritium', '41,095', '41,000', '80', '0'],
      ['Metals', 'Gold', '-', '-', '9,400', '1,200'],
    ]);
    expect(await ok('market', 'abraham lincoln')).toBe(told);
    expect(await ok('market', 'SOL/Abraham Lincoln')).toBe(told);
    expect(await ok('market', 'sol/outpost')).toBe(
      'Outpost, Sol (market 128000003): type unknown, pad ?, 0 ls, never seen\ntrades nothing that is known\n',
    );
    expect(await ok('market', '128000002')).toMatch(
      /^Outpost, Barnard .* ago, its prices are 4\.0 times what is usual: probably false\n/,
    );
    const csv = parse(await ok('market', 'barnard/outpost', '--csv'), { columns: true });
    expect(csv).toMatchObject([
      { name: 'Tritium', buyPrice: '41090', sellPrice: '', marketId: '128000002', plausible: 'false' },
      { name: 'Gold', buyPrice: '', stock: '', sellPrice: '9900', demand: '7' },
    ]);
    expect(JSON.parse(await ok('market', '128000002', '--json'))).toMatchObject({
      name: 'Outpost',
      rows: [{ name: 'Gold' }, { name: 'Tritium' }],
    });
  });

  test('what is not there is told with what may have been meant', async () => {
    expect(await refused('find', 'tritum')).toBe('no good is called tritum: did you mean Tritium?\n');
    expect(await refused('find', 'glod')).toMatch(/^no good is called glod: did you mean Gold/);
    expect(await refused('find', 'gold', '--near', 'Twin')).toBe(
      '2 systems are named Twin: give the id64 of the one you mean\n' +
        '  3                    Twin\n  4                    TWIN\n',
    );
    expect(await ok('find', 'tritium', '--near', '3', '--max-age', '10d')).toMatch(/Outpost Bravo/);
    expect(await refused('stale', '--near', 'Nowhere')).toBe('no system is named Nowhere\n');
    expect(await refused('market', 'outpost')).toBe(
      '2 stations are named outpost: give the id of one\n  128000002    Outpost, Barnard\n  128000003    Outpost, Sol\n',
    );
    expect(await refused('market', 'outpost b')).toBe(
      'no station is named outpost b; these begin so:\n  128000004    Outpost Bravo, Twin\n',
    );
    expect(await refused('market', '5')).toBe('no station has the market id 5\n');
    expect(await refused('market', 'Sol/')).toMatch(/^no station is named: give a market id, STATION or/);
    expect(await refused('find', 'gold', '--within', 'x')).toMatch(/^within: /);
    expect(await refused('find', 'gold', '--sort', 'cheap')).toMatch(/^sort: .*price.*distance.*age/);
    expect(await refused('stale', '--older-than', '1')).toMatch(/^olderThan: .*90m, 12h or 7d/);
  });
}

describe('on SQLite', () => {
  let cwd: string;
  let file: string;

  beforeEach(async () => {
    cwd = tempDir();
    file = join(cwd, 'data/TradeDangerous.db');
    writeConfig(cwd);
    await makeGalaxy(file, SYSTEMS, STATIONS);
    const store = createSqliteStore({ file, generation: 'v12' });
    await store.useCatalogue(testCatalogue().commodities);
    await store.close();
    withDatabase(file, (db) => PLANT.forEach((sql) => db.exec(sql)));
  });

  questions(
    () =>
      (...args) =>
        runHere({ cwd, args }),
  );

  test('nothing is made or changed, in WAL mode either', async () => {
    const contents = () => [
      ...readdirSync(cwd, { recursive: true }),
      createHash('sha256').update(readFileSync(file)).digest('hex'),
    ];
    const before = contents();
    for (const args of [['find', 'gold'], ['stale'], ['market', '128000001']]) {
      expect((await runHere({ cwd, args })).code).toBe(0);
    }
    expect(contents()).toEqual(before);
  });
});

describeMariadb('on MariaDB', () => {
  const server = useMariadb();
  let database: string;

  beforeAll(async () => {
    database = await server.createDatabase();
    await makeMariadbGalaxy(server, database, SYSTEMS, STATIONS);
    for (const sql of PLANT) await server.sql(sql, database);
  });

  questions(() => {
    const cwd = tempDir();
    writeConfig(cwd);
    const env = { TD_DB_CONFIG: writeDbConfig(cwd, server, database) };
    return (...args) => runHere({ cwd, args, env });
  });
});
