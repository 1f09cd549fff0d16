import { isObject, readName } from '../eddn/values.ts';
import { parseTimestamp } from '../timestamp.ts';

/** A line of a journal, or a side file, which is one event. */
export interface JournalEvent {
  readonly event: string;
  /** Epoch seconds. */
  readonly atS: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** As it was written: ids beyond 2^53 are exact only here. */
  readonly text: string;
}

const NAME = /^\s*\{\s*"timestamp"\s*:\s*"[^"]*"\s*,\s*"event"\s*:\s*"(\w+)"/;

/** What the game writes for numbers that are none. */
const NO_NUMBER = /([:,[]\s*)[-+]?(?:nan(?:\([a-z]*\))?|inf(?:inity)?)(?=\s*[,}\]])/gi;

/** The name of a line's event without parsing the line; null: it does not begin as the game writes lines. */
export function eventName(line: string): string | null {
  return NAME.exec(line)?.[1] ?? null;
}

/** @returns null: it is not whole, or no event */
export function parseEvent(text: string): JournalEvent | null {
  const body = parsed(text) ?? parsed(text.replace(NO_NUMBER, '$1null'));
  if (body === null) return null;
  const atS = parseTimestamp(body.timestamp);
  return atS === null || typeof body.event !== 'string' ? null : { event: body.event, atS, body, text };
}

/** Something else than an object has no fields either. */
function parsed(text: string): JournalEvent['body'] | null {
  try {
    return JSON.parse(text) as JournalEvent['body'] | null;
  } catch {
    return null;
  }
}

/** The largest id that a database holds. */
const MAX_ID64 = 2n ** 63n - 1n;

/** Digits of an id64, exact; null: there is none. */
export function exactId(text: string, field: 'SystemAddress'): string | null {
  const digits = new RegExp(`"${field}"\\s*:\\s*(\\d{1,20})\\b`).exec(text)?.[1];
  const id = BigInt(digits ?? MAX_ID64 + 1n);
  // Made anew: a part of a text keeps all of it in memory.
  return id > MAX_ID64 ? null : String(id);
}

/** As long as the ids of what is kept. */
const MAX_FID_LENGTH = 64;

/** The game's id of a commander; null: there is none. */
export function fidOf(value: unknown): string | null {
  // A database may take ids for the same that differ in blanks at their end.
  const fid = readName(value)?.trim() ?? '';
  return fid === '' || fid.length > MAX_FID_LENGTH ? null : fid;
}

/** Tonnes, credits: a number from 0 on that can be added to others; null: it is none. */
export function amountOf(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : null;
}

export function objectsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
