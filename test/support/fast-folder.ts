import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY = '/dev/shm';

/** For files that no test keeps: in memory where there is room, for disks are waited for with every commit. */
export function fastFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize > 2 ** 30 ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
