import { AppError } from '../../domain/errors.ts';
import {
  IMPORT_ROWS_AT_ONCE,
  addCounts,
  NO_COUNTS,
  type GalaxyStore,
  type ImportCounts,
  type ReferenceTables,
} from '../../domain/ports/store/galaxy-store.ts';
import type { ImportHooks, ImportResult, ReadProgress } from '../../domain/ports/galaxy/spansh-updater.ts';
import { addBlocks, NO_BLOCKS, type BlockCounts } from '../../domain/spansh/block-counts.ts';
import { GatheredRecords } from '../../domain/spansh/batch.ts';
import type { DumpProblem, ProblemCount, ProblemCounts } from '../../domain/spansh/problems.ts';
import type { DumpRecords, SeenItem, StagedStation } from '../../domain/spansh/records.ts';
import { readDump } from './dump-reader.ts';
import type { DumpSource } from './dump-source.ts';

const DAY_S = 86_400;

export interface ImportOptions extends ImportHooks {
  readonly reference: ReferenceTables;
  /** Blocks observed longer ago are left out; Infinity: none. */
  readonly maxAgeDays: number;
  /** Blocks observed further ahead of the clock are left out. */
  readonly maxClockSkewS: number;
  readonly nowS: number;
  readonly threads: number;
}

/**
 * Brings a database up to date with a dump. What was written when it fails stays: each station of it is whole and
 * right.
 *
 * @throws AppError `dump`: truncated, corrupt, nothing in it is usable; `dumpUnreadable`; `clock`: most of it is ahead of
 * ours; `import`: the database refused some of it; StoreError; the signal's reason
 */
export async function importDump(
  store: GalaxyStore,
  source: DumpSource,
  options: ImportOptions,
): Promise<ImportResult> {
  const { reference, maxAgeDays, maxClockSkewS, nowS, threads, isCleared, onProgress, signal } = options;
  const work = await beginImport(store, source, reference, signal);
  let counts = NO_COUNTS;
  let gathered = new GatheredRecords();
  let writing: Promise<void> = Promise.resolve();

  async function write(records: DumpRecords): Promise<void> {
    counts = addCounts(counts, await work.apply(withoutCleared(records, isCleared), signal));
  }

  /** One call is under way while the next pieces are read. */
  async function flush(): Promise<void> {
    await writing;
    writing = write(gathered.records());
    // Told to whoever awaits it next.
    writing.catch(() => undefined);
    gathered = new GatheredRecords();
  }

  try {
    const { generation, categories, itemCategories } = work;
    const rules = {
      generation,
      categories,
      itemCategories,
      blocksNotBeforeS: nowS - maxAgeDays * DAY_S,
      notAfterS: nowS + maxClockSkewS,
    };
    const known = await work.known(signal);
    const problems = new Map<DumpProblem, ProblemCount>();
    const items = new Map<number, SeenItem>();
    let blocks = NO_BLOCKS;
    let progress: ReadProgress = { bytesRead: 0, totalBytes: source.totalBytes, systems: 0, stations: 0 };
    for await (const batch of readDump(source, { rules, known, threads, signal })) {
      gathered.add(batch);
      if (gathered.size >= IMPORT_ROWS_AT_ONCE) await flush();
      merge(problems, batch.problems);
      blocks = addBlocks(blocks, batch.blocks);
      for (const item of batch.items) items.set(item.id, item);
      progress = batch.progress;
      onProgress({ ...progress, counts });
    }
    await flush();
    await writing;
    checkUse(source.name, progress, blocks, problems);
    counts = addCounts(counts, await work.finish(signal));
    checkRefusals(source.name, progress, counts);
    return {
      ...progress,
      counts,
      problems: Object.fromEntries(problems),
      tooOld: blocks.tooOld,
      maxAgeDays,
      items: [...items.values()],
    };
  } finally {
    await writing.catch(() => undefined);
    await work.close();
  }
}

/** A dump that brings nothing must not pass for one that was imported. */
function checkUse(
  name: string,
  { stations }: ReadProgress,
  { markets: { usable, refused, ahead } }: BlockCounts,
  problems: ReadonlyMap<DumpProblem, ProblemCount>,
): void {
  if (ahead > usable) {
    throw new AppError(
      'clock',
      `${ahead} of ${ahead + usable + refused} markets of ${name} were observed later than it is here`,
      { advice: 'set the clock of this machine, then import it again' },
    );
  }
  const [worst] = [...problems].sort(([, a], [, b]) => b.count - a.count);
  const nothing = stations === 0 || (refused > 0 && usable === 0);
  if (!nothing || worst === undefined) return;
  const [problem, { count, sample }] = worst;
  throw new AppError(
    'dump',
    `no ${stations === 0 ? 'station' : 'market'} of ${name} is usable: ${count} x ${problem}, first: ${sample}`,
    { advice: 'it must be galaxy_stations.json of Spansh, plain or gzip' },
  );
}

/** What may be taken another time is not done without; what never will be, is, unless it is most of the dump. */
function checkRefusals(
  name: string,
  { systems, stations }: ReadProgress,
  { refused, invalid, refusal }: ImportCounts,
): void {
  if (refused === 0 && invalid * 2 <= systems + stations) return;
  throw new AppError(
    'import',
    `the database refused ${refused + invalid} records of ${name}, which is not complete without them: ${refusal}`,
    { advice: 'mend the database, then import it again' },
  );
}

/** Until it is read, a source that is not wanted any more stays open. */
async function beginImport(
  store: GalaxyStore,
  { stream }: DumpSource,
  reference: ReferenceTables,
  signal: AbortSignal,
) {
  try {
    return await store.beginImport(reference, signal);
  } catch (error) {
    stream.destroy();
    if (signal.aborted) throw new AppError('aborted', 'the import was stopped', { cause: error });
    throw error;
  }
}

function withoutCleared(records: DumpRecords, isCleared: ImportHooks['isCleared']): DumpRecords {
  const stands = ({ id, market }: StagedStation) =>
    market === null || !isCleared(Number(id), market.observedAtS);
  if (records.stations.every(stands)) return records;
  return {
    ...records,
    stations: records.stations.map((station) => (stands(station) ? station : { ...station, market: null })),
  };
}

function merge(into: Map<DumpProblem, ProblemCount>, counts: ProblemCounts): void {
  for (const [problem, { count, sample }] of Object.entries(counts) as [DumpProblem, ProblemCount][]) {
    const before = into.get(problem);
    into.set(problem, { count: (before?.count ?? 0) + count, sample: before?.sample ?? sample });
  }
}
