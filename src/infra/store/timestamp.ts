/** Epoch seconds -> `YYYY-MM-DD HH:MM:SS`, UTC: the form Trade Dangerous' own untyped writes give. */
export function toTimestamp(epochS: number): string {
  return new Date(epochS * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?(?:\.\d+)?(?:Z|\+00(?::?00)?)?$/;

/**
 * A stored `modified` -> epoch seconds. Takes both forms that coexist in Trade Dangerous databases (with and without
 * microseconds) and the other spellings of UTC that its own parser takes; sub-seconds are dropped, as it drops them.
 *
 * @returns null when it is none of them
 */
export function parseTimestamp(text: string): number | null {
  const match = TIMESTAMP.exec(text.trim());
  if (match === null) return null;
  const ms = Date.parse(`${match[1] ?? ''}T${match[2] ?? '00:00:00'}Z`);
  return Number.isNaN(ms) ? null : ms / 1000;
}
