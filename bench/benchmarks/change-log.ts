import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { addStations } from '../generators/galaxy.ts';
import { GOODS } from '../generators/markets.ts';
import { createGalaxy, orNone, withServer } from '../harness/mariadb.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark, Comparison, RunOptions } from '../harness/types.ts';
import { upserts } from '../limits/mariadb-writes.ts';
import { compareWrites, write, type Writer } from './writes.ts';

/** As it is by default. */
const KEPT = { keepS: 3 * 86_400, keepEntries: 1_000_000 };
const BUDGET = 0.9;
const WITHOUT = 'the same store without the log';

export const benchmark: Benchmark = {
  about:
    'Markets of 49 rows written into SQLite and MariaDB, 100 a transaction, with the change log, beside the same store ' +
    'that keeps none.',
  size: 1_000,
  unit: 'stations',
  rounds: 5,
  run: async (options) => [...(await onSqlite(options)), ...(await orNone(onMariadb(options)))],
};

async function onSqlite(options: RunOptions): Promise<Comparison[]> {
  const dir = tempDir();
  const create = async (name: string, changeLog: typeof KEPT | null) => {
    const file = join(dir, `${name}.db`);
    const store = createSqliteStore({ file, generation: 'v12', changeLog });
    await store.useCatalogue(GOODS);
    await store.beginChangeLog();
    const beside = new DatabaseSync(file, { timeout: 10_000 });
    await addStations((sql) => beside.exec(sql), options.size);
    return {
      store,
      clear: () => beside.exec('DELETE FROM StationItem'),
      settle: () => beside.exec('PRAGMA wal_checkpoint(TRUNCATE)'),
      close: async () => {
        beside.close();
        await store.close();
      },
    };
  };
  const [ours, plain] = [await create('ours', KEPT), await create('plain', null)];
  try {
    return named('SQLite', await compareWrites(ours, [without(plain)], options));
  } finally {
    await ours.close();
    await plain.close();
  }
}

function onMariadb(options: RunOptions): Promise<Comparison[]> {
  return withServer(async ({ server, pid }) => {
    const create = async (changeLog: typeof KEPT | null) => {
      const { store, connection } = await createGalaxy(server, changeLog);
      await store.beginChangeLog();
      await addStations((sql) => connection.query(sql), options.size);
      const { clear, settle } = upserts(connection);
      const close = async () => {
        await store.close();
        connection.destroy();
      };
      return { store, clear, settle, close };
    };
    const [ours, plain] = [await create(KEPT), await create(null)];
    try {
      return named('MariaDB', await compareWrites(ours, [without(plain)], options, [pid]));
    } finally {
      await ours.close();
      await plain.close();
    }
  });
}

function without({
  store,
  clear,
  settle,
}: Pick<Writer, 'clear' | 'settle'> & { readonly store: MarketStore }): Writer {
  const insert: Writer['insert'] = (markets) => write(store, markets);
  return { names: { fresh: WITHOUT, update: WITHOUT }, insert, update: insert, clear, settle };
}

function named(backend: string, comparisons: readonly Comparison[]): Comparison[] {
  return comparisons.map((each) => ({ ...each, name: `${backend}, ${each.name}`, budget: BUDGET }));
}
