import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { addStations, fillMarkets } from '../generators/galaxy.ts';
import { GOODS } from '../generators/markets.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark } from '../harness/types.ts';
import { compareExports, listingsSql } from './exports.ts';

export const benchmark: Benchmark = {
  about: 'The listings exported from SQLite, beside a bare loop over the same rows, sorted in the same way.',
  size: 20_000,
  unit: 'stations of 49 rows',
  rounds: 5,
  async run(options) {
    const file = join(tempDir(), 'TradeDangerous.db');
    const store = createSqliteStore({ file, generation: 'v12' });
    await store.useCatalogue(GOODS);
    const db = new DatabaseSync(file);
    await addStations((sql) => db.exec(sql), options.size);
    await fillMarkets((sql) => db.exec(sql));
    try {
      return await compareExports(
        store,
        (scope) => ({
          name: 'a bare loop',
          run: () => {
            const select = db.prepare(listingsSql(scope, 'unixepoch(modified)'));
            select.setReturnArrays(true);
            let rows = 0;
            for (const { length } of select.iterate() as Iterable<ArrayLike<unknown>>) rows += length;
            if (rows === 0) throw new Error('no rows');
          },
        }),
        options,
      );
    } finally {
      db.close();
      await store.close();
    }
  },
};
