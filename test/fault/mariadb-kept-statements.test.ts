import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createPool, type Link } from '../../src/infra/store/mariadb/connection.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';

const NAME = 'SELECT name FROM t WHERE id IN (?)';

describeMariadb('a statement that the server keeps for a connection', () => {
  const server = useMariadb();
  let database: string;
  beforeAll(async () => {
    database = await server.createDatabase();
    await server.sql('CREATE TABLE t (id BIGINT UNSIGNED PRIMARY KEY, name TEXT)', database);
    await server.sql("INSERT INTO t VALUES (1, 'Sol'), (9007199254740993, 'Colonia')", database);
  });

  async function aLink(): Promise<Link> {
    const pool = createPool(server.connection(database), 20_000);
    onTestFinished(() => pool.close());
    return pool.acquire();
  }

  /** How often the connection was told a statement. */
  async function told(link: Link): Promise<number> {
    const [[, count] = []] = await link.rows("SHOW SESSION STATUS LIKE 'Com_prepare_sql'");
    return Number(count);
  }

  test('is told once, however often it is asked', async () => {
    const link = await aLink();
    for (let i = 0; i < 3; i++) expect(await link.rowsOfOne(NAME, 1)).toEqual([['Sol']]);
    expect(await link.rowsOfOne("SELECT CONCAT(name, ', it''s') FROM t WHERE id = ?", 1)).toEqual([
      ["Sol, it's"],
    ]);
    expect(await link.rowsOfOne(NAME, 1)).toEqual([['Sol']]);
    expect(await told(link)).toBe(2);
  });

  test('finds ids that no floating point number is', async () => {
    const link = await aLink();
    expect(await link.rowsOfOne(NAME, 9_007_199_254_740_993n)).toEqual([['Colonia']]);
    expect(await link.rowsOfOne(NAME, 9_007_199_254_740_992n)).toEqual([]);
  });

  test('is asked as it is where the server keeps no more, until it does', async () => {
    const link = await aLink();
    await server.sql('SET GLOBAL max_prepared_stmt_count = 0');
    try {
      expect(await link.rowsOfOne(NAME, 1)).toEqual([['Sol']]);
    } finally {
      await server.sql('SET GLOBAL max_prepared_stmt_count = DEFAULT');
    }
    const before = await told(link);
    for (let i = 0; i < 2; i++) expect(await link.rowsOfOne(NAME, 1)).toEqual([['Sol']]);
    expect(await told(link)).toBe(before + 1);
  });

  test('that the connection has lost is asked as it is, and told again', async () => {
    const link = await aLink();
    const other = 'SELECT id FROM t WHERE id = ?';
    await link.rowsOfOne(NAME, 1);
    await link.rowsOfOne(other, 1);
    for (const name of ['tdl_0', 'tdl_1']) await link.run(`DEALLOCATE PREPARE ${name}`);
    for (let i = 0; i < 2; i++) {
      expect(await link.rowsOfOne(NAME, 1)).toEqual([['Sol']]);
      expect(await link.rowsOfOne(other, 1)).toEqual([['1']]);
    }
    expect(await told(link)).toBe(4);
  });

  test('knows tables that were changed, or replaced, meanwhile', async () => {
    const link = await aLink();
    await server.sql('CREATE TABLE u (id BIGINT PRIMARY KEY, name TEXT)', database);
    await server.sql("INSERT INTO u VALUES (1, 'Sol')", database);
    const asked = () => link.rowsOfOne('SELECT * FROM u WHERE id = ?', 1);
    expect(await asked()).toEqual([['1', 'Sol']]);
    await server.sql('ALTER TABLE u ADD COLUMN x INT DEFAULT 5', database);
    expect(await asked()).toEqual([['1', 'Sol', 5]]);
    await server.sql('DROP TABLE u', database);
    await server.sql('CREATE TABLE u (name TEXT, id INT)', database);
    await server.sql("INSERT INTO u VALUES ('Sirius', 1)", database);
    expect(await asked()).toEqual([['Sirius', 1]]);
  });
});
