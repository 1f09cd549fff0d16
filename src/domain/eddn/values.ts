import { cleanName, MAX_NAME_LENGTH } from '../names.ts';

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export const isAbsent = (value: unknown) => value === undefined || value === null || value === '';

/** @returns null when it is none: 1 ... 2^53-1, or the digits of it */
export function toMarketId(value: unknown): number | null {
  const id = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof id === 'number' && Number.isSafeInteger(id) && id >= 1 ? id : null;
}

/** As all but a few write it. */
const WHOLE_ID = /^"marketId"\s*:\s*\d+\s*[,}]/;

/** Spaces in between, and digits enough to tell a fraction. */
const MAX_ID_TEXT = 128;

/**
 * JSON.parse makes an integer of 9007199254740991.4, and of any id with a small enough fraction: only the text tells.
 *
 * @param text of a whole message
 */
export function hasBrokenMarketId(text: string): boolean {
  // Behind the list of goods, and of several the last one counts: found from the end, the list is not looked through.
  const at = text.lastIndexOf('"marketId"');
  if (at < 0) return isBroken(text);
  const id = text.slice(at, at + MAX_ID_TEXT);
  return !WHOLE_ID.test(id) && isBroken(id);
}

/** @param text where an id may be, or several */
function isBroken(text: string): boolean {
  // In two steps: one expression for both goes back through the digits again and again, hours if there are millions.
  return text.matchAll(/"marketId"\s*:\s*([\d.e]+)/gi).some(([, number = '']) => /\.0*[1-9]|e/i.test(number));
}

/** @returns a name fit for tables; null when there is none */
export function readName(value: unknown): string | null {
  const name = typeof value === 'string' ? cleanName(value) : '';
  return name.trim() === '' ? null : name;
}

/** A name that a table holds, or null. */
export function readShortName(value: unknown): string | null {
  const name = readName(value);
  return name !== null && name.length <= MAX_NAME_LENGTH ? name : null;
}

const MAX_TEXT_LENGTH = 128;

/** Text from the feed made fit for a log line. */
export function plainText(text: string): string {
  return text.slice(0, MAX_TEXT_LENGTH).replace(/\p{C}/gu, ' ');
}

/** Who sent a message and about what, for the debug log; harmless text of bounded length. */
export function describeMessage(message: unknown): string {
  const part = (source: unknown, key: string) => {
    const value = isObject(source) ? source[key] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? plainText(String(value)) : '?';
  };
  const { header, message: body } = isObject(message) ? message : {};
  return (
    `${part(header, 'softwareName')} ${part(header, 'softwareVersion')}: market ${part(body, 'marketId')}, ` +
    `${part(body, 'stationName')} in ${part(body, 'systemName')} at ${part(body, 'timestamp')}`
  );
}
