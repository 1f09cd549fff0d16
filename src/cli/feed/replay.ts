import { constants } from 'node:os';
import { SingleBar, Presets } from 'cli-progress';
import { sum, withoutFate, type LedgerTotals } from '../../actors/station-coalescer/ledger.ts';
import type { Bootstrap } from '../../app/bootstrap.ts';
import { assemble, run as runSystem } from '../../app/daemon.ts';
import { claimInstance } from '../../app/instance.ts';
import { checkFeedFile, createFileFeed, type FileFeed } from '../../app/ports/feed.ts';
import { EXIT } from '../../domain/errors.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

/** What a shell says of a program that a signal has ended. */
const SIGNAL_EXIT = 128;

/**
 * `replay FILE|-`: the messages of a file through the same actors, as fast as the database takes them. Ends with 1 when
 * there was no message in it or something was left, with 130 (143) when Ctrl-C (SIGTERM) stopped it.
 * @throws AppError `feedFile`, `instance.held` beside a daemon
 */
export async function run({ file }: { readonly file: string }): Promise<number> {
  await checkFeedFile(file);
  return withSettings(async (base) => {
    const instance = await claimInstance(base);
    try {
      return await replay(base, createFileFeed(file));
    } finally {
      instance.release();
    }
  });
}

async function replay(base: Bootstrap, feed: FileFeed): Promise<number> {
  let stoppedBy = null as NodeJS.Signals | null;
  const onSignal = (signal: NodeJS.Signals) => (stoppedBy ??= signal);
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  const system = await assemble(base, feed);
  const bar = progressBar(() => feed.progress);
  const code = await runSystem(system, base);
  process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  bar.stop();
  const { totals } = system.ledger;
  say(summary(totals));
  if (stoppedBy !== null) {
    say(
      `stopped     by ${stoppedBy} after ${totals.received} messages, ${howFar(feed)}; the rest is not taken\n`,
    );
    return code === EXIT.ok ? SIGNAL_EXIT + constants.signals[stoppedBy] : code;
  }
  if (code === EXIT.ok && isNoReplay(totals)) {
    process.stderr.write(`${feed.description} holds no EDDN message (one JSON text a line, plain or gzip)\n`);
    return EXIT.failure;
  }
  return code === EXIT.ok && unwritten(totals) !== 0 ? EXIT.failure : code;
}

function howFar({ description, progress: { readBytes, totalBytes } }: FileFeed): string {
  if (totalBytes === 0) return `${readBytes} bytes of ${description}`;
  return `${Math.floor((100 * readBytes) / totalBytes)} % of ${description}`;
}

/** Rubbish, or nothing at all. */
function isNoReplay({ received, rejected }: LedgerTotals): boolean {
  return received === (rejected.malformed ?? 0) + (rejected['too large'] ?? 0);
}

/** Every line of the file has one fate; a snapshot taken back from the spool has entered the account again. */
export function summary(totals: LedgerTotals): string {
  const rejected = Object.entries(totals.rejected).sort(([, a], [, b]) => b - a);
  const waiting = unwritten(totals);
  return [
    `received    ${totals.received}`,
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
