import { Presets, SingleBar } from 'cli-progress';
import type { ImportAsker } from '../../actors/spansh-updater/given.ts';
import { SpanshReporter } from '../../actors/spansh-updater/reporter.ts';
import type { Bootstrap } from '../../app/bootstrap.ts';
import { findForAll, importOnce, progressLog } from '../../app/import.ts';
import { AppError } from '../../domain/errors.ts';
import type { ImportProgress, ImportResult } from '../../domain/ports/galaxy/spansh-updater.ts';
import { DUMP_PROBLEMS, type DumpProblem, type ProblemCount } from '../../domain/spansh/problems.ts';
import { askDaemon } from '../beside.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

const MIB = 1024 * 1024;

type Imported = Omit<ImportResult, 'items' | 'bytesRead' | 'totalBytes'>;

interface Options {
  readonly from: string;
  /** Undefined: as configured. */
  readonly maxAgeDays: number | undefined;
}

/**
 * `import FILE|URL|- [--max-age DAYS|all]`: brings the database up to date with a dump; also fills a new one. A daemon that
 * works here does it.
 */
export function run({ from, maxAgeDays }: Options): Promise<number> {
  return withSettings(async (base) => {
    const stop = new AbortController();
    const onSignal = (signal: NodeJS.Signals) =>
      stop.abort(new AppError('aborted', `${signal}: the import was stopped; what it wrote so far is sound`));
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    const progress = showProgress(base);
    try {
      const { signal } = stop;
      const onProgress = progress.update;
      const result =
        (await importThere(base, { from, maxAgeDays }, { onProgress, signal })) ??
        (await importOnce(base, { from, maxAgeDays, onProgress, signal }));
      return say(`${summary(from, result)}\n`);
    } finally {
      progress.stop();
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  });
}

/** @returns null: no daemon works here, or it cannot read that: standard input, a pipe of this process, what is not there */
async function importThere(
  base: Bootstrap,
  { from, maxAgeDays }: Options,
  { onProgress, signal }: ImportAsker,
): Promise<Imported | null> {
  const found = findForAll(from);
  if (found === null) return null;
  const answer = (await askDaemon(
    base,
    'import',
    { from: found, maxAgeDays: maxAgeDays === Infinity ? null : maxAgeDays },
    { onNotify: (progress) => onProgress(progress as ImportProgress), signal },
  )) as (Omit<Imported, 'maxAgeDays'> & { readonly maxAgeDays: number | null }) | null;
  return answer && { ...answer, maxAgeDays: answer.maxAgeDays ?? Infinity };
}

/** A bar on a terminal, lines elsewhere. */
function showProgress(base: Bootstrap): {
  readonly update: (progress: ImportProgress) => void;
  readonly stop: () => void;
} {
  if (!process.stderr.isTTY) {
    const reporter = new SpanshReporter(progressLog(base), Date.now, base.config.spanshLogIntervalMs);
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
  { systems, stations, counts, problems, tooOld, maxAgeDays }: Imported,
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
