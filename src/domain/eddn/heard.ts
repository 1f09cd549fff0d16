import { DAY_MS } from './archives.ts';

/** From the first to the last message of a time in which the feed was heard, epoch seconds. */
export type Span = readonly [fromS: number, toS: number];

/** What is missing for less is not worth a day's archive: some sixty markets. */
const TOLERATED_S = 60;

/** Spans are remembered for so long. */
const KEPT_S = 31 * 86_400;

/** When the feed was heard, whatever was in between: silence, no network, no daemon. */
export class HeardTimes {
  #spans: [fromS: number, toS: number][];

  constructor(spans: readonly Span[] = []) {
    this.#spans = spans.map(([fromS, toS]) => [fromS, toS]);
  }

  get spans(): readonly Span[] {
    return this.#spans;
  }

  /** Something arrived. A clock that was set back adds nothing until it is where it was. */
  note(atS: number): void {
    const last = this.#spans.at(-1);
    if (last !== undefined && atS <= last[1] + TOLERATED_S) {
      last[1] = Math.max(last[1], atS);
      return;
    }
    this.#spans = this.#spans.filter(([, toS]) => toS > atS - KEPT_S);
    this.#spans.push([atS, atS]);
  }
}

/** A day of the feed, UTC. */
export interface DayReport {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  /** In which nothing was heard, in pieces of more than a minute; of today until now. */
  readonly missingS: number;
  /** Its archive was replayed: nothing is missing any more. */
  readonly isReplayed: boolean;
}

/** Days told before today. */
const PAST_DAYS = 7;

/** The last days, oldest first, today last. @param isReplayed whether the archive of a day was */
export function reportDays(
  spans: readonly Span[],
  nowS: number,
  isReplayed: (day: string) => boolean,
): DayReport[] {
  const daySeconds = DAY_MS / 1000;
  const today = Math.floor(nowS / daySeconds);
  return Array.from({ length: PAST_DAYS + 1 }, (_, i) => {
    const startS = (today - PAST_DAYS + i) * daySeconds;
    const day = new Date(startS * 1000).toISOString().slice(0, 10);
    const endS = Math.min(startS + daySeconds, nowS);
    return { day, missingS: missingBetween(spans, startS, endS), isReplayed: isReplayed(day) };
  });
}

function missingBetween(spans: readonly Span[], startS: number, endS: number): number {
  let missingS = 0;
  let heardToS = startS;
  for (const [fromS, toS] of [...spans, [endS, endS] as const]) {
    const gapS = Math.min(fromS, endS) - heardToS;
    if (gapS > TOLERATED_S) missingS += gapS;
    heardToS = Math.max(heardToS, toS);
  }
  return missingS;
}

/** Whether nothing is missing of it. */
export function isWhole({ missingS, isReplayed }: DayReport): boolean {
  return missingS === 0 || isReplayed;
}

/** What a backfill would fill: today's archive is made after midnight. @param days as {@link reportDays} */
export function fillable(days: readonly DayReport[]): DayReport[] {
  return days.slice(0, -1).filter((day) => !isWhole(day));
}
