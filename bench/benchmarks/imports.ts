import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { openDumpFile } from '../../src/infra/spansh/dump-source.ts';
import { importDump } from '../../src/infra/spansh/import-dump.ts';
import { makeDump } from '../harness/dumps.ts';
import { compare, type Contender } from '../harness/measure.ts';
import { costOfShell } from '../harness/shell.ts';
import type { Comparison, RunOptions } from '../harness/types.ts';

const MEGABYTE = 1_000_000;
const RSS_BUDGET_MIB = 400;
const CHANGED_SHARE = 0.05;
/** As the daemon: one core stays for the feed and the database. */
const THREADS = Math.max(1, Math.min(4, availableParallelism() - 1));

/** Tables of a dump, in the order their foreign keys ask for. */
export const DUMP_TABLES = ['System', 'Station', 'StationItem', 'ShipVendor', 'UpgradeVendor'];
/** Small ones they point to. */
export const SMALL_TABLES = ['Item', 'Ship', 'Upgrade'];

/** Databases to import into. */
export interface ImportTarget {
  /** A store on a new, empty database. The one before is closed and gone. */
  readonly renew: () => Promise<Store>;
  /** Rows in {@link DUMP_TABLES} of the present store's database. */
  readonly countRows: () => Promise<number>;
  /** Puts the rows of the present database into a new one; they are made ready beforehand. */
  readonly limit: () => Promise<Contender>;
  /** Processes that work for the store. */
  readonly others: readonly number[];
}

/** A dump imported where nothing is, then again, then with a part changed. @param options size: megabytes of text */
export async function compareImports(
  target: ImportTarget,
  dir: string,
  options: RunOptions,
): Promise<Comparison[]> {
  const nowS = Math.floor(Date.now() / 1000);
  const file = join(dir, 'galaxy.json.gz');
  // The changed ones are of the hour after it.
  const dump = { seed: 5, bytes: options.size * MEGABYTE, nowS: nowS - 3_600 };
  await makeDump({ path: file, ...dump });
  const changedFiles: string[] = [];
  for (let round = 0; round < options.rounds; round++) {
    const path = join(dir, `changed-${round}.json.gz`);
    await makeDump({ path, ...dump, changed: { share: CHANGED_SHARE, atS: nowS - 3_000 + round * 60 } });
    changedFiles.push(path);
  }
  const { others } = target;
  const pipe: Contender = {
    name: 'gzip -dc | wc -l',
    run: () => undefined,
    cost: () => costOfShell('gzip -dc "$1" | wc -l', [file]),
  };
  const memory = { peakRssBudgetMiB: RSS_BUDGET_MIB };
  const text = { amount: textBytes(file) / MEGABYTE, unit: 'MB of text', ...memory };

  let store = await target.renew();
  await run(store, file, nowS);
  const rows = await target.countRows();
  const limit = await target.limit();
  const renew = async () => (store = await target.renew());
  const again = async (isNew: boolean) => {
    const markets = await run(store, file, nowS);
    if (markets > 0 !== isNew) throw new Error(`${markets} markets were written`);
  };
  const fresh = await compare(options, { others, prepare: renew, run: () => again(true) }, [limit]);
  const unchanged = await compare(options, { others, run: () => again(false) }, [pipe]);
  let round = 0;
  const next = async () => {
    if ((await run(store, changedFiles[round++]!, nowS)) === 0) throw new Error('no market was written');
  };
  const changed = await compare(options, { others, run: next }, [pipe]);
  return [
    { name: 'fresh', amount: rows, unit: 'rows', budget: 0.5, ...memory, ...fresh },
    { name: 'unchanged', budget: 0.6, ...text, ...unchanged },
    { name: '5 % of markets changed', ...text, ...changed },
  ];
}

/** Imports a dump as the daemon does. @returns markets written */
export async function run(store: Store, file: string, nowS: number): Promise<number> {
  const { counts } = await importDump(store, await openDumpFile(file), {
    reference: { commodities: null, rares: null, shipyard: null, outfitting: null },
    maxAgeDays: 30,
    maxClockSkewS: 300,
    nowS,
    threads: THREADS,
    isCleared: () => false,
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  return counts.markets;
}

function textBytes(file: string): number {
  return Number(spawnSync('sh', ['-c', 'gzip -dc "$0" | wc -c', file]).stdout.toString());
}
