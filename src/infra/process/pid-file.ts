import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { dirname } from 'node:path';
import { AppError, describeError } from '../../domain/errors.ts';
import { isGone, readIfThere, START_TICKS, statFields } from './processes.ts';

/** A kernel counts the age of processes in these, whatever its own tick is. */
const TICKS_PER_S = 100;

/**
 * Writes the number of this process and nothing else to a file, in a directory that is made if need be, for service managers and scripts. Which daemon works on
 * a data directory is not decided here (`instance-lock.ts`).
 *
 * @returns removes the file if it is still ours
 * @throws AppError `instance.held` when the number in the file is that of another process which has written it, as far
 * as can be known; `paths.notWritable`
 */
export function writePidFile(file: string): () => void {
  const text = `${process.pid}\n`;
  try {
    const owner = livingOwner(file);
    if (owner !== null) {
      throw new AppError('instance.held', `${file} is the PID file of process ${owner}`, {
        advice: 'stop that one first, or name another file',
      });
    }
    mkdirSync(dirname(file), { recursive: true });
    rmSync(file, { force: true });
    // Exclusively: of two that found it stale at the same moment one fails.
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('paths.notWritable', `${file} cannot be written: ${describeError(error)}`, {
      advice: 'give this user the right to write there, or name another pid_file',
      cause: error,
    });
  }
  return () => {
    if (readIfThere(file) === text) rmSync(file, { force: true });
  };
}

function livingOwner(file: string): number | null {
  const pid = Number(readIfThere(file)?.trim());
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return null;
  if (isGone(pid)) return null;
  // One that was started after the file was written has only got the same number.
  const startedMs = startOf(pid);
  return startedMs !== null && startedMs > statSync(file).mtimeMs + 1_000 ? null : pid;
}

/** Epoch milliseconds, right to a second; null where there is no /proc. */
function startOf(pid: number): number | null {
  const ticks = Number(statFields(pid)[START_TICKS]);
  return Number.isNaN(ticks) ? null : Date.now() - (uptime() - ticks / TICKS_PER_S) * 1000;
}
