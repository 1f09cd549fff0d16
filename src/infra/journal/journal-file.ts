import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { LINE_FIELDS } from '../../domain/colonisation/reading/fields.ts';
import { parseEvent } from '../../domain/journal/event.ts';
import { hasTail, plainEventName, plainTail, plainTime } from './plain-lines.ts';
import type { LineReader, Reading } from './reading.ts';

const CHUNK_BYTES = 1024 * 1024;
/** A longer line is no line of a journal. */
const MAX_LINE_BYTES = 16 * CHUNK_BYTES;
const HEAD_BYTES = 512;
const NEWLINE = 10;
const RETURN = 13;
/** The game writes it again every quarter of a minute while somebody is docked. */
const DEPOT = 'ColonisationConstructionDepot';

/** How far a journal was read. */
interface Place {
  /** Where the next line begins. */
  readonly offset: number;
  /** Of its first line, which has the time at which the game began: tells one file from another of its name. */
  readonly head: string;
}

/** With what is known there. */
export interface ReadPosition<Context> extends Place {
  readonly context: Context;
}

interface Chunk<Told> {
  readonly told: readonly Told[];
  readonly lines: number;
  readonly bytes: number;
}

/** One journal, read line by line from where it was left. */
export class JournalFile<Told, Context> {
  readonly #reading: Reading<Told, Context>;
  #position: Place | null;
  #reader: LineReader<Told, Context>;
  /** The depot event that was read last, what follows its time; null: none was. */
  #depot: Buffer | null = null;

  constructor(reading: Reading<Told, Context>, position: ReadPosition<Context> | null = null) {
    this.#reading = reading;
    this.#position = position;
    this.#reader = reading.reader(position?.context);
  }

  get reader(): LineReader<Told, Context> {
    return this.#reader;
  }

  /** Null: nothing of it was read. */
  get position(): ReadPosition<Context> | null {
    return this.#position === null ? null : { ...this.#position, context: this.#reader.context };
  }

  get offset(): number {
    return this.#position?.offset ?? 0;
  }

  /** What tells this file from others of its name; null: its first line is not whole yet. */
  static async headOf(file: FileHandle, isSuperseded: boolean): Promise<string | null> {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(NEWLINE);
    if (end < 0 && bytesRead < HEAD_BYTES && !(isSuperseded && bytesRead > 0)) return null;
    return createHash('sha256')
      .update(buffer.subarray(0, end < 0 ? bytesRead : end))
      .digest('base64url')
      .slice(0, 22);
  }

  /**
   * What is new, in parts of about a MB.
   * @param isSuperseded nobody writes it any more: a last line without an end counts when it is whole
   */
  async *read(file: FileHandle, isSuperseded: boolean): AsyncGenerator<Chunk<Told>> {
    const { size } = await file.stat();
    const head = await JournalFile.headOf(file, isSuperseded);
    if (head === null) return;
    if (this.#position?.head !== head || size < this.#position.offset) {
      // Another file has taken its place, or it was cut: what was read of it is joined with what is known, so again.
      this.#position = { offset: 0, head };
      this.#reader = this.#reading.reader();
      this.#depot = null;
    }
    let buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, size - this.offset)));
    while (this.offset < size) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, this.offset);
      if (bytesRead === 0) return;
      const end = buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1;
      const isAtEnd = this.offset + bytesRead >= size;
      if (end > 0) {
        yield this.#take(buffer.subarray(0, end), end);
        continue;
      }
      if (isAtEnd) {
        const rest = buffer.toString('utf8', 0, bytesRead);
        if (isSuperseded && parseEvent(rest) !== null)
          yield this.#take(buffer.subarray(0, bytesRead), bytesRead);
        return;
      }
      if (buffer.length >= MAX_LINE_BYTES) yield this.#take(buffer.subarray(0, 0), bytesRead);
      else buffer = Buffer.allocUnsafe(buffer.length * 2);
    }
  }

  /** Nobody writes it any more: what makes reading on cheap is let go, for it holds a whole chunk in memory. */
  rest(): void {
    this.#reader = this.#reading.reader(this.#reader.context);
    this.#depot = null;
  }

  /** @param text lines, the last one with or without its end */
  #take(text: Buffer, bytes: number): Chunk<Told> {
    const told: Told[] = [];
    let lines = 0;
    let to: number;
    for (let from = 0; from < text.length; from = to + 1) {
      const end = text.indexOf(NEWLINE, from);
      to = end < 0 ? text.length : end;
      if (to === from || (to === from + 1 && text[from] === RETURN)) continue;
      lines += 1;
      const found = this.#readLine(text, from, to);
      if (found.length > 0) told.push(...found);
    }
    if (this.#position !== null) this.#position = { ...this.#position, offset: this.offset + bytes };
    return { told, lines, bytes };
  }

  /** Most lines are of what nobody uses, or a repeat: these are never made a text. */
  #readLine(text: Buffer, from: number, to: number): readonly Told[] {
    const name = plainEventName(text, from, to);
    if (name !== null && !LINE_FIELDS.has(name)) return [];
    const isRepeat = name !== null && this.#depot !== null && hasTail(text, from, to, this.#depot);
    if (isRepeat) return this.#reader.repeat?.(plainTime(text, from)) ?? [];
    const found = this.#reader.read(text.toString('utf8', from, to));
    // Spaced otherwise, it may be of a depot: the one that was read last is another then.
    if (name === null) this.#depot = null;
    else if (name === DEPOT && this.#reader.repeat !== undefined) {
      this.#depot = found.length === 0 ? null : plainTail(text, from, to);
    }
    return found;
  }
}
