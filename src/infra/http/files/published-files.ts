import type { FileHandle } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { openRegularFile, versionOf } from '../../publishing/regular-file.ts';
import type { ByteRange, Validators } from './conditions.ts';
import type { GzipCache } from './gzip-cache.ts';

/** One version of a published file, opened: whatever happens to the path, these bytes stay. */
export interface OpenFile extends Validators {
  readonly encoding: 'identity' | 'gzip';
  /** Bytes, as encoded. */
  readonly size: number;
  /** Sends the bytes of a range, exactly, or breaks the answer off when they cannot be had. Closes the file. */
  send(range: ByteRange, response: ServerResponse): Promise<void>;
  close(): Promise<void>;
}

const CHUNK_BYTES = 64 * 1024;

/**
 * Opens a file for one answer; its compressed twin when that is wanted, ready, and of this very version.
 * @param gzip null: it has none
 * @param isShared other daemons have the same file, and its tag is to be the same
 * @returns why not: there is none, or nothing is in it (yet)
 */
export async function openPublished(
  path: string,
  name: string,
  wantsGzip: boolean,
  gzip: GzipCache | null,
  isShared: boolean,
): Promise<OpenFile | 'missing' | 'empty'> {
  const found = await openRegularFile(path);
  if (found === null) return 'missing';
  const { handle, version, size, modifiedAt } = found;
  if (size === 0) {
    await handle.close();
    return 'empty';
  }
  const tag = isShared ? found.sharedVersion : version;
  const lastModified = modifiedAt.toUTCString();
  const twin = gzip === null ? null : await gzip.open(name, version, path);
  if (twin !== null && wantsGzip) {
    await handle.close();
    return openFile(twin.handle, twin.version, twin.size, 'gzip', {
      etag: `"${tag}-gzip"`,
      lastModified,
    });
  }
  await twin?.handle.close();
  return openFile(handle, version, size, 'identity', { etag: `"${tag}"`, lastModified });
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
    send: (range, response) => sendRange(handle, version, range, response),
    close: () => handle.close(),
  };
}

/** One buffer an answer, however long it is: streams take a new one a chunk, and hundreds of MB before it is collected. */
async function sendRange(
  handle: FileHandle,
  version: string,
  { start, end }: ByteRange,
  response: ServerResponse,
): Promise<void> {
  const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK_BYTES, end + 1 - start));
  try {
    for (let at = start; at <= end;) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, end + 1 - at), at);
      at += bytesRead;
      // Programs other than ours may write into a file instead of replacing it: no mixture is sent to its end.
      if (bytesRead === 0 || (at > end && (await versionOf(handle))?.version !== version)) {
        response.destroy();
        return;
      }
      await taken(response, chunk.subarray(0, bytesRead));
    }
    response.end();
  } catch {
    // The disk, or a client that has gone.
    response.destroy();
  } finally {
    await handle.close();
  }
}

/** Resolves when the system has the bytes; rejects when the client has gone. */
function taken(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the client has gone'));
    if (response.closed) {
      gone();
      return;
    }
    // Not every write that a client no longer waits for is called back.
    response.once('close', gone);
    response.write(bytes, (error) => {
      response.off('close', gone);
      if (error) reject(error);
      else resolve();
    });
  });
}
