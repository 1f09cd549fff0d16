/** Something that was seen at a time. */
export interface Seen {
  /** Epoch seconds. */
  readonly atS: number;
}

/** The one seen last; of one second a fixed one, whichever came first. */
export function newest<T extends Seen>(a: T | null, b: T | null): T | null {
  if (a === null || b === null) return a ?? b;
  if (a.atS !== b.atS) return a.atS > b.atS ? a : b;
  return a === b || JSON.stringify(a) >= JSON.stringify(b) ? a : b;
}

/** Entries of both, sorted by key, each once. */
export function union<T>(a: readonly T[], b: readonly T[], keyOf: (entry: T) => string): readonly T[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const all = [...a];
  for (const entry of b) {
    const key = keyOf(entry);
    const at = placeOf(key, all, keyOf);
    if (at > 0 && keyOf(all[at - 1] as T) === key) continue;
    all.splice(at, 0, entry);
  }
  return all.length === a.length ? a : all;
}

/** Behind all that are not later: most often at the end, where one more is, else where halving leads. */
function placeOf<T>(key: string, all: readonly T[], keyOf: (entry: T) => string): number {
  let [from, to] = [0, all.length];
  if (to > 0 && keyOf(all[to - 1] as T) <= key) return to;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (keyOf(all[middle] as T) <= key) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** A time as the beginning of a key that sorts. */
export function timeKey(atS: number): string {
  return String(atS).padStart(12, '0');
}

/** What was merged; what was there before, if nothing of it is another: nothing has changed then. */
export function unlessSame<T extends object>(before: T, merged: T): T {
  const keys = Object.keys(merged) as (keyof T)[];
  return keys.every((key) => merged[key] === before[key]) ? before : merged;
}
