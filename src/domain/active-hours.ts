/** The hours in which a job may begin. */
export interface ActiveHours {
  isOpen(nowMs: number): boolean;
  /** When they open next, epoch milliseconds; `nowMs` itself while they are open. */
  nextOpen(nowMs: number): number;
  /** IANA time zone of their clocks. */
  readonly zone: string;
}

export const ALWAYS: ActiveHours = { isOpen: () => true, nextOpen: (nowMs) => nowMs, zone: 'UTC' };

/** A moment as the clocks of a zone show it: `2026-11-28 23:00 Europe/Berlin`. */
export function onClocks(atMs: number, zone: string): string {
  const localMs = atMs + zoneOffset(zone)(atMs);
  return `${new Date(localMs).toISOString().slice(0, 16).replace('T', ' ')} ${zone}`;
}

interface Window {
  /** Minutes of the local day. */
  readonly opens: number;
  /** Up to twice a day's minutes: the next morning. */
  readonly closes: number;
}

const DAY_MIN = 1440;
const MINUTE_MS = 60_000;
const DAY_MS = DAY_MIN * MINUTE_MS;

/**
 * Reads `HH:MM-HH:MM[,HH:MM-HH:MM...]`, or a list of such texts, on the clocks of an IANA time zone. An end before
 * its start is the next morning; `00:00-24:00`, and any start that is its own end, mean always. The end is excluded.
 *
 * A time that the clocks skip is taken as if they had not been put forward yet (02:30 becomes 03:30), one that comes
 * twice is the first; a window that the skipped hour would swallow opens after it, as long as on other days.
 *
 * @throws RangeError that says what is wrong
 */
export function parseActiveHours(text: string | readonly string[], timeZone = 'UTC'): ActiveHours {
  const offsetMs = zoneOffset(timeZone);
  const windows = [text].flat().join(',').split(',').map(parseWindow);
  if (windows.some(({ opens, closes }) => closes - opens >= DAY_MIN)) return { ...ALWAYS, zone: timeZone };

  /** The windows that begin on a local day, given as its number since 1970-01-01. */
  const windowsOf = (day: number) =>
    windows.map(({ opens, closes }) => {
      const fromMs = instantOf(day * DAY_MS + opens * MINUTE_MS, offsetMs);
      const toMs = instantOf(day * DAY_MS + closes * MINUTE_MS, offsetMs);
      return { fromMs, toMs: toMs > fromMs ? toMs : fromMs + (closes - opens) * MINUTE_MS };
    });
  const dayOf = (ms: number) => Math.floor((ms + offsetMs(ms)) / DAY_MS);
  const isOpen = (nowMs: number) =>
    [dayOf(nowMs) - 1, dayOf(nowMs)]
      .flatMap(windowsOf)
      .some(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);

  return {
    zone: timeZone,
    isOpen,
    nextOpen(nowMs) {
      if (isOpen(nowMs)) return nowMs;
      const today = dayOf(nowMs);
      const openings = [today, today + 1].flatMap(windowsOf).map(({ fromMs }) => fromMs);
      // Stryker disable next-line EqualityOperator: what opens now is open
      return Math.min(...openings.filter((fromMs) => fromMs > nowMs));
    },
  };
}

function parseWindow(text: string): Window {
  const [, h1, m1, h2, m2] = /^\s*(\d\d):([0-5]\d)\s*-\s*(\d\d):([0-5]\d)\s*$/.exec(text) ?? [];
  const opens = Number(h1) * 60 + Number(m1);
  const closes = Number(h2) * 60 + Number(m2);
  // NaN is no time either.
  if (!(opens < DAY_MIN && closes <= DAY_MIN)) {
    throw new RangeError(`"${text.trim()}" is no window: HH:MM-HH:MM, from 00:00 to 24:00`);
  }
  return { opens, closes: closes > opens ? closes : closes + DAY_MIN };
}

/** The instant at which clocks show a local time, given as if it were UTC. */
function instantOf(localMs: number, offsetMs: (ms: number) => number): number {
  const before = offsetMs(localMs - DAY_MS);
  const after = offsetMs(localMs + DAY_MS);
  const early = localMs - before;
  const late = localMs - after;
  return offsetMs(early) !== before && offsetMs(late) === after ? late : early;
}

/** How far the clocks of a zone are ahead of UTC at an instant, milliseconds. */
function zoneOffset(timeZone: string): (ms: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    throw new RangeError(`"${timeZone}" is no IANA time zone, as Europe/Berlin is`);
  }
  return (ms) => {
    const parts = Object.fromEntries(
      format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
  };
}
