import type { LogPosition } from '../../../../../domain/ports/store/changes.ts';
import { readChanges } from '../changes.ts';
import type { QueryReader } from '../reader.ts';

/** Between two looks. */
const LOOK_MS = 250;
const ENTRIES_AT_ONCE = 1_000;
/** After more than that everything is read again. */
const MAX_PAGES = 20;

/** Follows the change log where the markets are read, so that it never tells of what cannot be read there yet. */
export class LogNews {
  readonly #reader: QueryReader;
  /** `none`: there is no log, so all that happens from now on is in the one that is begun; null: not looked for yet. */
  #position: LogPosition | 'none' | null = null;
  #lookedAtMs = -Infinity;
  #isExpected = false;
  #looking: Promise<readonly number[] | 'all'> | null = null;

  constructor(reader: QueryReader) {
    this.#reader = reader;
  }

  /** Whether there is a log: nobody else need tell what has changed. */
  get isThere(): boolean {
    return this.#position !== null && this.#position !== 'none';
  }

  /** Something has been written: the next call looks, whenever the last one did. */
  expect(): void {
    this.#isExpected = true;
  }

  /** Stations that have changed since the last call; `all`: anything may have. */
  async changed(): Promise<readonly number[] | 'all'> {
    if (!this.#isExpected) {
      if (this.#looking !== null) return this.#looking;
      if (performance.now() - this.#lookedAtMs < LOOK_MS) return [];
    }
    this.#isExpected = false;
    const before = this.#looking ?? Promise.resolve();
    const looking = before
      .then(() => this.#look())
      .finally(() => {
        if (this.#looking === looking) this.#looking = null;
      });
    this.#looking = looking;
    return looking;
  }

  async #look(): Promise<readonly number[] | 'all'> {
    const lookedAtMs = performance.now();
    const ids = new Set<number>();
    for (let pages = 0; ; pages++) {
      const position = this.#position === 'none' ? null : this.#position;
      const page = await readChanges(this.#reader, position?.seq ?? 0, ENTRIES_AT_ONCE);
      this.#lookedAtMs = lookedAtMs;
      // Without a log nobody knows what has changed.
      if (page === null) {
        this.#position = 'none';
        return position === null ? [] : 'all';
      }
      const { logId, lastSeq, changes } = page;
      const isSame = this.#position === 'none' || logId === position?.logId;
      if (!isSame || changes === null || pages === MAX_PAGES) {
        this.#position = { logId, seq: lastSeq };
        return 'all';
      }
      const last = changes.at(-1);
      if (last === undefined) return [...ids];
      this.#position = { logId, seq: last.seq };
      for (const { kind, id } of changes) if (kind !== 'system') ids.add(Number(id));
    }
  }
}
