import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal, pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError, describeError } from '../../domain/errors.ts';
import { ask, checkClock, hangUp, lengthOf } from '../web/request.ts';

/** A dump as it comes: plain or gzip, told apart by content. */
export interface DumpSource {
  /** For messages: file name, URL, `standard input`. */
  readonly name: string;
  /** Of bytes. Whoever reads it destroys it. */
  readonly stream: Readable;
  /** Of {@link stream}; null: not known. */
  readonly totalBytes: number | null;
}

/** The text of a dump while it is read. */
export interface DumpText {
  readonly text: AsyncIterable<Buffer>;
  /** Taken from the source so far. */
  readonly bytesRead: () => number;
}

const READ_BYTES = 256 * 1024;
const INFLATE_BYTES = 256 * 1024;
const GZIP_MAGIC = [0x1f, 0x8b] as const;

/** @throws AppError `dump`: cannot be read */
export async function openDumpFile(path: string): Promise<DumpSource> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw readError(path, error);
  });
  return { name: path, stream: createReadStream(path, { highWaterMark: READ_BYTES }), totalBytes: size };
}

/**
 * A dump read while it is downloaded.
 * @throws SourceError; the signal's reason
 */
export async function openDumpUrl(
  url: string,
  maxClockSkewS: number,
  signal: AbortSignal,
): Promise<DumpSource> {
  const answer = await ask('GET', url, { accept: [200], signal });
  try {
    checkClock(url, answer, maxClockSkewS);
  } catch (error) {
    hangUp(answer);
    throw error;
  }
  return { name: url, stream: answer.body, totalBytes: lengthOf(answer) };
}

/**
 * Inflates a dump if need be. Ending the iteration early closes the source.
 *
 * The iteration rejects with an AppError, code `dump`: unreadable, truncated or corrupt; `aborted`: the signal.
 */
export function dumpText({ name, stream }: DumpSource, signal?: AbortSignal): DumpText {
  let bytesRead = 0;
  if (signal !== undefined) addAbortSignal(signal, stream);

  async function* counted(): AsyncGenerator<Buffer> {
    for await (const bytes of stream as AsyncIterable<Buffer>) {
      bytesRead += bytes.length;
      yield bytes;
    }
  }

  async function* text(): AsyncGenerator<Buffer> {
    const input = counted();
    try {
      let head = Buffer.alloc(0);
      while (head.length < GZIP_MAGIC.length) {
        const next = await input.next();
        if (next.done === true) break;
        head = Buffer.concat([head, next.value]);
      }
      const all = chain(head, input);
      yield* GZIP_MAGIC.every((byte, i) => head[i] === byte) ? inflated(all) : all;
    } catch (error) {
      throw readError(name, error);
    } finally {
      stream.destroy();
    }
  }

  return { text: text(), bytesRead: () => bytesRead };
}

async function* chain(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* rest;
}

function inflated(bytes: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gunzip = createGunzip({ chunkSize: INFLATE_BYTES });
  // What fails is told to whoever iterates.
  return pipeline(Readable.from(bytes), gunzip, () => undefined);
}

function readError(name: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const { code = '', name: kind } = error as NodeJS.ErrnoException;
  if (kind === 'AbortError') {
    return new AppError('aborted', `reading ${name} was stopped`, { cause: error });
  }
  if (code === 'Z_BUF_ERROR') return truncated(name, error);
  if (code.startsWith('Z_')) {
    return new AppError('dump', `the dump is corrupt: ${name}: ${describeError(error)}`, {
      advice: 'delete the file and download it again',
      cause: error,
    });
  }
  return new AppError('dumpUnreadable', `${name} cannot be read: ${describeError(error)}`, { cause: error });
}

/** What is said of a dump that lacks its end. */
export function truncated(name: string, cause?: unknown): AppError {
  return new AppError('dump', `the dump is truncated: ${name}`, {
    advice: 'delete the file and download it again',
    cause,
  });
}
