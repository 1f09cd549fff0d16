import type { ColonisationBook } from '../../domain/colonisation/book/book.ts';
import { KEPT_KINDS, keptId, readKept, writeKept, type Kept } from '../../domain/colonisation/book/kept.ts';
import { describeError } from '../../domain/errors.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import { backoffMs, type Backoff, type Random } from '../../machines/backoff.ts';

const BACKOFF: Backoff = { minMs: 1_000, capMs: 60_000 };

export interface BookKeeperDeps {
  readonly book: ColonisationBook;
  readonly store: AggregateStore;
  readonly time: Time;
  readonly random: Random;
  /** With the error when nothing can be read or written, with null when it can again. */
  readonly report: (error: string | null) => void;
}

/** Keeps the book in the database; what others wrote there is joined with it. */
export class BookKeeper {
  readonly #deps: BookKeeperDeps;
  readonly #versions = new Map<string, number>();
  /** Written by a later version of the program: left alone. */
  readonly #foreign = new Set<string>();
  readonly #waiting = new Map<string, Kept>();
  #writing: Promise<boolean> | null = null;
  #timer: unknown = null;
  #failures = 0;

  constructor(deps: BookKeeperDeps) {
    this.#deps = deps;
  }

  /** Reads what is kept, and joins it with the book. Rejects when it cannot. */
  async readKept(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      this.#tell(error);
      throw error;
    }
    if (this.#waiting.size === 0) this.#tell(null);
  }

  async #read(): Promise<void> {
    const { book, store } = this.#deps;
    const read = new Map<string, string>();
    for (const kind of KEPT_KINDS) {
      for (const { id, version, json } of await store.aggregates(kind)) {
        const key = `${kind} ${id}`;
        this.#versions.set(key, version);
        const kept = readKept(kind, json);
        if (kept === null) this.#foreign.add(key);
        else book.take([kept]);
        read.set(key, json);
      }
    }
    for (const kept of book.takeChanged(false)) {
      if (read.get(keyOf(kept)) !== writeKept(kept)) this.#waiting.set(keyOf(kept), kept);
    }
  }

  /**
   * Writes what has changed.
   * @param isLast also what was only seen again
   * @returns whether all of it is in the database; if not, it is tried again
   */
  async flush(isLast = false): Promise<boolean> {
    for (const kept of this.#deps.book.takeChanged(isLast)) this.#waiting.set(keyOf(kept), kept);
    // What has come while others were writing, too.
    while (this.#waiting.size > 0) {
      this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
      if (!(await this.#writing)) return false;
    }
    return true;
  }

  async close(): Promise<boolean> {
    await this.#writing;
    const isKept = await this.flush(true);
    this.#deps.time.clearTimeout(this.#timer);
    return isKept;
  }

  async #writeAll(): Promise<boolean> {
    this.#deps.time.clearTimeout(this.#timer);
    for (const [key, kept] of this.#waiting) {
      try {
        if (!this.#foreign.has(key)) await this.#write(key, kept);
        if (this.#waiting.get(key) === kept) this.#waiting.delete(key);
      } catch (error) {
        this.#failed(error);
        return false;
      }
    }
    this.#tell(null);
    return true;
  }

  async #write(key: string, kept: Kept): Promise<void> {
    const { store } = this.#deps;
    const version = (this.#versions.get(key) ?? 0) + 1;
    const { kind } = kept;
    if (await store.putAggregate({ kind, id: keptId(kept), version, json: writeKept(kept) })) {
      this.#versions.set(key, version);
      return;
    }
    // Another daemon has written it: both know something.
    this.#versions.delete(key);
    await this.#read();
    if (!this.#foreign.has(key)) await this.#write(key, this.#deps.book.now(kept));
  }

  #failed(error: unknown): void {
    const { time, random } = this.#deps;
    this.#tell(error);
    this.#timer = time.setTimeout(() => void this.flush(), backoffMs(BACKOFF, this.#failures, random));
  }

  /** Trouble is told once, and when it is over. */
  #tell(error: unknown): void {
    if (error === null && this.#failures > 0) this.#deps.report(null);
    this.#failures = error === null ? 0 : this.#failures + 1;
    if (this.#failures === 1) this.#deps.report(describeError(error));
  }
}

function keyOf(kept: Kept): string {
  return `${kept.kind} ${keptId(kept)}`;
}
