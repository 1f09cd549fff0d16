import { createGunzip, createZstdDecompress } from 'node:zlib';
import { openThread } from '../threads/rpc.ts';
import type { BunzipMethods } from './bunzip-thread.ts';
import { moduleBeside } from '../threads/module-beside.ts';

/** How a file is compressed, seen by its first bytes, not by its name. */
type Compression = 'gzip' | 'bzip2' | 'zstd' | 'none';

const MAGIC = { gzip: [0x1f, 0x8b], bzip2: [0x42, 0x5a, 0x68], zstd: [0x28, 0xb5, 0x2f, 0xfd] } as const;
const MAGIC_BYTES = 4;
const CHUNK_BYTES = 128 * 1024;

/**
 * What a file holds, whatever it is compressed with. Several streams one after the other (as archives that are indexed
 * have them) are one. A piece in, all that comes of it out: what stands before a fault is given, but for what the decoder
 * of gzip or zstd has not handed out, 128 KiB at most.
 * @throws what the decoder says of a file that is damaged or cut short ({@link isDamage})
 */
export async function* decompress(
  chunks: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  try {
    let head: Uint8Array = new Uint8Array();
    while (head.length < MAGIC_BYTES) {
      const { done, value } = await chunks.next();
      if (done === true) break;
      head = Buffer.concat([head, value]);
    }
    const whole = after(head, chunks);
    const compression = compressionOf(head);
    if (compression === 'none') yield* whole;
    else if (compression === 'bzip2') yield* bunzip(whole);
    else yield* inflate(compression, whole);
  } finally {
    // Whoever ends with the first piece, as a damaged one does, has not begun with the rest.
    await chunks.return();
  }
}

class Bzip2Error extends Error {}

/** Whether an error tells of a damaged file, not of one that cannot be read. */
export function isDamage(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof Bzip2Error || code?.startsWith('Z_') === true || code?.startsWith('ZSTD_') === true;
}

function compressionOf(head: Uint8Array): Compression {
  const named = Object.entries(MAGIC) as [Exclude<Compression, 'none'>, readonly number[]][];
  return named.find(([, magic]) => magic.every((byte, at) => head[at] === byte))?.[0] ?? 'none';
}

async function* after(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
  if (head.length > 0) yield head;
  yield* rest;
}

async function* inflate(
  compression: 'gzip' | 'zstd',
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let inflater = new Inflater(compression);
  try {
    for await (const chunk of chunks) {
      let rest = yield* inflater.write(chunk);
      // Node's decoder ends with the first frame, whatever stands behind it; that of gzip goes on by itself.
      while (compression === 'zstd' && rest.length > 0) {
        inflater.destroy();
        inflater = new Inflater(compression);
        rest = yield* inflater.write(rest);
      }
    }
    yield* inflater.end();
  } finally {
    inflater.destroy();
  }
}

/** One of Node's decoders. A stream in a pipe would throw away what it holds when the file is damaged. */
class Inflater {
  readonly #decoder;
  #inflated: Uint8Array[] = [];

  constructor(compression: 'gzip' | 'zstd') {
    const options = { chunkSize: CHUNK_BYTES };
    this.#decoder = compression === 'gzip' ? createGunzip(options) : createZstdDecompress(options);
    this.#decoder.on('data', (bytes: Uint8Array) => this.#inflated.push(bytes));
  }

  /** Gives what comes of a chunk. @returns what of it stands behind the end */
  async *write(chunk: Uint8Array): AsyncGenerator<Uint8Array, Uint8Array> {
    const before = this.#decoder.bytesWritten;
    yield* this.#result((done) => this.#decoder.write(chunk, done));
    return chunk.subarray(this.#decoder.bytesWritten - before);
  }

  async *end(): AsyncGenerator<Uint8Array, void> {
    if (this.#decoder.readableEnded) return;
    yield* this.#result((done) => this.#decoder.once('end', done).end());
  }

  destroy(): void {
    this.#decoder.destroy();
  }

  async *#result(start: (done: () => void) => void): AsyncGenerator<Uint8Array, void> {
    try {
      // A failed write is only told by the event.
      await new Promise<void>((resolve, reject) => {
        this.#decoder.once('error', reject);
        start(() => {
          this.#decoder.off('error', reject);
          resolve();
        });
      });
    } finally {
      yield* this.#inflated;
      this.#inflated = [];
    }
  }
}

/** bzip2 takes a whole core: in a thread, which is a piece ahead of the reader. */
async function* bunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const thread = openThread<BunzipMethods>(moduleBeside(import.meta.url, './bunzip-thread'));
  try {
    let pending: Promise<Inflated> | undefined;
    for await (const chunk of chunks) {
      const last = pending;
      pending = thread.call('write', chunk);
      pending.catch(() => undefined);
      if (last !== undefined) yield* given(await last);
    }
    if (pending !== undefined) yield* given(await pending);
    yield* given(await thread.call('end', null));
  } finally {
    await thread.close();
  }
}

interface Inflated {
  readonly pieces: readonly Uint8Array[];
  readonly damage: string | null;
}

function* given({ pieces, damage }: Inflated): Generator<Uint8Array, void> {
  yield* pieces;
  if (damage !== null) throw new Bzip2Error(damage);
}
