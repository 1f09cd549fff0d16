import { randomBytes } from 'node:crypto';
import { open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, type ErrorCode } from '../../domain/errors.ts';
import type { ChunkSink } from '../../domain/ports/store/market-store.ts';
import type { Commit, StagedFile } from '../../domain/ports/publishing/publishing.ts';
import { likeTheOld, makeDirectory } from '../process/ownership.ts';
import { openRegularFile } from './regular-file.ts';

const BUFFER_BYTES = 1024 * 1024;
/** Whatever writes for that long has been killed. */
const STALE_TEMP_MS = 86_400_000;

/** Stages a file and replaces the target with it. When `produce` throws or the signal aborts, the old file stays. */
export async function publishFile<T>(
  target: string,
  produce: (write: ChunkSink) => Promise<T>,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Commit & { readonly result: T }> {
  const staged = await stageFile(target, produce, options);
  return { ...(await staged.commit()), result: staged.result };
}

/** With where it is until then. */
type StagedAt<T> = StagedFile<T> & { readonly path: string };

/**
 * Has `produce` write a temporary file beside the target.
 * @throws AppError when the disk is full or the directory not writable; what `produce` threw; the abort reason
 */
export async function stageFile<T>(
  target: string,
  produce: (write: ChunkSink) => Promise<T>,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<StagedAt<T>> {
  const directory = dirname(target);
  const temp = join(directory, `${tempPrefix(target)}${randomBytes(8).toString('hex')}`);
  const disk = <R>(work: Promise<R>): Promise<R> =>
    work.catch((error: unknown) => {
      throw explain(target, error);
    });

  signal?.throwIfAborted();
  await disk(makeDirectory(directory));
  await disk(removeStaleTemps(target));
  const file = await disk(open(temp, 'wx+', 0o644));
  let ended = false;
  const discard = async () => {
    if (ended) return;
    ended = true;
    await file.close();
    await rm(temp, { force: true });
  };
  try {
    const writer = bufferedWriter(file);
    const result = await produce((chunk) => {
      signal?.throwIfAborted();
      return disk(writer.write(chunk));
    });
    const bytes = await disk(writer.flush());
    signal?.throwIfAborted();
    const commit = async (): Promise<Commit> => {
      try {
        const changed = !(await disk(sameContent(file, bytes, target)));
        if (changed) {
          await disk(likeTheOld(file, target));
          await disk(file.sync());
          await disk(rename(temp, target));
          await disk(syncDirectory(directory));
        }
        return { bytes, changed };
      } finally {
        await discard();
      }
    };
    return { result, path: temp, commit, discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** Hidden, so that no `*.csv` finds it. */
function tempPrefix(target: string): string {
  return `.${basename(target)}.tmp-`;
}

async function removeStaleTemps(target: string): Promise<void> {
  const directory = dirname(target);
  for (const name of await readdir(directory)) {
    if (!name.startsWith(tempPrefix(target))) continue;
    const path = join(directory, name);
    const written = await stat(path).catch(() => undefined);
    if (written !== undefined && Date.now() - written.mtimeMs > STALE_TEMP_MS)
      await rm(path, { force: true });
  }
}

/** Gathers small chunks, which are copied: the caller may use its memory again. */
function bufferedWriter(file: FileHandle) {
  const buffer = new Uint8Array(BUFFER_BYTES);
  let used = 0;
  let written = 0;

  async function writeAll(bytes: Uint8Array): Promise<void> {
    await file.appendFile(bytes);
    written += bytes.length;
  }

  async function flush(): Promise<number> {
    await writeAll(buffer.subarray(0, used));
    used = 0;
    return written;
  }

  return {
    async write(chunk: Uint8Array): Promise<void> {
      if (used + chunk.length > BUFFER_BYTES) await flush();
      if (chunk.length > BUFFER_BYTES) return writeAll(chunk);
      buffer.set(chunk, used);
      used += chunk.length;
    },
    /** @returns bytes written in all */
    flush,
  };
}

async function sameContent(file: FileHandle, bytes: number, target: string): Promise<boolean> {
  const found = await openRegularFile(target).catch(() => null);
  if (found === null) return false;
  const { handle: old, size } = found;
  try {
    if (size !== bytes) return false;
    const chunkBytes = Math.min(BUFFER_BYTES, bytes);
    const mine = new Uint8Array(chunkBytes);
    const theirs = new Uint8Array(chunkBytes);
    for (let at = 0; at < bytes;) {
      const length = Math.min(chunkBytes, bytes - at);
      const [a, b] = await Promise.all([file.read(mine, 0, length, at), old.read(theirs, 0, length, at)]);
      if (a.bytesRead !== b.bytesRead || a.bytesRead === 0) return false;
      if (Buffer.compare(mine.subarray(0, a.bytesRead), theirs.subarray(0, a.bytesRead)) !== 0) return false;
      at += a.bytesRead;
    }
    return true;
  } finally {
    await old.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  await using handle = await open(directory);
  await handle.sync();
}

/** Bugs stay what they are. */
function explain(target: string, error: unknown): unknown {
  const fault = (code: ErrorCode, message: string, advice: string) =>
    new AppError(code, message, { advice, cause: error });
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return fault(
        'publishFull',
        `no space left to write ${target}`,
        'free some space: a file is written beside the old one, so both must fit; the old one stays until then',
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return fault(
        'publishDenied',
        `no permission to write ${target}`,
        'make its directory writable for this user, or set export_path to another one',
      );
    case 'EISDIR':
    case 'ENOTDIR':
    case 'EEXIST':
      return fault(
        'publishPath',
        `${target} cannot be a file: a directory or a file is in its place`,
        'move that away, or set export_path to another directory',
      );
    default:
      return error;
  }
}
