import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rm } from 'node:fs/promises';
import type { Bootstrap } from '../../app/bootstrap.ts';
import { findDaemon } from '../../app/control/client.ts';
import { claimInstance } from '../../app/instance.ts';
import {
  fetchArchive,
  lookForArchive,
  openReplayLedger,
  type Found,
  type ReplayLedger,
} from '../../app/ports/archives.ts';
import { archivesOf, type DayArchive } from '../../domain/eddn/archives.ts';
import { AppError, EXIT } from '../../domain/errors.ts';
import { followJob } from '../jobs/follow.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';
import { replayFiles, type ReplayOptions } from './replay.ts';

/** Between two requests: the archive belongs to somebody else. */
const PAUSE_MS = 1_000;
const MIB = 1024 * 1024;

interface Options {
  /** `YYYY-MM-DD`, UTC, in their order. */
  readonly days: readonly string[];
  readonly dryRun: boolean;
}

/**
 * `backfill --from DAY --to DAY [--dry-run]`: fetches the days of the public archive and replays them, a day at a time. What
 * has been replayed and is the same in the archive is not fetched again; what is not there (yet) is said. Where a daemon
 * works, it does that as a job.
 * @throws AppError `archive`
 */
export function run({ days, dryRun }: Options): Promise<number> {
  return withSettings(async (base) => {
    if (dryRun) return stoppable((signal) => show(base, days, signal));
    const [from = '', to = from] = [days[0], days.at(-1)];
    const daemon = await findDaemon(base);
    if (daemon !== null) return followJob(daemon, { kind: 'backfill', from, to });
    const instance = await claimInstance(base);
    try {
      return await backfillDays(base, days, { besideDaemon: false });
    } finally {
      instance.release();
    }
  });
}

/** @returns the exit code */
export function backfillDays(
  base: Bootstrap,
  days: readonly string[],
  options: ReplayOptions,
): Promise<number> {
  return stoppable(async (signal) => {
    const replayed = await openReplayLedger(base.paths.replayedFile);
    const archives = archivesOf(base.config.archiveUrl, days, base.config.rules.learn);
    for (const day of days) {
      const ofDay = archives.filter((archive) => archive.day === day);
      const code = await backfillDay(base, ofDay, replayed, signal, options);
      if (code !== EXIT.ok) return code;
      signal.throwIfAborted();
    }
    return EXIT.ok;
  });
}

async function stoppable(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals) =>
    stop.abort(new AppError('aborted', `${signal}: stopped; the same command goes on from here`));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    return await work(stop.signal);
  } catch (error) {
    stop.signal.throwIfAborted();
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

async function show(base: Bootstrap, days: readonly string[], signal: AbortSignal): Promise<number> {
  const replayed = await openReplayLedger(base.paths.replayedFile);
  const archives = archivesOf(base.config.archiveUrl, days, base.config.rules.learn);
  for (const [at, archive] of archives.entries()) {
    const { url } = archive;
    if (at > 0) await sleep(PAUSE_MS, undefined, { signal });
    tell(archive, await lookForArchive(url, replayed.stateOf(url), signal), 'would be fetched');
  }
  return EXIT.ok;
}

async function backfillDay(
  base: Bootstrap,
  archives: readonly DayArchive[],
  replayed: ReplayLedger,
  signal: AbortSignal,
  options: ReplayOptions,
): Promise<number> {
  const directory = join(base.paths.tmpDir, 'archives');
  const got = new Map<string, { readonly url: string; readonly lastModified: string }>();
  try {
    for (const archive of archives) {
      const { name, url } = archive;
      const file = join(directory, name);
      const found = await fetchArchive(url, file, replayed.stateOf(url), signal);
      tell(archive, found, 'fetched');
      if (found.state === 'there') got.set(file, { url, lastModified: found.lastModified ?? '' });
      await sleep(PAUSE_MS, undefined, { signal });
    }
    if (got.size === 0) return EXIT.ok;
    const onWritten = async (file: string) => {
      const archive = got.get(file);
      if (archive !== undefined) await replayed.add(archive.url, archive.lastModified);
    };
    return await replayFiles(base, [...got.keys()], onWritten, options);
  } finally {
    // A run that was killed may have left others of them.
    await Promise.all(archives.map(({ name }) => rm(join(directory, name), { force: true })));
  }
}

function tell({ name, day }: DayArchive, found: Found, verb: string): void {
  const isOver = day < new Date().toISOString().slice(0, 10);
  if (found.state === 'absent')
    say(`${name}: not in the archive${isOver ? '' : ' (it is made when the day is over, UTC)'}\n`);
  else if (found.state === 'unchanged') say(`${name}: replayed before\n`);
  else {
    const size = found.bytes === null ? '' : `, ${(found.bytes / MIB).toFixed(1)} MiB`;
    say(`${name}: ${verb}${size}\n`);
  }
}
