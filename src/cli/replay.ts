import { SingleBar, Presets } from 'cli-progress';
import { sum, withoutFate, type LedgerTotals } from '../actors/station-coalescer/ledger.ts';
import type { Bootstrap } from '../app/bootstrap.ts';
import { createFileFeed } from '../infra/feed/file-feed.ts';
import { assemble, run as runSystem } from '../app/daemon.ts';
import { EXIT } from '../domain/errors.ts';
import { withSettings } from './one-shot.ts';
import { say } from './say.ts';

/** `replay FILE`: the messages of a file through the same actors, as fast as the database takes them. */
export function run({ file }: { readonly file: string }): Promise<number> {
  return withSettings((base) => replay(base, file));
}

async function replay(base: Bootstrap, file: string): Promise<number> {
  const feed = createFileFeed(file);
  const system = await assemble(base, feed);
  const bar = progressBar(() => feed.progress);
  const code = await runSystem(system, base);
  bar.stop();
  const { totals } = system.ledger;
  say(summary(totals));
  return code === EXIT.ok && unwritten(totals) !== 0 ? EXIT.failure : code;
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

/** Drawn on a terminal only. */
function progressBar(progress: () => { readBytes: number; totalBytes: number }): { stop(): void } {
  if (!process.stderr.isTTY) return { stop: () => undefined };
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
