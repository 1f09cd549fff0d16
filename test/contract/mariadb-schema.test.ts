import mysql from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GenerationChoice } from '../../src/domain/generation.ts';
import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { storeOn } from '../support/mariadb-world.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';
import { TRADE_DANGEROUS_GENERATIONS, tradeDangerousTables } from '../support/trade-dangerous-schema.ts';
import { COMMODITIES, FUEL_ROW, GOLD, GOLD_ROW, NOON_S, snapshot, STRANGER } from './store-world.ts';

/** Numbers as long as they get. */
const LONG = [2_000_000_001, 2_000_000_002, 3, 2_000_000_004, 2_000_000_005, 6] as const;

describeMariadb('a database on MariaDB', () => {
  const server = useMariadb();
  let database: string;
  let other: string;
  const stores: MarketStore[] = [];

  beforeEach(async () => {
    database = await server.createDatabase();
    other = await server.createDatabase();
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await server.dropDatabase(database);
    await server.dropDatabase(other);
  });

  function storeOf(name: string, generation: GenerationChoice = 'auto'): MarketStore {
    const store = createMariadbStore({
      connection: server.connection(name),
      generation,
      lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
    });
    stores.push(store);
    return store;
  }

  const sql = (statement: string) => server.sql(statement, database);

  /** Everything that makes up the tables that Trade Dangerous' part of the tests makes. */
  async function shapeOf(name: string) {
    const ours = `TABLE_NAME IN ('Added','System','Station','Category','Item','Upgrade','StationItem')`;
    return {
      columns: await server.sql(
        `SELECT TABLE_NAME, ORDINAL_POSITION, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME,
           EXTRA FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${name}' AND ${ours} ORDER BY 1, 2`,
      ),
      keys: await server.sql(
        `SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE FROM information_schema.STATISTICS
         WHERE TABLE_SCHEMA = '${name}' AND ${ours} ORDER BY 1, 2, 3`,
      ),
      parents: await server.sql(
        `SELECT TABLE_NAME, CONSTRAINT_NAME, REFERENCED_TABLE_NAME, UPDATE_RULE, DELETE_RULE
         FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = '${name}' AND ${ours} ORDER BY 1, 2`,
      ),
      checks: await server.sql(
        `SELECT TABLE_NAME, CONSTRAINT_NAME, REPLACE(CHECK_CLAUSE, ' ', '') AS rule
         FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = '${name}' AND ${ours} ORDER BY 1, 2`,
      ),
    };
  }

  test.each(['late v12', 'v13'] as const)(
    'made by us it is what Trade Dangerous makes as %s, but for positions in DOUBLE',
    async (generation) => {
      for (const table of tradeDangerousTables(generation)) await sql(table);
      await storeOf(other, generation === 'v13' ? 'v13' : 'v12').open();
      const { columns, ...rest } = await shapeOf(database);
      const asDouble = columns.map((column) =>
        column.COLUMN_TYPE === 'float' ? { ...column, COLUMN_TYPE: 'double' } : column,
      );
      expect(await shapeOf(other)).toEqual({ columns: asDouble, ...rest });
    },
  );

  test.each(TRADE_DANGEROUS_GENERATIONS)(
    'made by Trade Dangerous as %s it is recognised, used, and not altered',
    async (made) => {
      for (const table of tradeDangerousTables(made)) await sql(table);
      const before = await shapeOf(database);
      const generation = made === 'v13' ? 'v13' : 'v12';
      const store = storeOf(database);

      expect(await store.open()).toMatchObject({ generation, created: false });
      await store.useCatalogue(COMMODITIES);
      await sql(
        `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Alioth', 1, 2, 25899.96875)`,
      );
      expect(await store.writeMarkets([snapshot([GOLD_ROW, FUEL_ROW], STRANGER)])).toMatchObject([
        { status: 'written', station: 'created', rows: 2 },
      ]);
      expect(await store.stats()).toMatchObject({ totalRows: 2, liveRows: 2 });
      expect(await shapeOf(database)).toEqual(before);
    },
  );

  test('a mean price stays as it is while another program imports a dump', async () => {
    const store = storeOf(database);
    await store.open();
    await store.useCatalogue(COMMODITIES);
    await sql(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Alioth', 1, 2, 3)`);
    const meanOf = async () =>
      (await sql(`SELECT avg_price FROM Item WHERE item_id = ${GOLD}`))[0]?.avg_price;
    const goldAt = (meanPrice: number, at: number) =>
      snapshot([[GOLD, 9_400, 1_200, 3, 0, 0, 0, meanPrice]], { ...STRANGER, at });
    await store.writeMarkets([goldAt(9_000, 1_000)]);
    expect(await meanOf()).toBe('9000');

    const importer = await mysql.createConnection(server.connection(database));
    await importer.query("SELECT GET_LOCK('td.spansh.import', 0)");
    expect(await store.writeMarkets([goldAt(9_100, 2_000)])).toMatchObject([{ status: 'written' }]);
    expect(await meanOf()).toBe('9000');
    await importer.end();
    await store.writeMarkets([goldAt(9_100, 3_000)]);
    expect(await meanOf()).toBe('9100');
  });
});

describeMariadb('a server with small packets', () => {
  const server = useMariadb({ args: ['--max-allowed-packet=1M'] });

  test('takes a batch that does not fit into one statement', async () => {
    const database = await server.createDatabase();
    const store = storeOn(server, database, { generation: 'v13', statementTimeoutMs: 20_000 });
    await store.open();
    await server.sql(
      `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Alioth', 1, 2, 3)`,
      database,
    );
    const many = Array.from({ length: 1_000 }, (_, i) => ({
      id: i + 1,
      symbol: `Commodity${i}`,
      category: 'Metals',
      name: `Commodity ${i}`,
      rare: false,
    }));
    await store.useCatalogue(many);
    const rows = many.map(({ id }) => [id, 9_400, 1_200, 3, 0, 0, 0, id] as const);
    const batch = [1, 2, 3].map((marketId) => snapshot(rows, { ...STRANGER, marketId }));
    for (const at of [1_000, 2_000]) {
      const outcomes = await store.writeMarkets(batch.map((each) => ({ ...each, observedAtS: at })));
      expect(outcomes.map(({ status }) => status)).toEqual(['written', 'written', 'written']);
    }
    expect(await store.stats()).toMatchObject({ totalRows: 3_000, stations: 3, newestAtS: 2_000 });
    const [mean] = await server.sql('SELECT SUM(avg_price = item_id) AS correct FROM Item', database);
    expect(mean).toEqual({ correct: '1000' });
    await store.writeMarkets([snapshot(rows.slice(0, 10), { ...STRANGER, marketId: 1, observedAtS: 3_000 })]);
    expect(await store.stats()).toMatchObject({ totalRows: 2_010 });
    await store.close();
  });

  test('reads a market of which it cannot tell in one piece', async () => {
    const database = await server.createDatabase();
    const store = storeOn(server, database, { generation: 'v12', statementTimeoutMs: 20_000 });
    await store.open();
    const { marketId } = STRANGER;
    for (const statement of [
      `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (1, 'Alioth', 1, 2, 3)`,
      `INSERT INTO Station (station_id, name, system_id) VALUES (${marketId}, 'K7Q-B1N', 1)`,
      `INSERT INTO Item (item_id, name, category_id, ui_order) SELECT seq, seq, 1, 0 FROM seq_1_to_20000`,
      `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
         supply_units, supply_level, modified, from_live) SELECT ${marketId}, seq, ${LONG.join()}, '2026-03-01', 1
         FROM seq_1_to_20000`,
    ])
      await server.sql(statement, database);
    let text = '';
    const counted = await store.exportListings('all', (chunk) =>
      Promise.resolve(void (text += Buffer.from(chunk).toString())),
    );
    expect(counted).toEqual({ rows: 20_000, stations: 1 });
    expect(text.trim().split('\n').at(-1)).toMatch(new RegExp(`^20000,${marketId},20000,${LONG[4]},`));
    // What is no longer listed is known, and goes.
    const later = snapshot([[20_000, ...LONG]], { ...STRANGER, observedAtS: NOON_S });
    expect(await store.writeMarkets([later])).toMatchObject([{ status: 'written', rows: 1 }]);
    expect(await store.stats()).toMatchObject({ totalRows: 1, newestAtS: NOON_S });
    await store.close();
  });
});
