import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { indexCommodities } from '../../src/domain/market/catalogue.ts';
import { RowStager } from '../../src/domain/market/rows.ts';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { stageBatch } from '../../src/infra/feed/stage-batch.ts';
import { startProgram } from '../../test/support/daemon.ts';
import { loadMarkets } from '../../test/support/load.ts';
import { feedTexts, LOAD, RULES } from '../generators/feed.ts';
import type { Execute } from '../generators/galaxy.ts';
import { GOODS, groupsOf, START_S } from '../generators/markets.ts';
import { configure, onBoth, sqliteDatabase, sqliteFile, type DaemonDatabase } from '../harness/daemon.ts';
import { createGalaxy } from '../harness/mariadb.ts';
import { compare, cpuOf, peakRssMiB } from '../harness/measure.ts';
import type { Benchmark, Comparison, Cost, RunOptions } from '../harness/types.ts';
import { upserts } from '../limits/mariadb-writes.ts';
import { rowByRow } from '../limits/sqlite-writes.ts';
import type { Writer } from './writes.ts';

const UNIT = 'messages';
const COMMODITY_SHARE = 0.06;
/** Messages of a day, ten a second. */
const DAY = 864_000;

export const replay: Benchmark = {
  about:
    '`tdl replay` of a gzipped file of the mixed feed (6 % market messages), the whole process, beside a bare loop ' +
    'that inflates the file, parses every line and writes every market without rules, one after the other.',
  size: 20_000,
  unit: UNIT,
  rounds: 3,
  run: (options) => onBoth((database) => measure(database, options)),
};

export const growth: Benchmark = {
  about: 'How the cost of messages grows: `tdl replay` into SQLite. The full size is a day of the real feed.',
  size: 40_000,
  unit: UNIT,
  rounds: 1,
  fullSize: DAY,
  async run({ size }) {
    const database = await sqliteDatabase();
    await addLoadStations(database.execute);
    const file = writeArchive(database.cwd, feedTexts(size, COMMODITY_SHARE));
    const { cost, rssMiB } = await replayOnce(database, [file]);
    database.close();
    return [{ name: 'replay', amount: size, unit: UNIT, ours: [cost], peakRssMiB: rssMiB }];
  },
};

async function measure(database: DaemonDatabase, options: RunOptions): Promise<Comparison[]> {
  const texts = feedTexts(options.size, COMMODITY_SHARE);
  const file = writeArchive(database.cwd, texts);
  const snapshots = stage(texts);
  await addLoadStations(database.execute);
  const { writer, close } = await bareWriter(database, addLoadStations);
  const others = database.server === null ? [] : [database.server.pid];
  let peakMiB = 0;
  try {
    const measured = await compare(
      options,
      {
        prepare: () => database.execute('DELETE FROM StationItem'),
        run: () => undefined,
        cost: async () => {
          const { cost, rssMiB } = await replayOnce(database, [file], others);
          peakMiB = Math.max(peakMiB, rssMiB);
          return cost;
        },
      },
      [
        {
          name: `inflate, JSON.parse, ${writer.names.update}`,
          others,
          prepare: async () => {
            await writer.clear();
            await writer.settle();
          },
          run: async () => {
            for (const line of gunzipSync(readFileSync(file)).toString().trim().split('\n')) JSON.parse(line);
            for (const group of groupsOf(snapshots, 100)) await writer.update(group);
          },
        },
      ],
    );
    return [{ name: database.backend, amount: texts.length, unit: UNIT, ...measured, peakRssMiB: peakMiB }];
  } finally {
    close();
  }
}

/** The program from its start to its end. */
export async function replayOnce(
  { cwd, env }: DaemonDatabase,
  files: readonly string[],
  others: readonly number[] = [],
): Promise<{ cost: Cost; rssMiB: number }> {
  configure(cwd);
  const othersCpu = () => others.reduce((sum, pid) => sum + (cpuOf(pid) ?? NaN), 0);
  const before = othersCpu();
  const start = performance.now();
  const program = startProgram({ cwd, env, args: ['replay', ...files] });
  let [cpuS, rssMiB] = [0, 0];
  const timer = setInterval(() => {
    cpuS = cpuOf(program.process.pid!) ?? cpuS;
    rssMiB = peakRssMiB(program.process.pid!) ?? rssMiB;
  }, 20);
  const { code, stdout, stderr } = await program.exit;
  const wallS = (performance.now() - start) / 1_000;
  clearInterval(timer);
  if (code !== 0 || /^written +0 /m.test(stdout))
    throw new Error(`replay ended with ${code}: ${stdout}${stderr}`);
  return { cost: { wallS, cpuS: cpuS + othersCpu() - before }, rssMiB };
}

function writeArchive(dir: string, texts: readonly string[]): string {
  const file = join(dir, 'archive.jsonl.gz');
  writeFileSync(file, gzipSync(`${texts.join('\n')}\n`));
  return file;
}

export function stage(texts: readonly string[]): readonly Snapshot[] {
  const rowStager = new RowStager(indexCommodities(GOODS));
  const frames = texts.map((text) => Buffer.from(text));
  return stageBatch({ encoding: 'json', frames, receivedAtMs: START_S * 1000 }, rowStager, RULES).snapshots;
}

/** Every station of the load, each in a system of its own. */
async function addLoadStations(execute: Execute): Promise<void> {
  for (const group of groupsOf([...loadMarkets(LOAD).entries()], 1_000)) {
    const systems = group.map(([i, { systemName }]) => `(${i + 1}, '${systemName}', 0, 0, 0)`);
    await execute(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES ${systems.join()}`);
    const stations = group.map(
      ([i, { marketId, stationName }]) => `(${marketId}, '${stationName}', ${i + 1})`,
    );
    await execute(`INSERT INTO Station (station_id, name, system_id) VALUES ${stations.join()}`);
  }
}

/** On a database of its own, beside the program's. */
export async function bareWriter(
  { server }: DaemonDatabase,
  addStations: (execute: Execute) => Promise<void>,
): Promise<{ writer: Writer; close: () => void }> {
  if (server === null) {
    const database = await sqliteDatabase();
    await addStations(database.execute);
    database.close();
    const writer = rowByRow(sqliteFile(database.cwd));
    return { writer, close: writer.close };
  }
  const { store, connection } = await createGalaxy(server.server);
  await store.close();
  await addStations((sql) => connection.query(sql));
  return { writer: upserts(connection), close: () => connection.destroy() };
}
