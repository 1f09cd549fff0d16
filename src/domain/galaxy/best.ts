/** Where the page before ended: sort key and id of its last entry. */
export interface Cursor {
  readonly key: number;
  readonly id: number;
}

/**
 * The first entries in the order of (key, id), ascending, of those that come after a cursor; in bounded memory,
 * whatever number is offered. Ids tell entries of one key apart, so that pages never overlap.
 */
export class Best {
  readonly #limit: number;
  readonly #after: Cursor | null;
  readonly #keys: number[] = [];
  readonly #ids: number[] = [];
  readonly #values: number[] = [];
  /** All that were offered, before the cursor too. */
  total = 0;
  #later = 0;

  /** @param after null: the first page */
  constructor(limit: number, after: Cursor | null = null) {
    this.#limit = limit;
    this.#after = after;
  }

  /** @param value what the caller wants back */
  offer(key: number, id: number, value: number): void {
    this.total++;
    const after = this.#after;
    if (after !== null && (key < after.key || (key === after.key && id <= after.id))) return;
    this.#later++;
    const length = this.#keys.length;
    if (length === this.#limit && !this.#isBefore(key, id, length - 1)) return;
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#isBefore(key, id, middle)) high = middle;
      else low = middle + 1;
    }
    this.#keys.splice(low, 0, key);
    this.#ids.splice(low, 0, id);
    this.#values.splice(low, 0, value);
    if (length < this.#limit) return;
    this.#keys.pop();
    this.#ids.pop();
    this.#values.pop();
  }

  get values(): readonly number[] {
    return this.#values;
  }

  /** Null: this is the last page. */
  get next(): Cursor | null {
    const last = this.#keys.length - 1;
    const [key, id] = [this.#keys[last], this.#ids[last]];
    if (this.#later <= this.#keys.length || key === undefined || id === undefined) return null;
    return { key, id };
  }

  #isBefore(key: number, id: number, at: number): boolean {
    const other = this.#keys[at] ?? Infinity;
    return key < other || (key === other && id < (this.#ids[at] ?? Infinity));
  }
}
