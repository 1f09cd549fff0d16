import {
  isUnresolved,
  type Spool,
  type SpoolEntry,
  type SpoolState,
} from '../../domain/ports/market/spool.ts';
import type { Snapshot } from '../../domain/market/snapshot.ts';

/** What of a market the spool holds, kept in memory so that the hot path never asks the file. */
interface Held {
  readonly observedAtS: number;
  readonly parked: boolean;
}

interface Observation {
  readonly marketId: number;
  readonly observedAtS: number;
}

/** A remembered clear is needed as long as older observations may still turn up. */
export const CLEAR_MEMORY_S = 30 * 86_400;

/**
 * Keeps the spool in step with the station pool: gathers what is to be kept or forgotten and writes it in one go
 * ({@link sync}), in the order it happened. A failed sync loses nothing: the next one tries again.
 */
export class SpoolKeeper {
  readonly #spool: Spool;
  readonly #held = new Map<number, Held>();
  #clears = new Map<number, number>();
  /** Newest per market, not yet on disk. */
  #toPut = new Map<number, { readonly state: SpoolState; readonly entry: SpoolEntry }>();
  /** Settled observations, to be removed from the disk with everything older; before anything is put there. */
  #toForget = new Map<number, number>();
  /** When a market was cleared, epoch seconds, not yet on disk; null: it has rows again. */
  #clearNews = new Map<number, number | null>();
  #running: Promise<void> | null = null;
  #parkedCount = 0;
  #dropped = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /**
   * Opens the spool and learns what it holds. An aborted one asks no more of the spool, which may be closed by then.
   * @returns how many snapshots wait to be written, and are parked
   */
  async open(nowS: number, signal?: AbortSignal): Promise<{ pending: number; parked: number }> {
    await this.#spool.open();
    signal?.throwIfAborted();
    for (const { marketId, observedAtS, state } of await this.#spool.keys()) {
      this.#hold(marketId, observedAtS, state === 'parked');
    }
    signal?.throwIfAborted();
    this.#clears = await this.#spool.clears(nowS - CLEAR_MEMORY_S);
    return { pending: this.pendingCount, parked: this.parkedCount };
  }

  get pendingCount(): number {
    return this.#held.size - this.parkedCount;
  }

  get parkedCount(): number {
    return this.#parkedCount;
  }

  /** Snapshots gathered and not yet on disk: when this grows, the disk is the bottleneck. */
  get backlog(): number {
    return this.#toPut.size;
  }

  /** When the feed last said that this market is empty, epoch seconds; -1: nothing is remembered. */
  clearedAtS(marketId: number): number {
    return this.#clears.get(marketId) ?? -1;
  }

  /** Whether this market was cleared by a newer observation than this one. */
  clearedSince({ marketId, observedAtS }: Observation): boolean {
    const clearedAtS = this.#clears.get(marketId);
    return clearedAtS !== undefined && observedAtS < clearedAtS;
  }

  /** Whether the spool (or what waits for it) has a newer snapshot of this market that waits to be written. */
  holdsNewer({ marketId, observedAtS }: Observation): boolean {
    const held = this.#held.get(marketId);
    return held !== undefined && !held.parked && held.observedAtS > observedAtS;
  }

  pend(snapshot: Snapshot): void {
    this.#keep('pending', snapshot);
  }

  park(entry: SpoolEntry): void {
    this.#keep('parked', entry);
  }

  /** Takes over what waits in the spool of another process: it is taken from ours then, as after a start. */
  adopt(entries: readonly SpoolEntry[]): void {
    for (const entry of entries) {
      if (isUnresolved(entry)) this.park(entry);
      else this.pend(entry);
    }
  }

  /** The snapshot has its final answer: nothing as old or older needs to be kept. */
  forget({ marketId, observedAtS }: Observation): void {
    const held = this.#held.get(marketId);
    if (held === undefined || held.observedAtS > observedAtS) return;
    this.#letGo(marketId);
    this.#toPut.delete(marketId);
    this.#toForget.set(marketId, Math.max(observedAtS, this.#toForget.get(marketId) ?? 0));
  }

  /** A write was committed: an empty one is remembered, one with rows makes an older memory needless. */
  noteCommitted({ marketId, observedAtS, rows }: Snapshot): void {
    if (rows.length === 0) {
      this.#clears.set(marketId, observedAtS);
      this.#clearNews.set(marketId, observedAtS);
    } else if (this.#clears.delete(marketId)) {
      this.#clearNews.set(marketId, null);
    }
  }

