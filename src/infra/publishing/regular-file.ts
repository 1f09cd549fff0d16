import type { BigIntStats } from 'node:fs';
import { constants, open, type FileHandle } from 'node:fs/promises';

/** Nothing is followed out of the folder, and no FIFO keeps a thread waiting for its other end. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** There is nothing, a symbolic link, no folder on the way, a socket. */
const NO_FILE = new Set(['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO']);

export interface FileVersion {
  /** Changes when the content does: a published file is replaced by a new one, or left alone. */
  readonly version: string;
  /** The same wherever the file was copied to with its time. */
  readonly sharedVersion: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

export interface RegularFile extends FileVersion {
  readonly handle: FileHandle;
}

/**
 * Opens a file for reading: never a symbolic link, a directory, a FIFO or a device.
 * @returns null: there is no such file
 * @throws what the system says, of a file that may not be read
 */
export async function openRegularFile(path: string): Promise<RegularFile | null> {
  const handle = await open(path, FLAGS).catch((error: unknown) => {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  });
  if (handle === null) return null;
  const found = await versionOf(handle);
  if (found !== null) return { handle, ...found };
  await handle.close();
  return null;
}

/** @returns null: not a regular file */
export async function versionOf(handle: FileHandle): Promise<FileVersion | null> {
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) return null;
  return {
    version: [stats.size, stats.mtimeNs, stats.ino].map((part) => part.toString(36)).join('-'),
    sharedVersion: sharedVersion(stats).version,
    size: Number(stats.size),
    modifiedAt: stats.mtime,
  };
}

/** A file by its length and its time, to the millisecond: no two versions of a published file have both in common. */
export function sharedVersion({ size, mtimeNs }: BigIntStats): {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly version: string;
} {
  const modifiedMs = (mtimeNs + 500_000n) / 1_000_000n;
  return {
    bytes: Number(size),
    modifiedMs: Number(modifiedMs),
    version: `${size.toString(36)}-${modifiedMs.toString(36)}`,
  };
}
