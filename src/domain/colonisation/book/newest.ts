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
    let at = all.length;
    while (at > 0 && keyOf(all[at - 1] as T) > key) at -= 1;
    if (at > 0 && keyOf(all[at - 1] as T) === key) continue;
    all.splice(at, 0, entry);
  }
  return all.length === a.length ? a : all;
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
