import { Presets, SingleBar } from 'cli-progress';
import { SpanshReporter } from '../actors/spansh-updater/reporter.ts';
import { CLEAR_MEMORY_S } from '../actors/station-coalescer/spool-keeper.ts';
import type { Bootstrap } from '../app/bootstrap.ts';
import { createStore } from '../app/store.ts';
import { DUMP_PROBLEMS, type DumpProblem, type ProblemCount } from '../domain/spansh/problems.ts';
import { AppError } from '../domain/errors.ts';
import { importSource, requestPublication, updaterPorts } from '../app/spansh-updater.ts';
import { createLog } from '../infra/log/log.ts';
import { acquireInstance } from '../infra/process/instance-lock.ts';
import { isUrl } from '../infra/spansh/download.ts';
import { openDumpFile, openDumpUrl, type DumpSource } from '../infra/spansh/dump-source.ts';
import type { ImportHooks, ImportProgress, ImportResult } from '../domain/ports/spansh-updater.ts';
import { createSpool } from '../infra/spool/spool.ts';
import { withSettings } from './one-shot.ts';
import { say } from './say.ts';

const MIB = 1024 * 1024;

interface Options {
  readonly from: string;
  /** Undefined: as configured. */
  readonly maxAgeDays: number | undefined;
}

/** `import FILE|URL|- [--max-age DAYS|all]`: brings the database up to date with a dump; also fills a new one. */
export function run(options: Options): Promise<number> {
  return withSettings(async (base) => {
    const { dataDir, importFile } = base.paths;
    const place = { name: `tdl import on ${dataDir}`, advice: 'wait until it has ended' };
    // So that `tdl status` can tell of it.
    const running = await acquireInstance(importFile, place);
    try {
      return say(`${await importNow(base, options)}\n`);
    } finally {
      running.release();
    }
  });
}

async function importNow(base: Bootstrap, { from, maxAgeDays }: Options): Promise<string> {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) =>
    stop.abort(new AppError('aborted', `${signal}: the import was stopped; what it wrote so far is sound`));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const store = await createStore(base);
  const progress = showProgress(base);
  try {
    const clears = await rememberedClears(base);
    const hooks: ImportHooks = {
      isCleared: (marketId, observedAtS) => (clears.get(marketId) ?? -1) >= observedAtS,
      onProgress: progress.update,
      signal: stop.signal,
    };
    const source = await openSource(from, base, stop.signal);
    const result = await importSource(base, store, source, hooks, maxAgeDays);
    await requestPublication(updaterPorts(base, store));
    return summary(from, result);
  } catch (error) {
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    progress.stop();
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await store.close();
  }
}

async function openSource(from: string, { config }: Bootstrap, signal: AbortSignal): Promise<DumpSource> {
  if (from === '-') return { name: 'standard input', stream: process.stdin, totalBytes: null };
  return isUrl(from) ? openDumpUrl(from, config.rules.maxClockSkewS, signal) : openDumpFile(from);
}

/** What the feed said of markets being empty binds every import. */
async function rememberedClears({ paths, config, log }: Bootstrap): Promise<Map<number, number>> {
  const spool = createSpool({ file: paths.spoolFile, parkedMax: config.parkedMax, log });
  try {
    await spool.open();
    return await spool.clears(Math.floor(Date.now() / 1000) - CLEAR_MEMORY_S);
  } finally {
    await spool.close();
  }
}

/** A bar on a terminal, lines elsewhere. */
function showProgress({ config }: Bootstrap): {
  readonly update: (progress: ImportProgress) => void;
  readonly stop: () => void;
} {
  if (!process.stderr.isTTY) {
    const log = createLog({ to: 'stderr', verbose: config.verbose, debug: config.debug });
    const reporter = new SpanshReporter(log, Date.now, config.spanshLogIntervalMs);
    return { update: reporter.importing, stop: () => undefined };
  }
  const bar = new SingleBar(
    {
      format: 'import {bar} {percentage} % | {rate} MiB/s | {eta_formatted} left | {stations} stations',
      stream: process.stderr,
      hideCursor: true,
    },
    Presets.shades_classic,
  );
  const startMs = Date.now();
  let begun = false;
  return {
    update({ bytesRead, totalBytes, stations }) {
      const rate = (bytesRead / MIB / Math.max(0.001, (Date.now() - startMs) / 1000)).toFixed(1);
      if (!begun) bar.start(totalBytes ?? 0, 0, { rate, stations });
      begun = true;
      bar.update(bytesRead, { rate, stations });
    },
    stop: () => bar.stop(),
  };
}

function summary(
  from: string,
  { systems, stations, counts, problems, tooOld, maxAgeDays }: ImportResult,
): string {
  const found = Object.entries(problems) as [DumpProblem, ProblemCount][];
  return [
    `${from}: ${stations} stations of ${systems} systems read`,
    `written  ${counts.systems} systems, ${counts.stations} stations, ` +
      `${counts.markets} markets of ${counts.marketRows} rows, ${counts.vendors} shipyards and outfitters`,
    ...(maxAgeDays === Infinity
      ? []
      : [
          `left out ${tooOld.markets} markets, ${tooOld.shipyards} shipyards, ${tooOld.outfitters} outfitters ` +
            `older than ${maxAgeDays} days (import_max_age_days, --max-age)`,
        ]),
    ...found.map(
      ([problem, { count, sample }]) =>
        `skipped  ${count} x ${problem} (${DUMP_PROBLEMS[problem]}), first: ${sample}`,
    ),
    '',
  ].join('\n');
}
