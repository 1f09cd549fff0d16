import { expect, onTestFinished, test } from 'vitest';
import { createPool } from '../../src/infra/store/mariadb/connection.ts';
import { hasTable, openOwnTables } from '../../src/infra/store/mariadb/galaxy/own-tables.ts';
import { describeMariadb, useMariadb } from '../support/mariadb.ts';

describeMariadb('tables of our own', () => {
  const server = useMariadb();

  /** Connections of two daemons to a new database. */
  async function connections() {
    const database = await server.createDatabase();
    const pool = createPool(server.connection(database), 20_000);
    onTestFinished(async () => {
      await pool.close();
      await server.dropDatabase(database);
    });
    return [await pool.acquire(), await pool.acquire()] as const;
  }

  test.each([1, 2, 3, 4, 6, 9, 12, 15])(
    'are made by two daemons at once, one of which overtakes the other before its statement %i',
    async (at) => {
      const [slow, quick] = await connections();
      let statements = 0;
      const run = slow.run.bind(slow);
      slow.run = async (sql) => {
        if (++statements === at) expect(await openOwnTables(quick, 'make')).toBe(0);
        return run(sql);
      };
      await openOwnTables(slow, 'make');
      expect(statements).toBeGreaterThanOrEqual(at);
      const version = await openOwnTables(quick, 'look');
      expect(version).toBeGreaterThan(0);
      expect(await openOwnTables(slow, 'make')).toBe(version);
      expect(await hasTable(slow, 'tdl_profile')).toBe(true);
    },
  );
});
