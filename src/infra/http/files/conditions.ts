import type { IncomingHttpHeaders } from 'node:http';
import Negotiator from 'negotiator';
import { parse as parseRange } from 'range-parser';

/** What tells one version of a representation from another (RFC 9110 §8.8). */
export interface Validators {
  /** Strong, quotes included. */
  readonly etag: string;
  /** HTTP date. */
  readonly lastModified: string;
}

/** First and last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a request's conditions come to (RFC 9110 §13.2.2). Our own: `fresh` knows neither If-Match nor
 * If-Unmodified-Since, and takes for a date whatever JavaScript does.
 * @returns null: the file is to be sent
 */
export function evaluateConditions(
  headers: IncomingHttpHeaders,
  { etag, lastModified }: Validators,
): 'notModified' | 'failed' | null {
  const modifiedMs = Date.parse(lastModified);
  const match = headers['if-match'];
  const unmodifiedSinceMs = httpDate(headers['if-unmodified-since']);
  if (match !== undefined) {
    if (match !== '*' && !entityTags(match).includes(etag)) return 'failed';
  } else if (unmodifiedSinceMs !== null && modifiedMs > unmodifiedSinceMs) {
    return 'failed';
  }
  const noneMatch = headers['if-none-match'];
  if (noneMatch !== undefined) {
    return hasTag(noneMatch, etag) ? 'notModified' : null;
  }
  const modifiedSinceMs = httpDate(headers['if-modified-since']);
  return modifiedSinceMs !== null && modifiedMs <= modifiedSinceMs ? 'notModified' : null;
}

/**
 * The one range that is asked for. Several ranges, other units and nonsense are passed over, as the RFC allows: then
 * the whole is sent. So it is when If-Range has a date, which two versions within a second, and a file and its
 * compressed twin, have in common.
 * @param size bytes of the representation, at least 1
 */
export function requestedRange(
  { range, 'if-range': condition }: IncomingHttpHeaders,
  size: number,
  { etag }: Validators,
): ByteRange | 'unsatisfiable' | null {
  if (range === undefined || (condition !== undefined && condition !== etag)) return null;
  const { type, code, ranges } = parseRange(size, range);
  if (type !== 'bytes') return null;
  if (code === UNSATISFIABLE && ranges.length === 0) return 'unsatisfiable';
  return code === 0 && ranges.length === 1 ? (ranges[0] ?? null) : null;
}

const UNSATISFIABLE = 2;

/** Whether Accept-Encoding takes gzip, and likes it no less than the plain file. */
export function acceptsGzip(headers: IncomingHttpHeaders): boolean {
  // `x-gzip` is another name of it (RFC 9110 §8.4.1.3), and not what `gzip;q=0, *` leaves.
  const accepted = headers['accept-encoding']?.replaceAll(/x-gzip/gi, 'gzip');
  const [best] = new Negotiator({ headers: { 'accept-encoding': accepted } }).encodings(['gzip', 'identity']);
  return best === 'gzip';
}

/** Whether If-None-Match names a tag, strong or weak. */
export function hasTag(noneMatch: string, etag: string): boolean {
  const said = (tag: string) => tag.replace(/^W\//, '');
  return noneMatch === '*' || entityTags(noneMatch).some((tag) => said(tag) === said(etag));
}

/** The tags of a list, quotes included. A comma may stand in a tag. */
function entityTags(list: string): readonly string[] {
  return list.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** IMF-fixdate, RFC 850, asctime. */
const HTTP_DATE =
  /^(?:\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT|\w{6,9}, \d{2}-\w{3}-\d{2} \d{2}:\d{2}:\d{2} GMT|\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/** @returns epoch milliseconds; null: no such header, or no HTTP date, which counts for nothing (RFC 9110 §5.6.7) */
function httpDate(text: string | undefined): number | null {
  if (text === undefined || !HTTP_DATE.test(text)) return null;
  const atMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(atMs) ? null : atMs;
}
