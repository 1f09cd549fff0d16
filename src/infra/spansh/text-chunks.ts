import { AppError } from '../../domain/errors.ts';
import { SENTINEL } from './json-cursor.ts';

/** Pieces are about so large: long enough to be worth a message to a thread, short enough for a flat memory. */
export const CHUNK_BYTES = 1024 * 1024;

/** The longest lines of the real dump are a few megabytes. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

const LINE_FEED = 0x0a;

/**
 * Cuts a text at line ends into pieces of at least {@link CHUNK_BYTES}, each in a buffer of its own that can be moved to
 * a thread, with {@link SENTINEL} behind it. The last piece may be shorter and end anywhere.
 *
 * @throws AppError `dump`: a line is too long to be one system
 */
export async function* textChunks(
  text: AsyncIterable<Buffer>,
  { chunkBytes = CHUNK_BYTES, maxLineBytes = MAX_LINE_BYTES } = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let parts: Buffer[] = [];
  let length = 0;
  const keep = (part: Buffer) => {
    parts.push(part);
    length += part.length;
  };
  for await (const part of text) {
    const end = length + part.length < chunkBytes ? 0 : part.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      keep(part.subarray(0, end));
      yield joined(parts, length);
      parts = [];
      length = 0;
    }
    keep(part.subarray(end));
    if (length > maxLineBytes) {
      throw new AppError('dump', `the dump has a line of more than ${maxLineBytes / 1024 / 1024} MiB`, {
        advice: 'it must have one system a line, as galaxy_stations.json of Spansh has',
      });
    }
  }
  if (length > 0) yield joined(parts, length);
}

function joined(parts: readonly Buffer[], length: number): Uint8Array<ArrayBuffer> {
  const chunk = new Uint8Array(length + SENTINEL.length);
  let at = 0;
  for (const part of parts) {
    chunk.set(part, at);
    at += part.length;
  }
  Buffer.from(chunk.buffer).write(SENTINEL, length);
  return chunk;
}