  /** Up to `count` market ids that wait in the spool and are not in `live`. */
  waiting(count: number, live: ReadonlyMap<number, unknown>): number[] {
    const ids: number[] = [];
    for (const [marketId, { parked }] of this.#held) {
      if (ids.length >= count) break;
      if (!parked && !live.has(marketId) && !this.#toPut.has(marketId)) ids.push(marketId);
    }
    return ids;
  }

  /** Without what was settled since it was written to the disk. */
  async take(marketIds: readonly number[]): Promise<SpoolEntry[]> {
    const entries = await this.#spool.take(marketIds);
    return entries.filter(({ marketId }) => this.#held.has(marketId));
  }

  /**
   * Writes what was gathered so far, once: what is gathered meanwhile waits for the next call.
   * @returns parked snapshots dropped to stay within the limit since the last call
   */
  async sync(): Promise<number> {
    await this.#writeOnce();
    return this.#takeDropped();
  }

  /** Until nothing gathered is left, whoever writes it. */
  async syncAll(): Promise<number> {
    while (this.#running !== null || this.#hasNews) await this.#writeOnce();
    return this.#takeDropped();
  }

  get #hasNews(): boolean {
    return this.#toPut.size + this.#toForget.size + this.#clearNews.size > 0;
  }

  #takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** One at a time: a call during a running one joins it. */
  #writeOnce(): Promise<void> {
    this.#running ??= this.#write().finally(() => (this.#running = null));
    return this.#running;
  }

  async #write(): Promise<void> {
    const [toPut, toForget, clearNews] = [this.#toPut, this.#toForget, this.#clearNews];
    this.#toPut = new Map();
    this.#toForget = new Map();
    this.#clearNews = new Map();
    const { pending = [], parked = [] } = Object.groupBy(toPut.values(), ({ state }) => state);
    const ended = [...clearNews].flatMap(([marketId, clearedAtS]) => (clearedAtS === null ? marketId : []));
    const cleared = [...clearNews].flatMap(([marketId, clearedAtS]) =>
      clearedAtS === null ? [] : { marketId, clearedAtS },
    );
    try {
      // Killed between two of these, the spool knows too much at worst: what is forgotten last is only written again.
      if (ended.length > 0) await this.#spool.dropClears(ended);
      if (cleared.length > 0) await this.#spool.noteClears(cleared);
      if (toForget.size > 0) {
        await this.#spool.remove(
          Array.from(toForget, ([marketId, observedAtS]) => ({ marketId, observedAtS })),
        );
      }
      if (pending.length > 0) await this.#put('pending', pending);
      if (parked.length > 0) await this.#put('parked', parked);
    } catch (error) {
      // Later news of the same market wins over what could not be written.
      for (const marketId of this.#toForget.keys()) toPut.delete(marketId);
      this.#toPut = new Map([...toPut, ...this.#toPut]);
      for (const [marketId, observedAtS] of this.#toForget) {
        toForget.set(marketId, Math.max(observedAtS, toForget.get(marketId) ?? 0));
      }
      this.#toForget = toForget;
      this.#clearNews = new Map([...clearNews, ...this.#clearNews]);
      throw error;
    }
  }

  async #put(state: SpoolState, puts: readonly { readonly entry: SpoolEntry }[]): Promise<void> {
    const dropped = await this.#spool.put(
      state,
      puts.map(({ entry }) => entry),
    );
    for (const marketId of dropped) if (!this.#toPut.has(marketId)) this.#letGo(marketId);
    this.#dropped += dropped.length;
  }

  /** A newer one that is held already, in whatever state, stays. */
  #keep(state: SpoolState, entry: SpoolEntry): void {
    const { marketId, observedAtS } = entry;
    const held = this.#held.get(marketId);
    if (held !== undefined && held.observedAtS > observedAtS) return;
    this.#toPut.set(marketId, { state, entry });
    this.#hold(marketId, observedAtS, state === 'parked');
  }

  #hold(marketId: number, observedAtS: number, parked: boolean): void {
    this.#letGo(marketId);
    this.#held.set(marketId, { observedAtS, parked });
    if (parked) this.#parkedCount += 1;
  }

  #letGo(marketId: number): void {
    if (this.#held.get(marketId)?.parked === true) this.#parkedCount -= 1;
    this.#held.delete(marketId);
  }
}
