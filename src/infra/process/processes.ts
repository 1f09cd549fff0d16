import { readFileSync } from 'node:fs';

/** Whether no process has this number. Any error but that one means that it lives: it may be another user's. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

/** Fields of `/proc/PID/stat` from the state (field 3) on; none where there is no /proc. */
export function statFields(pid: number): readonly string[] {
  const stat = readIfThere(`/proc/${pid}/stat`);
  // The name in field 2 may hold anything, so it is counted from its end.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
}

/** Where {@link statFields} has the time of the start, in ticks since the machine's (field 22). */
export const START_TICKS = 19;

export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
