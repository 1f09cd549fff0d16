import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { addStations, fillMarkets } from '../generators/galaxy.ts';
import { freshMarket, GOODS, groupsOf, ROWS, shuffled, stationIds } from '../generators/markets.ts';
import { makeDump } from '../harness/dumps.ts';
import { createGalaxy, orNone, withServer } from '../harness/mariadb.ts';
import { compare, type Measured } from '../harness/measure.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark, Comparison, RunOptions } from '../harness/types.ts';
import { run as importDump } from './imports.ts';

const STATIONS = 'stations of 49 rows';
/** The real galaxy: markets, and rows of all of them. */
const ALL_MARKETS = 94_000;
const ALL_ROWS = 19_000_000;
const WHOLE_DUMP_MB = 25_000;

export const stations: Benchmark = {
  about:
    'How the cost of fresh markets grows with their number: written into SQLite, 100 a transaction, in the order of ' +
    'visits. The full size is every market there is.',
  size: 10_000,
  unit: STATIONS,
  rounds: 1,
  fullSize: ALL_MARKETS,
  async run(options) {
    const { store, db } = await sqliteGalaxy();
    await addStations((sql) => db.exec(sql), options.size);
    db.close();
    const random = new SeededRandom(1);
    const groups = groupsOf(shuffled(stationIds(options.size), random), 100);
    const run = async () => {
      for (const group of groups) await store.writeMarkets(group.map((id) => freshMarket(id, random)));
    };
    const measured = await compare(options, { run }, []);
    await store.close();
    return [{ name: 'fresh', amount: options.size * ROWS, unit: 'rows', ...measured }];
  },
};

export const rows: Benchmark = {
  about:
    'How the cost of an export grows with the rows: `listings.csv` from either database. The full size is 19 million ' +
    'rows.',
  size: 10_000,
  unit: STATIONS,
  rounds: 3,
  fullSize: Math.round(ALL_ROWS / ROWS),
  async run(options) {
    const { store, db } = await sqliteGalaxy();
    await addStations((sql) => db.exec(sql), options.size);
    await fillMarkets((sql) => db.exec(sql));
    db.close();
    const run = () => store.exportListings('all', () => Promise.resolve());
    const sqlite = await compare(options, { run }, []);
    await store.close();
    return [result('SQLite', options, sqlite), ...(await orNone(exportMariadb(options)))];
  },
};

function exportMariadb(options: RunOptions): Promise<Comparison[]> {
  return withServer(async ({ server, pid }) => {
    const { store, connection } = await createGalaxy(server);
    await addStations((sql) => connection.query(sql), options.size);
    await fillMarkets((sql) => connection.query(sql));
    const run = () => store.exportListings('all', () => Promise.resolve());
    const measured = await compare(options, { run, others: [pid] }, []);
    connection.destroy();
    await store.close();
    return [result('MariaDB', options, measured)];
  });
}

function result(name: string, { size }: RunOptions, measured: Measured): Comparison {
  return { name, amount: size * ROWS, unit: 'rows', ...measured };
}

export const dump: Benchmark = {
  about:
    'How the cost of a dump grows with its size: imported into an empty SQLite database, then again unchanged. The ' +
    'full size is the whole galaxy.',
  size: 1_000,
  unit: 'MB of text',
  rounds: 1,
  fullSize: WHOLE_DUMP_MB,
  async run(options) {
    const nowS = Math.floor(Date.now() / 1_000);
    const dir = tempDir();
    const file = join(dir, 'galaxy.json.gz');
    await makeDump({ path: file, seed: 5, bytes: options.size * 1e6, nowS });
    const store = createSqliteStore({ file: join(dir, 'TradeDangerous.db'), generation: 'v12' });
    const results: Comparison[] = [];
    for (const name of ['fresh', 'unchanged']) {
      const measured = await compare(options, { run: () => importDump(store, file, nowS) }, []);
      results.push({ name, amount: options.size, unit: 'MB of text', ...measured });
    }
    await store.close();
    return results;
  },
};

async function sqliteGalaxy() {
  const file = join(tempDir(), 'TradeDangerous.db');
  const store = createSqliteStore({ file, generation: 'v12' });
  await store.useCatalogue(GOODS);
  return { store, db: new DatabaseSync(file) };
}
