/** How the game begins a line: `{ "timestamp":"2025-04-08T21:58:54Z", "event":"Docked"`. */
const BEFORE_TIME = Buffer.from('{ "timestamp":"');
const TIME_BYTES = 20;
const AFTER_TIME = Buffer.from('", "event":"');
const TIME_AT = BEFORE_TIME.length;
const TAIL_AT = TIME_AT + TIME_BYTES;
const NAME_AT = TAIL_AT + AFTER_TIME.length;
const QUOTE = 34;

/** The name of a line's event, of its bytes alone; null: it does not begin as the game begins lines. */
export function plainEventName(bytes: Buffer, from: number, to: number): string | null {
  if (to - from <= NAME_AT) return null;
  if (bytes.compare(BEFORE_TIME, 0, TIME_AT, from, from + TIME_AT) !== 0) return null;
  if (bytes.compare(AFTER_TIME, 0, AFTER_TIME.length, from + TAIL_AT, from + NAME_AT) !== 0) return null;
  const end = bytes.indexOf(QUOTE, from + NAME_AT);
  return end < 0 || end >= to ? null : bytes.toString('latin1', from + NAME_AT, end);
}

/** Of a line with a {@link plainEventName}. */
export function plainTime(bytes: Buffer, from: number): string {
  return bytes.toString('latin1', from + TIME_AT, from + TAIL_AT);
}

/** What follows the time of such a line, as a copy. */
export function plainTail(bytes: Buffer, from: number, to: number): Buffer {
  return Buffer.from(bytes.subarray(from + TAIL_AT, to));
}

export function hasTail(bytes: Buffer, from: number, to: number, tail: Buffer): boolean {
  return to - from - TAIL_AT === tail.length && bytes.compare(tail, 0, tail.length, from + TAIL_AT, to) === 0;
}
