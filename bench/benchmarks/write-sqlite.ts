import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { addStations } from '../generators/galaxy.ts';
import { GOODS } from '../generators/markets.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark } from '../harness/types.ts';
import { rowByRow, wholeStations } from '../limits/sqlite-writes.ts';
import { compareWrites } from './writes.ts';

export const benchmark: Benchmark = {
  about:
    'Markets of 49 rows written into SQLite, 100 a transaction, beside the better of two bare loops of prepared ' +
    'statements on the same tables with the same settings: no rules, no threads.',
  size: 1_000,
  unit: 'stations',
  rounds: 5,
  async run(options) {
    const dir = tempDir();
    const create = async (name: string) => {
      const file = join(dir, `${name}.db`);
      const store = createSqliteStore({ file, generation: 'v12' });
      await store.useCatalogue(GOODS);
      const db = new DatabaseSync(file);
      await addStations((sql) => db.exec(sql), options.size);
      db.close();
      return { file, store };
    };
    const { file, store } = await create('ours');
    const beside = new DatabaseSync(file, { timeout: 10_000 });
    const limits = [];
    for (const make of [wholeStations, rowByRow]) {
      const database = await create(make.name);
      await database.store.close();
      limits.push(make(database.file));
    }
    try {
      const ours = {
        store,
        clear: () => beside.exec('DELETE FROM StationItem'),
        settle: () => beside.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
      };
      return await compareWrites(ours, limits, options);
    } finally {
      beside.close();
      await store.close();
      for (const limit of limits) limit.close();
    }
  },
};
