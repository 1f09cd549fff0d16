import { addStations, fillMarkets } from '../generators/galaxy.ts';
import { createGalaxy, withServer } from '../harness/mariadb.ts';
import { costOfShell } from '../harness/shell.ts';
import type { Benchmark } from '../harness/types.ts';
import { compareExports, listingsSql } from './exports.ts';

export const benchmark: Benchmark = {
  about:
    'The listings exported from MariaDB, beside `mariadb --batch --quick` of the same rows, sorted in the same way.',
  size: 10_000,
  unit: 'stations of 49 rows',
  rounds: 5,
  run: (options) =>
    withServer(async ({ server, pid, binaries }) => {
      const { database, store, connection } = await createGalaxy(server);
      await addStations((sql) => connection.query(sql), options.size);
      await fillMarkets((sql) => connection.query(sql));
      const args = [binaries.client, ...server.clientArgs(), '--batch', '--quick', database];
      try {
        return await compareExports(
          store,
          (scope) => ({
            name: 'mariadb --batch --quick',
            run: () => undefined,
            cost: () =>
              costOfShell('"$@"', [...args, '-e', listingsSql(scope, 'UNIX_TIMESTAMP(modified)')], {
                env: binaries.env,
                others: [pid],
              }),
          }),
          options,
          [pid],
        );
      } finally {
        connection.destroy();
        await store.close();
      }
    }),
};
