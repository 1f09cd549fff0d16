import { statfs } from 'node:fs/promises';
import { AppError } from '../../domain/errors.ts';

const MIB = 1024 * 1024;
/** Stays free for the database, the spool and the public files: a tenth of the disk, but not more than this. */
const MAX_RESERVE_BYTES = 1024 * MIB;
const RESERVE_SHARE = 0.1;

/** What may still be written into a directory. */
interface DiskRoom {
  /** Negative when less is free than is to stay free. */
  readonly bytes: number;
  readonly reserveBytes: number;
}

/** @throws what the system says of a directory that is not there */
export async function roomIn(directory: string): Promise<DiskRoom> {
  const { bavail, blocks, bsize } = await statfs(directory);
  // Some network file systems do not tell.
  if (blocks === 0) return { bytes: Infinity, reserveBytes: 0 };
  const reserveBytes = Math.min(MAX_RESERVE_BYTES, blocks * bsize * RESERVE_SHARE);
  return { bytes: bavail * bsize - reserveBytes, reserveBytes };
}

/** @param totalBytes of what was to be brought; null: not known */
export function noRoom(
  directory: string,
  totalBytes: number | null,
  { reserveBytes }: DiskRoom,
  what = 'the dump',
): AppError {
  const size = totalBytes === null ? '' : ` of ${inMib(totalBytes)}`;
  return new AppError(
    'spansh',
    `${what}${size} does not fit into ${directory}, where ${inMib(reserveBytes)} stay free`,
    {
      advice:
        'they are for the database, the spool and the public files: free space there, or set TD_TMP to a directory on another disk',
    },
  );
}

function inMib(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}
