/**
 * Remembers the items (ships, modules) met so far and gives out what is new or has changed since: a dump names some
 * 400 items 19 million times.
 */
export class Seen<T extends { readonly id: number }> {
  readonly #records = new Map<number, T>();
  #news = new Map<number, T>();

  /** The one that comes last counts. */
  offer(record: T): void {
    const known = this.#records.get(record.id);
    if (known !== undefined && same(known, record)) return;
    this.#records.set(record.id, record);
    this.#news.set(record.id, record);
  }

  /** What is new since the last call. */
  take(): T[] {
    const news = [...this.#news.values()];
    this.#news = new Map();
    return news;
  }
}

function same<T extends object>(a: T, b: T): boolean {
  for (const key in a) if (a[key] !== b[key]) return false;
  return true;
}
