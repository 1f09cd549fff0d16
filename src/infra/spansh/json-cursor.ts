/** A piece of text that is not JSON, as far as one has to look to find one's way in it. */
export class BrokenJson extends Error {}

/** The bytes of a JSON value: `start` is the first, `end` is behind the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** `[` and `{`, `]` and `}` differ by this bit only. */
const BRACE_BIT = 0x20;

/** Behind the text there must be as many quotes: they end every search for the end of a string. */
export const SENTINEL = '""';

/** Names of keys to stop at, shorter than 32 letters. (No dump escapes letters in keys.) */
export class WantedKeys<K extends string> {
  /** Bit n is set when there is one of n bytes. */
  readonly lengths: number;
  readonly #names: readonly { readonly name: K; readonly bytes: Uint8Array }[];

  constructor(...names: K[]) {
    this.#names = names.map((name) => ({ name, bytes: new TextEncoder().encode(name) }));
    this.lengths = names.reduce((bits, { length }) => bits | (1 << length), 0);
  }

  /** @returns which key is between `start` and `end`; null: none that is wanted */
  find(text: Uint8Array, start: number, end: number): K | null {
    for (const { name, bytes } of this.#names) {
      if (end - start === bytes.length && bytes.every((byte, i) => text[start + i] === byte)) return name;
    }
    return null;
  }
}

/**
 * Finds its way through JSON text without parsing it: nine tenths of a dump are never looked at. It checks no more than
 * it needs; who uses a value parses it.
 */
export class JsonCursor {
  /** The next byte. */
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  /** @param bytes has {@link SENTINEL} somewhere at or behind `end` */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  skipBlanks(): void {
    while (this.at < this.#end && isBlank(this.#bytes[this.at])) this.at++;
  }

  /** The next byte as a character; empty at the end. */
  peek(): string {
    return this.at < this.#end ? String.fromCharCode(this.#bytes[this.at] ?? 0) : '';
  }

  /**
   * Calls `visit` at each value of the object that begins here whose key is wanted. `visit` moves behind
   * the value. Everything else is passed over, which is the hot loop of the whole import.
   */
  object<K extends string>(keys: WantedKeys<K>, visit: (key: K) => void): void {
    this.#expect(OPEN_BRACE);
    const bytes = this.#bytes;
    const end = this.#end;
    const { lengths } = keys;
    let depth = 1;
    let at = this.at;
    while (depth > 0 && at < end) {
      let byte = bytes[at++] ?? 0;
      if (byte === QUOTE) {
        const start = at;
        while ((byte = bytes[at++] ?? 0) !== QUOTE) if (byte === BACKSLASH) at++;
        if (depth > 1 || ((lengths >>> (at - 1 - start)) & 1) === 0) continue;
        const key = keys.find(bytes, start, at - 1);
        if (key === null) continue;
        this.#moveTo(at);
        // A string that is a value may look like a key.
        if (this.#takes(COLON)) {
          this.skipBlanks();
          visit(key);
        }
        at = this.at;
      } else if (byte >= OPEN_BRACKET) {
        byte |= BRACE_BIT;
        if (byte === OPEN_BRACE) depth++;
        else if (byte === CLOSE_BRACE) depth--;
      }
    }
    if (depth > 0) throw new BrokenJson();
    this.#moveTo(at);
  }

  /** Calls `visit` at each value of the array that begins here. `visit` moves behind the value. */
  array(visit: () => void): void {
    this.#expect(OPEN_BRACKET);
    if (this.#takes(CLOSE_BRACKET)) return;
    do {
      this.skipBlanks();
      visit();
    } while (this.#takes(COMMA));
    this.#expect(CLOSE_BRACKET);
  }

  /** Moves behind the value that begins here. */
  value(): Span {
    const start = this.at;
    const first = this.#bytes[start];
    if (first === QUOTE) this.#skipString();
    else if (first === OPEN_BRACE || first === OPEN_BRACKET) this.#skipNested();
    else this.#skipScalar();
    return { start, end: this.at };
  }

  #skipString(): void {
    const bytes = this.#bytes;
    let at = this.at;
    if (bytes[at++] !== QUOTE) throw new BrokenJson();
    for (let byte = bytes[at++]; byte !== QUOTE; byte = bytes[at++]) if (byte === BACKSLASH) at++;
    this.#moveTo(at);
  }

  #skipNested(): void {
    const bytes = this.#bytes;
    const end = this.#end;
    let depth = 0;
    let at = this.at;
    do {
      let byte = bytes[at++] ?? 0;
      if (byte === QUOTE) {
        while ((byte = bytes[at++] ?? 0) !== QUOTE) if (byte === BACKSLASH) at++;
      } else if (byte >= OPEN_BRACKET) {
        byte |= BRACE_BIT;
        if (byte === OPEN_BRACE) depth++;
        else if (byte === CLOSE_BRACE) depth--;
      }
    } while (depth > 0 && at < end);
    if (depth > 0) throw new BrokenJson();
    this.#moveTo(at);
  }

  #skipScalar(): void {
    const start = this.at;
    while (this.at < this.#end && !isScalarEnd(this.#bytes[this.at])) this.at++;
    if (this.at === start) throw new BrokenJson();
  }

  #moveTo(at: number): void {
    if (at > this.#end) throw new BrokenJson();
    this.at = at;
  }

  #takes(byte: number): boolean {
    this.skipBlanks();
    if (this.at >= this.#end || this.#bytes[this.at] !== byte) return false;
    this.at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#takes(byte)) throw new BrokenJson();
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === BLANK || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

function isScalarEnd(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isBlank(byte);
}
