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
  #position: LogPosition | null = null;
  #lookedAtMs = -Infinity;
  #looking: Promise<readonly number[] | 'all'> | null = null;

  constructor(reader: QueryReader) {
    this.#reader = reader;
  }

  /** Stations that have changed since the last call; `all`: anything may have. */
  async changed(): Promise<readonly number[] | 'all'> {
    if (this.#looking !== null) return this.#looking;
    if (performance.now() - this.#lookedAtMs < LOOK_MS) return [];
    this.#looking = this.#look().finally(() => (this.#looking = null));
    return this.#looking;
  }

  async #look(): Promise<readonly number[] | 'all'> {
    const lookedAtMs = performance.now();
    const ids = new Set<number>();
    for (let pages = 0; ; pages++) {
      const page = await readChanges(this.#reader, this.#position?.seq ?? 0, ENTRIES_AT_ONCE);
      this.#lookedAtMs = lookedAtMs;
      // Without a log nobody knows what has changed.
      if (page === null) return [];
      const { logId, lastSeq, changes } = page;
      if (logId !== this.#position?.logId || changes === null || pages === MAX_PAGES) {
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
