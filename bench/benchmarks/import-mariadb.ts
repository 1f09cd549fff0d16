import path from 'node:path';
import type { Connection } from 'mysql2/promise';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { mariadbStore, withServer } from '../harness/mariadb.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark } from '../harness/types.ts';
import { compareImports, DUMP_TABLES, SMALL_TABLES } from './imports.ts';

export const benchmark: Benchmark = {
  about:
    'A galaxy dump imported into MariaDB: fresh beside LOAD DATA of the same rows from files that are ready; unchanged ' +
    'and with 5 % of the markets changed beside `gzip -dc | wc -l`.',
  size: 1_000,
  unit: 'MB of text',
  rounds: 3,
  run: (options) =>
    withServer(async ({ server, pid }) => {
      let store: Store | undefined;
      let database = '';
      let loading: Connection | undefined;
      const create = async () => {
        const name = await server.createDatabase();
        const created = mariadbStore(server, name);
        await created.open();
        return { name, created };
      };
      const renew = async () => {
        await store?.close();
        ({ name: database, created: store } = await create());
        return store;
      };
      const countRows = async () => {
        let rows = 0;
        for (const table of DUMP_TABLES)
          rows += Number((await server.sql(`SELECT COUNT(*) AS n FROM ${table}`, database))[0]?.n);
        return rows;
      };
      /** Files that the server reads itself. */
      const fileOf = (table: string) => path.join(path.dirname(server.socketPath), `${table}.tsv`);
      const limit = async () => {
        const imported = database;
        for (const table of DUMP_TABLES)
          await server.sql(`SELECT * FROM ${table} INTO OUTFILE '${fileOf(table)}'`, imported);
        return {
          name: 'LOAD DATA from ready files',
          others: [pid],
          prepare: async () => {
            loading?.destroy();
            const { name, created } = await create();
            await created.close();
            loading = await server.connect(name);
            for (const table of SMALL_TABLES)
              await loading.query(`INSERT IGNORE INTO ${table} SELECT * FROM ${imported}.${table}`);
            await loading.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
            await loading.query('SET foreign_key_checks = 1');
          },
          run: async () => {
            for (const table of DUMP_TABLES)
              await loading!.query(
                `LOAD DATA INFILE '${fileOf(table)}' INTO TABLE ${table} CHARACTER SET utf8mb4`,
              );
          },
        };
      };
      try {
        return await compareImports({ others: [pid], renew, countRows, limit }, tempDir(), options);
      } finally {
        loading?.destroy();
        await store?.close();
      }
    }),
};
