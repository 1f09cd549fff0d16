import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { openRegularFile, versionOf } from '../../publishing/regular-file.ts';
import type { ByteRange, Validators } from './conditions.ts';
import type { GzipCache } from './gzip-cache.ts';

/** One version of a published file, opened: whatever happens to the path, these bytes stay. */
export interface OpenFile extends Validators {
  readonly encoding: 'identity' | 'gzip';
  /** Bytes, as encoded. */
  readonly size: number;
  /** The bytes of a range, exactly; ends with an error when they cannot be had. Closes the file. */
  read(range: ByteRange): Readable;
  close(): Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Opens a file for one answer; its compressed twin when that is wanted, ready, and of this very version.
 * @returns why not: there is none, or nothing is in it (yet)
 */
export async function openPublished(
  path: string,
  name: string,
  wantsGzip: boolean,
  gzip: GzipCache,
): Promise<OpenFile | 'missing' | 'empty'> {
  const found = await openRegularFile(path);
  if (found === null) return 'missing';
  const { handle, version, size, modifiedAt } = found;
  if (size === 0) {
    await handle.close();
    return 'empty';
  }
  const lastModified = modifiedAt.toUTCString();
  const twin = await gzip.open(name, version, path);
  if (twin !== null && wantsGzip) {
    await handle.close();
    return openFile(twin.handle, twin.version, twin.size, 'gzip', {
      etag: `"${version}-gzip"`,
      lastModified,
    });
  }
  await twin?.handle.close();
  return openFile(handle, version, size, 'identity', { etag: `"${version}"`, lastModified });
}

function openFile(
  handle: FileHandle,
  version: string,
  size: number,
  encoding: OpenFile['encoding'],
  validators: Validators,
): OpenFile {
  return {
    ...validators,
    encoding,
    size,
    read: (range) => readRange(handle, version, range),
    close: () => handle.close(),
  };
}

function readRange(handle: FileHandle, version: string, { start, end }: ByteRange): Readable {
  let at = start;
  return new Readable({
    highWaterMark: CHUNK_BYTES,
    read() {
      const length = Math.min(CHUNK_BYTES, end + 1 - at);
      if (length === 0) {
        this.push(null);
        return;
      }
      handle
        .read(new Uint8Array(length), 0, length, at)
        .then(async ({ bytesRead, buffer }) => {
          at += bytesRead;
          // Programs other than ours may write into a file instead of replacing it: no mixture is sent to its end.
          const isTorn = bytesRead === 0 || (at > end && (await versionOf(handle))?.version !== version);
          if (isTorn) this.destroy(new Error('the file was changed while it was being sent'));
          else this.push(buffer.subarray(0, bytesRead));
        })
        .catch((error: unknown) => this.destroy(error as Error));
    },
    destroy(error, callback) {
      handle.close().then(
        () => callback(error),
        () => callback(error),
      );
    },
  });
}
