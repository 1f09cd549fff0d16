import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../domain/errors.ts';
import type { Feed, FeedHandlers } from '../../domain/ports/feed.ts';

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
}

/**
 * A file of EDDN messages, one JSON text a line, plain or gzipped (seen by its content, not its name). Blank lines
 * are skipped; CRLF and a last line without an end are fine. Reading again starts at the beginning. `-` is standard
 * input, which can be read once.
 *
 * `read` rejects with an AppError for a file that is missing, unreadable, a directory, cut short or damaged (gzip),
 * or not made of lines; every whole line before the fault has been delivered then.
 */
export function createFileFeed(file: string): FileFeed {
  let reads = 0;
  let progress: FileProgress = { readBytes: 0, totalBytes: sizeOf(file) };

  function close(): void {
    reads += 1;
    // Whoever writes into it may never write again.
    if (file === STANDARD_INPUT && reads > 1) process.stdin.destroy();
  }

  return {
    description: nameOf(file),
    finite: true,
    close,
    get progress() {
      return progress;
    },

    async read(handlers: FeedHandlers): Promise<void> {
      close();
      const mine = reads;
      const batches = readBatches(
        file,
        () => handlers.onConnected(),
        (read) => (progress = read),
      );
      try {
        for await (const frames of batches) {
          if (mine === reads) await handlers.onBatch({ encoding: 'json', frames, receivedAtMs: Date.now() });
          // Asked again: it may have been closed meanwhile.
          if (mine !== reads) return;
        }
      } catch (error) {
        if (mine === reads) throw error;
      }
    },
  };
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
  onProgress: (progress: FileProgress) => void,
): AsyncGenerator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let batchBytes = 0;
  let lines = 0;
  let failure: Error | undefined;
  try {
    const { gzipped, chunks } = await peek(readChunks(file, onProgress));
    onOpen();
    for await (const line of splitLines(gzipped ? inflate(chunks) : chunks)) {
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

async function peek(
  chunks: AsyncGenerator<Uint8Array, void>,
): Promise<{ gzipped: boolean; chunks: AsyncIterable<Uint8Array> }> {
  let head = new Uint8Array();
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  return { gzipped: head[0] === 0x1f && head[1] === 0x8b, chunks: after(head, chunks) };
}

async function* after(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* readChunks(
  file: string,
  onProgress: (progress: FileProgress) => void,
): AsyncGenerator<Uint8Array, void> {
  if (file === STANDARD_INPUT) {
    let readBytes = 0;
    for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
      onProgress({ readBytes: (readBytes += chunk.length), totalBytes: 0 });
      yield chunk;
    }
    return;
  }
  await using handle = await open(file);
  const { size } = await handle.stat();
  for (let readBytes = 0; ;) {
    onProgress({ readBytes, totalBytes: size });
    const { bytesRead, buffer } = await handle.read(new Uint8Array(READ_BYTES), 0, READ_BYTES, readBytes);
    if (bytesRead === 0) return;
    readBytes += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** A piece in, all that comes of it out: a stream in a pipe would throw away what it holds when the file is damaged. */
async function* inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  let inflated: Uint8Array[] = [];
  gunzip.on('data', (bytes: Uint8Array) => inflated.push(bytes));
  /** A failed write is only told by the event. */
  const finished = (start: (done: () => void) => void) =>
    new Promise<void>((resolve, reject) => {
      gunzip.once('error', reject);
      start(() => {
        gunzip.off('error', reject);
        resolve();
      });
    });
  try {
    for await (const chunk of chunks) {
      await finished((done) => gunzip.write(chunk, done));
      yield* inflated;
      inflated = [];
    }
    await finished((done) => gunzip.once('end', done).end());
  } catch (error) {
    yield* inflated;
    throw error;
  } finally {
    gunzip.destroy();
  }
  yield* inflated;
}

async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end; (end = bytes.indexOf(NEWLINE, Math.max(start, rest.length))) !== -1; start = end + 1) {
      yield* unlessBlank(bytes.subarray(start, end));
    }
    rest = bytes.subarray(start);
    if (rest.length > MAX_LINE_BYTES) throw new LineTooLong();
  }
  yield* unlessBlank(rest);
}

function unlessBlank(line: Uint8Array): Uint8Array[] {
  if (line.every((byte) => byte <= SPACE)) return [];
  return [line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line];
}

class LineTooLong extends Error {}

/** Bugs stay what they are. */
function explain(path: string, error: unknown, lines: number): Error {
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
  if (code?.startsWith('Z_')) {
    return fault(
      `${file} is damaged or cut short after ${lines} messages`,
      'those before the fault were taken; get a whole copy for the rest',
    );
  }
  if (code === 'ENOENT') return fault(`there is no file ${file}`, 'check its name');
  if (code === 'EISDIR') return fault(`${file} is a directory`, 'name the file itself');
  if (code === 'EACCES' || code === 'EPERM') {
    return fault(`no permission to read ${file}`, 'make it readable for this user');
  }
  return error as Error;
}
