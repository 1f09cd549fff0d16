/** How the public archive of EDDN's messages is laid out: `<base>/YYYY-MM/<Prefix>-YYYY-MM-DD.jsonl.bz2`, a file a day. */
export interface DayArchive {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** Of the file, e.g. `Commodity-2026-09-04.jsonl.bz2`. */
  readonly name: string;
  readonly url: string;
}

/** What places things comes first: markets in systems that are known need not wait. */
const PREFIXES: readonly (readonly [schema: string, prefixes: readonly string[]])[] = [
  ['journal', ['Journal.FSDJump', 'Journal.Location', 'Journal.CarrierJump', 'Journal.Docked']],
  ['navroute', ['Journal.NavRoute']],
  ['approachsettlement', ['Journal.ApproachSettlement']],
  ['dockinggranted', ['Journal.DockingGranted']],
  ['outfitting', ['Outfitting']],
  ['shipyard', ['Shipyard']],
];

export const DAY_MS = 86_400_000;

/** Of every day, the archives of markets and of the schemas that are learned from. @param learn their names */
export function archivesOf(base: string, days: readonly string[], learn: readonly string[]): DayArchive[] {
  const prefixes = PREFIXES.flatMap(([schema, named]) => (learn.includes(schema) ? named : []));
  return days.flatMap((day) =>
    [...prefixes, 'Commodity'].map((prefix) => {
      const name = `${prefix}-${day}.jsonl.bz2`;
      return { day, name, url: `${base}/${day.slice(0, 7)}/${name}` };
    }),
  );
}

/** Of a range: more than EDDN has been there for. Each takes memory, and requests. */
export const MAX_DAYS = 10_000;

/** Every day of the range, both ends included. @returns null: `to` is before `from`, or {@link MAX_DAYS} after it */
export function daysBetween(from: string, to: string): string[] | null {
  const [startMs, endMs] = [Date.parse(from), Date.parse(to)];
  const count = Math.round((endMs - startMs) / DAY_MS) + 1;
  if (count < 1 || count > MAX_DAYS) return null;
  return Array.from({ length: count }, (_, i) => new Date(startMs + i * DAY_MS).toISOString().slice(0, 10));
}

/** Whether a text is a day that the calendar has, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  const timeMs = Date.parse(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text)
  );
}

const OF_MARKETS = /(?:^|[/\\])Commodity-(\d{4}-\d\d-\d\d)\.jsonl?(?:\.\w+)?$/;

/**
 * The day whose markets were replayed; null: something else was, or only the beginning of a day.
 * @param name of a file, or the address of an archive
 * @param state as the ledger of replays has it: it ends with the time of the file
 */
export function replayedDay(name: string, state: string): string | null {
  const day = OF_MARKETS.exec(name)?.[1];
  if (day === undefined || !isDay(day)) return null;
  const madeMs = Date.parse(state.slice(state.indexOf(', ') + 1).trim());
  return madeMs < Date.parse(day) + DAY_MS ? null : day;
}
