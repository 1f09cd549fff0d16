import { describeError } from '../../domain/errors.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import { backoffMs, type Backoff, type Random } from '../../machines/backoff.ts';

const BACKOFF: Backoff = { minMs: 1_000, capMs: 60_000 };

interface Kept {
  readonly id: string;
}

export interface KeeperDeps<T extends Kept> {
  /** Of the aggregates it keeps. */
  readonly kind: string;
  readonly store: AggregateStore;
  readonly time: Time;
  readonly random: Random;
  /** Whether nothing more is written of it. */
  readonly isEnded: (kept: T) => boolean;
  /** Somebody else has ended what is open here. */
  readonly onEnded: (id: string) => void;
  /** With the error when they cannot be written, with null when they can again. */
  readonly report: (error: string | null) => void;
}

/** Writes tours and the like, the newest state of each, one after the other; what cannot be written is tried again. */
export class Keeper<T extends Kept> {
  readonly #deps: KeeperDeps<T>;
  readonly #versions = new Map<string, number>();
  readonly #waiting = new Map<string, T>();
  #writing: Promise<void> | null = null;
  #timer: unknown = null;
  #failures = 0;

  constructor(deps: KeeperDeps<T>) {
    this.#deps = deps;
  }

  /** What others have written, and at first everything that is kept. */
  async readNews(): Promise<T[]> {
    const kept = await this.#deps.store.aggregates(this.#deps.kind);
    return kept.flatMap(({ id, version, json }) => {
      if (this.#versions.get(id) === version) return [];
      // What is open here is written on top of what was read first: only a conflict tells of others.
      if (!this.#versions.has(id)) this.#versions.set(id, version);
      return JSON.parse(json) as T;
    });
  }

  /**
   * Writes what is new, at once.
   * @throws StoreError when that does not work
   */
  async add(kept: T): Promise<void> {
    const { store, kind } = this.#deps;
    const isNew = await store.putAggregate({ kind, id: kept.id, version: 1, json: JSON.stringify(kept) });
    if (!isNew) throw new Error(`there is a ${kind} ${kept.id} already`);
    this.#versions.set(kept.id, 1);
  }

  async remove(id: string): Promise<void> {
    this.#waiting.delete(id);
    await this.#deps.store.removeAggregate(this.#deps.kind, id);
    this.#versions.delete(id);
  }

  put(kept: T): void {
    this.#waiting.set(kept.id, kept);
    if (this.#timer === null) void this.flush();
  }

  /** Resolves when all is written, or the first attempt has failed. */
  flush(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
    return this.#writing;
  }

  async close(): Promise<void> {
    this.#deps.time.clearTimeout(this.#timer);
    await this.#writing;
    await this.flush();
    this.#deps.time.clearTimeout(this.#timer);
  }

  async #writeAll(): Promise<void> {
    for (const [id, kept] of this.#waiting) {
      try {
        await this.#write(kept);
        if (this.#waiting.get(id) === kept) this.#waiting.delete(id);
      } catch (error) {
        this.#failed(error);
        return;
      }
    }
    if (this.#waiting.size > 0) return this.#writeAll();
    if (this.#failures > 0) this.#deps.report(null);
    this.#failures = 0;
  }

  async #write(kept: T): Promise<void> {
    const version = (this.#versions.get(kept.id) ?? 0) + 1;
    const { store, kind, isEnded, onEnded } = this.#deps;
    if (await store.putAggregate({ kind, id: kept.id, version, json: JSON.stringify(kept) })) {
      this.#versions.set(kept.id, version);
      return;
    }
    // Somebody else has written it: a command line that withdrew it, or another daemon.
    const stored = (await store.aggregates(kind)).find(({ id }) => id === kept.id);
    this.#versions.set(kept.id, stored?.version ?? 0);
    const theirs = stored === undefined ? null : (JSON.parse(stored.json) as T);
    if (theirs !== null && isEnded(theirs) && !isEnded(kept)) onEnded(kept.id);
    else await this.#write(kept);
  }

  #failed(error: unknown): void {
    const { time, random, report } = this.#deps;
    this.#failures += 1;
    if (this.#failures === 1) report(describeError(error));
    time.clearTimeout(this.#timer);
    this.#timer = time.setTimeout(
      () => {
        this.#timer = null;
        void this.flush();
      },
      backoffMs(BACKOFF, this.#failures, random),
    );
  }
}
