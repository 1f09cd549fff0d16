import type { CallContext } from '../../../threads/rpc.ts';
import { CHUNK_BYTES } from '../../shared/listing.ts';

/** A piece of a file, from the reader's thread. */
export interface Emitted<File extends string> {
  readonly file: File;
  readonly chunk: Uint8Array;
}

/** Sends the text of a file in chunks: the receiver works on one while the next is made. */
export class TextSender<File extends string> {
  readonly #file: File;
  readonly #emit: CallContext['emit'];
  readonly #encoder = new TextEncoder();
  #received: Promise<void> = Promise.resolve();
  /** What is not sent yet: append to it. */
  text = '';

  constructor(file: File, emit: CallContext['emit']) {
    this.#file = file;
    this.#emit = emit;
  }

  get isFull(): boolean {
    return this.text.length >= CHUNK_BYTES;
  }

  async send(): Promise<void> {
    await this.#received;
    const chunk = this.#encoder.encode(this.text);
    this.text = '';
    const emitted: Emitted<File> = { file: this.#file, chunk };
    this.#received = this.#emit(emitted, [chunk.buffer]);
    // A failure shows when the next chunk is to be sent.
    this.#received.catch(() => undefined);
  }

  /** Sends the rest. Everything is received when it resolves. */
  async end(): Promise<void> {
    await this.send();
    await this.#received;
  }
}
