import { describeError } from '../../domain/errors.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import { ENDED, type ScoutTour } from '../../domain/tours/scout-tour.ts';
import { backoffMs, type Backoff, type Random } from '../../machines/backoff.ts';

const KIND = 'tour';
const BACKOFF: Backoff = { minMs: 1_000, capMs: 60_000 };

export interface KeeperDeps {
  readonly store: AggregateStore;
  readonly time: Time;
  readonly random: Random;
  /** Somebody else has ended a tour that is open here. */
  readonly onEnded: (id: string) => void;
  /** With the error when tours cannot be written, with null when they can again. */
  readonly report: (error: string | null) => void;
}

/** Writes tours, the newest state of each, one after the other; what cannot be written is tried again. */
export class TourKeeper {
  readonly #deps: KeeperDeps;
  readonly #versions = new Map<string, number>();
  readonly #waiting = new Map<string, ScoutTour>();
  #writing: Promise<void> | null = null;
  #timer: unknown = null;
  #failures = 0;

  constructor(deps: KeeperDeps) {
    this.#deps = deps;
  }

  /** Every tour that is kept. */
  async read(): Promise<ScoutTour[]> {
    const kept = await this.#deps.store.aggregates(KIND);
    return kept.map(({ id, version, json }) => {
      // What is open here is written on top of what was read first: only a conflict tells of others.
      if (!this.#versions.has(id)) this.#versions.set(id, version);
      return JSON.parse(json) as ScoutTour;
    });
  }

  async remove(id: string): Promise<void> {
    await this.#deps.store.removeAggregate(KIND, id);
    this.#versions.delete(id);
  }

  put(tour: ScoutTour): void {
    this.#waiting.set(tour.id, tour);
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
    for (const [id, tour] of this.#waiting) {
      try {
        await this.#write(tour);
        if (this.#waiting.get(id) === tour) this.#waiting.delete(id);
      } catch (error) {
        this.#failed(error);
        return;
      }
    }
    if (this.#waiting.size > 0) return this.#writeAll();
    if (this.#failures > 0) this.#deps.report(null);
    this.#failures = 0;
  }

  async #write(tour: ScoutTour): Promise<void> {
    const version = (this.#versions.get(tour.id) ?? 0) + 1;
    const { store } = this.#deps;
    if (await store.putAggregate({ kind: KIND, id: tour.id, version, json: JSON.stringify(tour) })) {
      this.#versions.set(tour.id, version);
      return;
    }
    // Somebody else has written it: a command line that withdrew it, or another daemon.
    const stored = (await store.aggregates(KIND)).find(({ id }) => id === tour.id);
    this.#versions.set(tour.id, stored?.version ?? 0);
    const theirs = stored === undefined ? null : (JSON.parse(stored.json) as ScoutTour);
    if (theirs !== null && ENDED.has(theirs.state) && !ENDED.has(tour.state)) this.#deps.onEnded(tour.id);
    else await this.#write(tour);
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
