import { constants, createInflate, inflateSync } from 'node:zlib';

/** Decompression bombs end here: 60 times the largest market message seen. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Inflates a frame. What it returns is good until the next one. */
export type Inflater = (frame: Uint8Array) => Buffer | 'too large' | 'malformed';

/** A stream of `node:zlib` as it is inside. That is not documented, so another Node may have another one. */
interface Engine {
  readonly destroyed: boolean;
  readonly _handle: {
    reset(): void;
    writeSync(...frame: readonly [flush: number, from: Uint8Array, at: number, length: number, ...To]): void;
  };
  /** Bytes of the room that are left. */
  readonly _writeState: Readonly<Record<number, number>>;
}

type To = readonly [to: Buffer, at: number, room: number];

/**
 * One engine and one buffer for all frames: to make them for each is a third of inflating a market, and half of inflating
 * another message.
 *
 * @param open a stream; anew after a frame that was damaged
 */
export function createInflater(open: () => unknown = openStream): Inflater {
  let engine = open();
  if (!isEngine(engine)) return inflateWhole;
  // Of it only what was used so far takes memory.
  const room = Buffer.allocUnsafeSlow(MAX_MESSAGE_BYTES + 1);
  return (frame) => {
    if (!isEngine(engine)) engine = open();
    const { _handle: handle, _writeState: state } = engine as Engine;
    handle.reset();
    handle.writeSync(constants.Z_FINISH, frame, 0, frame.length, room, 0, room.length);
    if (!isEngine(engine)) return 'malformed';
    const length = room.length - (state[0] ?? 0);
    return length > MAX_MESSAGE_BYTES ? 'too large' : room.subarray(0, length);
  };
}

function openStream(): unknown {
  // What is wrong with a frame is seen at once: the stream is destroyed.
  return createInflate().on('error', () => undefined);
}

function isEngine(stream: unknown): stream is Engine {
  const { destroyed, _handle: handle, _writeState: state } = stream as Partial<Engine>;
  return destroyed === false && typeof handle?.writeSync === 'function' && state !== undefined;
}

/** The same with what is documented. */
function inflateWhole(frame: Uint8Array): ReturnType<Inflater> {
  try {
    // One chunk for nearly every message: the default size is too much for most and too little for a large market.
    const chunkSize = Math.min(Math.max(frame.length * 8, 1024), MAX_MESSAGE_BYTES);
    return inflateSync(frame, { maxOutputLength: MAX_MESSAGE_BYTES, chunkSize });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'malformed';
  }
}
