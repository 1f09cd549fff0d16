import { MAX_INT32 } from '../market/snapshot.ts';
import { MAX_NAME_LENGTH } from '../names.ts';

/** The largest id a BIGINT column holds. */
export const MAX_INT64 = 2n ** 63n - 1n;

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a 64-bit id exactly.
 *
 * @param token the JSON text of a number, for `JSON.parse` rounds what is above 2^53; undefined: absent
 * @returns null when it is no unsigned integer; the caller checks the range
 */
export function readBigId(token: string | undefined): bigint | null {
  return token !== undefined && /^\d{1,20}$/.test(token) ? BigInt(token) : null;
}

/** An id of Frontier's that the INT columns hold: 1 ... 2^31-1. */
export function isId(value: unknown): value is number {
  return isCount(value) && value > 0;
}

/** A price: 0 ... 2^31-1. */
export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_INT32;
}

/** A number of units: 0 or more. Above 2^31-1, which is all a column holds, it counts as that: more than anybody buys. */
export function readUnits(value: unknown): number | null {
  return Number.isInteger(value) && (value as number) >= 0 ? Math.min(value as number, MAX_INT32) : null;
}

/** Any value made fit for a log line. */
export function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : value === undefined ? 'absent' : JSON.stringify(value);
  return text.slice(0, MAX_NAME_LENGTH).replace(/\p{C}/gu, ' ');
}
