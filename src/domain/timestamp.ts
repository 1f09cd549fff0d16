const DATE_TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const FRACTION = /^.{19}\.\d+Z$/;
const EPOCH = /^\d{9,12}(?:\.\d+)?$/;

/** 9999-12-31T23:59:59Z, the last second every database here can hold. */
const MAX_TIMESTAMP_S = 253_402_300_799;

/**
 * Reads the timestamps of EDDN, Spansh, SQLite and Trade Dangerous: epoch seconds (number or digits), `T` or space,
 * no zone (= UTC), `Z`, `+00`, `+0000`, `+00:00` or another offset, a fraction of any length, no seconds, a date alone.
 * A leap second (`:60`) is the one that follows, `24:00` the midnight at the end of the day: ISO 8601 allows both.
 *
 * @returns whole seconds since the epoch, sub-seconds dropped; null for anything else, calendar nonsense included
 */
export function parseTimestamp(value: unknown): number | null {
  if (typeof value === 'number') return inRange(Math.floor(value));
  if (typeof value !== 'string') return null;
  const text = value.trim();
  const plainS = plainTimestamp(text);
  if (plainS !== null) return plainS;
  if (EPOCH.test(text)) return inRange(Math.floor(Number(text)));
  const [, day, hour, minute, second, zone] = DATE_TIME.exec(text) ?? [];
  if (day === undefined) return null;
  const midnightMs = Date.parse(`${day}T00:00:00Z`);
  // Date.parse takes 30 February for the day that follows; what it cannot read at all has no date.
  if (new Date(midnightMs).getUTCDate() !== Number(day.slice(-2))) return null;
  const timeS = timeOfDayS(Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  const offsetS = zoneOffsetS(zone);
  return timeS === null || offsetS === null ? null : inRange(midnightMs / 1000 + timeS - offsetS);
}

/** Of `2026-05-01T12:00:00Z` and `2026-05-01T12:00:00.123456Z`, as game and gateway write them, in half the time; null: look closer. */
function plainTimestamp(text: string): number | null {
  // Stryker disable next-line all: without the short cut the answer is the same
  const isPlain = text[10] === 'T' && (text.length === 20 ? text[19] === 'Z' : FRACTION.test(text));
  // Stryker disable next-line ConditionalExpression: the same
  if (!isPlain) return null;
  const ms = Date.parse(text.length === 20 ? text : `${text.slice(0, 19)}Z`);
  const isThatDay = new Date(ms).getUTCDate() === Number(text.slice(8, 10));
  return isThatDay ? inRange(ms / 1000) : null;
}

function timeOfDayS(hours: number, minutes: number, seconds: number): number | null {
  if (minutes > 59 || seconds > 60) return null;
  const timeS = hours * 3600 + minutes * 60 + seconds;
  return hours < 24 || timeS === 86_400 ? timeS : null;
}

/** Seconds that a zone is ahead of UTC; null when no clock on Earth shows it. */
function zoneOffsetS(zone = 'Z'): number | null {
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

function inRange(seconds: number): number | null {
  return seconds >= 0 && seconds <= MAX_TIMESTAMP_S ? seconds : null;
}

/** Trade Dangerous' form, UTC without zone: `YYYY-MM-DD HH:MM:SS`. */
export function formatTimestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/** As JSON has it, `2026-05-01T12:00:00.000Z`; null stays null. */
export function isoTime(epochS: number): string;
export function isoTime(epochS: number | null): string | null;
export function isoTime(epochS: number | null): string | null {
  return epochS === null ? null : new Date(epochS * 1000).toISOString();
}
