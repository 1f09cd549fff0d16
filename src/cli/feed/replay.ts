import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar, Presets } from 'cli-progress';
import { sum, withoutFate, type LedgerTotals } from '../../actors/station-coalescer/ledger.ts';
import type { Bootstrap } from '../../app/bootstrap.ts';
import { assemble, run as runSystem } from '../../app/daemon.ts';
import { findDaemon } from '../../app/control/client.ts';
import { claimInstance } from '../../app/instance.ts';
import { findArchives, openReplayLedger, stateOfFile } from '../../app/ports/archives.ts';
import { createFileFeed, type FileFeed } from '../../app/ports/feed.ts';
import { EXIT } from '../../domain/errors.ts';
import { followJob } from '../jobs/follow.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

/** What a shell says of a program that a signal has ended. */
const SIGNAL_EXIT = 128;

/** How often it is asked whether what was read is written. */
const LOOK_MS = 20;

interface Options {
  /** Files and folders; `-`: standard input. */
  readonly from: readonly string[];
  /** Of a folder, what has been replayed, too. */
  readonly again: boolean;
}

/** How it is done. */
export interface ReplayOptions {
  /** As a job: the daemon owns the data directory, and what is published. */
  readonly besideDaemon: boolean;
}

/**
 * `replay FILE|FOLDER|-...`: the messages of files through the same actors, as fast as the database takes them. Ends with 1
 * when there was no message in them or something was left, with 130 (143) when Ctrl-C (SIGTERM) stopped it. Of a folder,
 * files that have been replayed whole are left out. Where a daemon works, it does that as a job.
 * @throws AppError `feedFile`, `instance.held` for standard input beside a daemon
 */
export async function run({ from, again }: Options): Promise<number> {
  await findArchives(from);
  return withSettings(async (base) => {
    const daemon = from.includes('-') ? null : await findDaemon(base);
    if (daemon !== null) return followJob(daemon, { kind: 'replay', files: from, again });
    const instance = await claimInstance(base);
    try {
      return await replayArchives(base, { from, again }, { besideDaemon: false });
    } finally {
      instance.release();
    }
  });
}

/** @returns the exit code */
export async function replayArchives(
  base: Bootstrap,
  { from, again }: Options,
  options: ReplayOptions,
): Promise<number> {
  const found = await findArchives(from);
  const replayed = await openReplayLedger(base.paths.replayedFile);
  const isDone = await Promise.all(
    found.map(async ({ file, isFound }) => {
      if (!isFound || again) return false;
      const { name, state } = await stateOfFile(file);
      return replayed.stateOf(name) === state;
    }),
  );
  const files = found.flatMap(({ file }, at) => (isDone[at] === true ? [] : [file]));
  const done = found.length - files.length;
  if (done > 0) say(`left out    ${done} files that were replayed before (--again takes them, too)\n`);
  if (files.length === 0) return EXIT.ok;
  const onWritten = async (file: string) => {
    if (file === '-') return;
    const { name, state } = await stateOfFile(file);
    await replayed.add(name, state);
  };
  return replayFiles(base, files, onWritten, options);
}

/**
 * Says what became of every message.
 * @param onWritten all of a file is written, or in the spool, and there were messages in it
 * @returns the exit code
 */
