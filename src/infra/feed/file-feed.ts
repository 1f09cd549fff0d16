import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { AppError } from '../../domain/errors.ts';
import type { Feed, FeedHandlers } from '../../domain/ports/market/feed.ts';
import { decompress, isDamage } from './decompress.ts';

const READ_BYTES = 128 * 1024;
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const BATCH_FRAMES = 256;
/** Long lines make smaller batches. */
const BATCH_BYTES = 4 * 1024 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;

/** As a file: standard input. */
const STANDARD_INPUT = '-';

/** Of the file as it lies on disk, compressed or not. */
interface FileProgress {
  readonly readBytes: number;
  /** 0: nobody knows. */
  readonly totalBytes: number;
}

export interface FileFeed extends Feed {
  readonly progress: FileProgress;
  /** Messages handed over so far. */
  readonly delivered: number;
}

/**
 * Files of EDDN messages, one JSON text a line, plain or compressed (gzip, bzip2, zstd: seen by their content). Blank
 * lines are skipped; CRLF and a last line without an end are fine. Reading again starts at the beginning. `-` is standard
 * input, which can be read once.
 *
 * `read` rejects with an AppError for what is missing, unreadable, a directory, cut short or damaged, or not made of lines;
 * the whole lines before the fault (`decompress` tells which of them are not) and every other file have been delivered then.
 * @param onWhole called after the last line of a file that is whole has been delivered, awaited before the next file
 */
export function createFileFeed(
  files: readonly string[],
  onWhole: (file: string) => Promise<void> = () => Promise.resolve(),
): FileFeed {
  const totalBytes = files.map(sizeOf).reduce((sum, size) => sum + size, 0);
  let reads = 0;
  let readBytes = 0;
  let delivered = 0;

  function close(): void {
    reads += 1;
    // Whoever writes into it may never write again.
    if (files.includes(STANDARD_INPUT) && reads > 1) process.stdin.destroy();
  }

  return {
    description: files.length > 1 ? `${files.length} files` : files.map(nameOf).join(),
    finite: true,
    close,
    get progress() {
      return { readBytes, totalBytes };
    },
    get delivered() {
      return delivered;
    },

    async read(handlers: FeedHandlers): Promise<void> {
      close();
      const mine = reads;
      const damaged: AppError[] = [];
      let before = 0;
      for (const file of files) {
        try {
          const batches = readBatches(
            file,
            () => handlers.onConnected(),
            (bytes) => (readBytes = before + bytes),
          );
          for await (const frames of batches) {
            if (mine === reads) {
              delivered += frames.length;
              await handlers.onBatch({ encoding: 'json', frames, receivedAtMs: Date.now() });
            }
            // Asked again: it may have been closed meanwhile.
            if (mine !== reads) return;
          }
          await onWhole(file);
        } catch (error) {
          if (mine !== reads) return;
          if (!(error instanceof AppError)) throw error;
          damaged.push(error);
        }
        before = readBytes;
      }
      const [first] = damaged;
      if (first !== undefined) throw files.length === 1 ? first : several(damaged, files.length);
    },
  };
}

function several(damaged: readonly AppError[], count: number): AppError {
  const told = damaged.map(({ message }) => message).join('; ');
  return new AppError('feedFile', `${damaged.length} of ${count} files could not be read whole: ${told}`, {
    advice: 'the others were taken; get whole copies of these',
    cause: damaged[0],
  });
}

/** Looks whether a file can be read, before anything is made for it. @throws AppError `feedFile` */
export async function checkFeedFile(file: string): Promise<void> {
  if (file === STANDARD_INPUT) return;
  try {
    await using handle = await open(file);
    await handle.read(new Uint8Array(1), 0, 1, 0);
  } catch (error) {
    throw explain(file, error, 0);
  }
}

function nameOf(file: string): string {
  return file === STANDARD_INPUT ? 'standard input' : file;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    return 0; // `read` tells why.
  }
}

async function* readBatches(
  file: string,
  onOpen: () => void,
  onProgress: (readBytes: number) => void,
): AsyncGenerator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  let lines = 0;
  let failure: Error | undefined;
  try {
    for await (const line of splitLines(decompress(readChunks(file, onOpen, onProgress)))) {
      batch.push(line);
      batchBytes += line.length;
      lines += 1;
      if (batch.length < BATCH_FRAMES && batchBytes < BATCH_BYTES) continue;
      yield batch;
      batch = [];
      batchBytes = 0;
    }
  } catch (error) {
    failure = explain(file, error, lines);
  }
  if (batch.length > 0) yield batch;
  if (failure !== undefined) throw failure;
}

async function* readChunks(
  file: string,
  onOpen: () => void,
  onProgress: (readBytes: number) => void,
): AsyncGenerator<Uint8Array, void> {
  if (file === STANDARD_INPUT) {
    onOpen();
    let readBytes = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      onProgress((readBytes += chunk.length));
      yield chunk;
    }
    return;
  }
  await using handle = await open(file);
  for (let readBytes = 0; ;) {
    onProgress(readBytes);
    const { bytesRead, buffer } = await handle.read(new Uint8Array(READ_BYTES), 0, READ_BYTES, readBytes);
    if (readBytes === 0) onOpen();
    if (bytesRead === 0) return;
    readBytes += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  /** Of a line that has not ended yet: put together once, for it may have hundreds of them. */
  let parts: Uint8Array[] = [];
  let partsBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end; (end = chunk.indexOf(NEWLINE, start)) !== -1; start = end + 1) {
      yield* unlessBlank(joined(parts, chunk.subarray(start, end)));
      parts = [];
      partsBytes = 0;
    }
    parts.push(chunk.subarray(start));
    partsBytes += chunk.length - start;
    if (partsBytes > MAX_LINE_BYTES) throw new LineTooLong();
  }
  yield* unlessBlank(joined(parts));
}

function joined(parts: readonly Uint8Array[], last: Uint8Array = new Uint8Array()): Uint8Array {
  return parts.length === 0 ? last : Buffer.concat([...parts, last]);
}

function unlessBlank(line: Uint8Array): Uint8Array[] {
  if (line.every((byte) => byte <= SPACE)) return [];
  return [line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line];
}

class LineTooLong extends Error {}

/** What keeps a file, or a folder, from being read, after so many lines; bugs stay what they are. */
export function explain(path: string, error: unknown, lines: number): Error {
  const file = nameOf(path);
  const fault = (message: string, advice: string) =>
    new AppError('feedFile', message, { advice, cause: error });
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof LineTooLong) {
    return fault(
      `line ${lines + 1} of ${file} is longer than 16 MiB`,
      'one EDDN message a line is expected: is this another kind of file?',
    );
  }
  if (isDamage(error)) {
    return fault(
      `${file} is damaged or cut short after ${lines} messages`,
      'these were taken; get a whole copy for the rest',
    );
  }
  if (code === 'ENOENT') return fault(`there is no file ${file}`, 'check its name');
  if (code === 'EISDIR') return fault(`${file} is a directory`, 'name the file itself');
  if (code === 'EACCES' || code === 'EPERM') {
    return fault(`no permission to read ${file}`, 'make it readable for this user');
  }
  return error as Error;
}
