/** A delta has the markets that have changed, whole, and what the lines of a listing cannot say. */
export type DeltaKind = 'hourly' | 'daily';

/** A moment: how far the change log was. */
export interface LogPoint {
  readonly seq: number;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A compressed form of a text. */
export interface Twin {
  /** Of the file, beside the manifest. */
  readonly name: string;
  readonly bytes: number;
  /** Of the file, hexadecimal. */
  readonly sha256: string;
}

/** What a manifest says of the text it belongs to. */
interface TextSums {
  readonly rows: number;
  readonly bytes: number;
  /** Of the text before it is compressed, hexadecimal. */
  readonly sha256: string;
  readonly files: readonly Twin[];
}

export interface Delta extends TextSums {
  /** Of its manifest. */
  readonly name: string;
  readonly kind: DeltaKind;
  readonly logId: string;
  /** Everything after this entry of the log is in it, */
  readonly from: LogPoint;
  /** up to this one, as it was then. */
  readonly to: LogPoint;
  readonly stations: number;
}

export interface DeltaManifest extends Delta {
  /** Market ids: they trade nothing now. */
  readonly emptied: readonly number[];
  /** Stations that were made, moved or otherwise told anew, each with the system it is in now (id64 as text). */
  readonly placed: readonly (readonly [stationId: number, systemId: string])[];
}

export interface DeltaIndex {
  readonly version: 1;
  readonly logId: string;
  /** Whoever has a full file of this moment or a later one is led by the deltas... */
  readonly from: LogPoint;
  /** ...to this one. */
  readonly to: LogPoint;
  /** The manifest of the full file, as seen from the index. */
  readonly full: string;
  /** Where the next delta of each kind begins. */
  readonly next: Readonly<Record<DeltaKind, LogPoint>>;
  /** Oldest first. */
  readonly deltas: readonly Delta[];
}

const HOUR_MS = 3_600_000;
const PERIOD_MS = { hourly: HOUR_MS, daily: 24 * HOUR_MS } as const satisfies Record<DeltaKind, number>;

/** How many are kept: the hourly ones two days, the daily ones two weeks, as long as a full file may be old. */
const KEPT = { hourly: 48, daily: 14 } as const satisfies Record<DeltaKind, number>;

/** Whether the period in which a point lies is another one. A clock may have been set back. */
export function isDue(kind: DeltaKind, { at }: LogPoint, nowMs: number): boolean {
  const period = (ms: number) => Math.floor(ms / PERIOD_MS[kind]);
  return period(nowMs) !== period(Date.parse(at));
}

/** Until the hour is over. */
export function restMs(nowMs: number): number {
  return HOUR_MS - (nowMs % HOUR_MS);
}

/** The newest of each kind, oldest first. */
export function keptOf(deltas: readonly Delta[]): readonly Delta[] {
  const newestFirst = deltas.toSorted((a, b) => b.to.seq - a.to.seq);
  const kept = (['hourly', 'daily'] as const).flatMap((kind) =>
    newestFirst.filter((delta) => delta.kind === kind).slice(0, KEPT[kind]),
  );
  return kept.sort((a, b) => a.to.seq - b.to.seq || a.from.seq - b.from.seq);
}

/** The earliest point from which the deltas lead to another one without a gap. */
export function reachedFrom(deltas: readonly Delta[], to: LogPoint): LogPoint {
  let first = to;
  for (;;) {
    const before = deltas.find(({ from, to: end }) => from.seq < first.seq && first.seq <= end.seq);
    if (before === undefined) return first;
    first = before.from;
  }
}