export async function replayFiles(
  base: Bootstrap,
  files: readonly string[],
  onWritten: (file: string) => Promise<void>,
  { besideDaemon }: ReplayOptions,
): Promise<number> {
  let stoppedBy = null as NodeJS.Signals | null;
  const onSignal = (signal: NodeJS.Signals) => (stoppedBy ??= signal);
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  let whole = 0;
  let messagesBefore = 0;
  const feed = createFileFeed(files, async (file) => {
    // What is only in memory could be lost, and would never be read again.
    while (stoppedBy === null && system.ledger.totals.received < feed.delivered) await sleep(LOOK_MS);
    system.endGathering();
    while (stoppedBy === null && !system.isAtRest) await sleep(LOOK_MS);
    if (stoppedBy !== null) return;
    whole += 1;
    // Rubbish, or nothing at all, may be a copy that went wrong: a good one can take its place.
    const messages = messagesIn(system.ledger.totals);
    if (messages > messagesBefore) await onWritten(file);
    messagesBefore = messages;
  });
  const system = await assemble(base, feed, { besideDaemon, gathers: !files.includes('-') });
  // Before the system drains, which would write it.
  process.on('SIGINT', system.leaveGathered).on('SIGTERM', system.leaveGathered);
  const bar = progressBar(() => feed.progress);
  const running = runSystem(system, base);
  // The signal came before there was a system to hear it.
  if (stoppedBy !== null) system.stop();
  const code = await running;
  for (const listener of [onSignal, system.leaveGathered])
    process.off('SIGINT', listener).off('SIGTERM', listener);
  bar.stop();
  const { totals } = system.ledger;
  say(summary(totals));
  if (stoppedBy !== null) {
    const one = files.includes('-') ? 'the rest is not taken' : 'replay it again for the rest';
    const rest = files.length === 1 ? one : `${whole} of ${files.length} files are whole`;
    say(`stopped     by ${stoppedBy} after ${totals.received} messages, ${howFar(feed)}; ${rest}\n`);
    return code === EXIT.ok ? SIGNAL_EXIT + constants.signals[stoppedBy] : code;
  }
  if (code === EXIT.ok && messagesIn(totals) === 0) {
    const hold = files.length === 1 ? 'holds' : 'hold';
    process.stderr.write(`${feed.description} ${hold} no EDDN message (one JSON text a line)\n`);
    return EXIT.failure;
  }
  return code === EXIT.ok && unwritten(totals) !== 0 ? EXIT.failure : code;
}

function howFar({ description, progress: { readBytes, totalBytes } }: FileFeed): string {
  if (totalBytes === 0) return `${readBytes} bytes of ${description}`;
  return `${Math.floor((100 * readBytes) / totalBytes)} % of ${description}`;
}

/** What was received and was no rubbish. */
function messagesIn({ received, rejected }: LedgerTotals): number {
  return received - (rejected.malformed ?? 0) - (rejected['too large'] ?? 0);
}

/** Every line of the file has one fate; a snapshot taken back from the spool has entered the account again. */
export function summary(totals: LedgerTotals): string {
  const rejected = Object.entries(totals.rejected).sort(([, a], [, b]) => b - a);
  const waiting = unwritten(totals);
  return [
    `received    ${totals.received}`,
    ...Object.entries(totals.taken).map(([schema, count]) => `  ${schema}: ${count}`),
    ...(totals.restored === 0 ? [] : [`restored    ${totals.restored} from the spool`]),
    ...(totals.learned === 0 ? [] : [`learned     ${totals.learned}`]),
    `written     ${totals.written} (${totals.writtenRows} rows)`,
    `stale       ${totals.stale}`,
    `superseded  ${totals.superseded}`,
    `ever parked ${totals.everParked}`,
    ...(waiting === 0 ? [] : [`waiting     ${waiting} in the spool`]),
    `rejected    ${sum(totals.rejected)}`,
    ...rejected.map(([reason, count]) => `  ${reason}: ${count}`),
    '',
  ].join('\n');
}

/** Stopped before they were written. */
function unwritten(totals: LedgerTotals): number {
  return totals.spilled + withoutFate(totals);
}

/** Drawn on a terminal only, and where the end is known. */
function progressBar(progress: () => { readBytes: number; totalBytes: number }): { stop(): void } {
  if (!process.stderr.isTTY || progress().totalBytes === 0) return { stop: () => undefined };
  const bar = new SingleBar(
    { format: 'replay {bar} {percentage}% {eta_formatted}', stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(progress().totalBytes, 0);
  const timer = setInterval(() => bar.update(progress().readBytes), 200);
  return {
    stop: () => {
      clearInterval(timer);
      bar.update(progress().readBytes);
      bar.stop();
    },
  };
}
