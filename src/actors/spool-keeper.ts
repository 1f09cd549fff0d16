import type { Spool, SpoolEntry } from '../domain/ports/spool.ts';
import type { Snapshot } from '../domain/snapshot.ts';

/** What of a market the spool holds, kept in memory so that the hot path never asks the file. */
interface Held {
  readonly observedAtS: number;
  readonly parked: boolean;
}

interface Settled {
  readonly marketId: number;
  readonly observedAtS: number;
}

/** A remembered clear is needed as long as older observations may still turn up. */
const CLEAR_MEMORY_S = 30 * 86_400;

/**
 * Keeps the spool in step with the station pool: gathers what is to be kept or forgotten and writes it in one go
 * ({@link sync}), in the order it happened. A failed sync loses nothing: the next one tries again.
 */
export class SpoolKeeper {
  readonly #spool: Spool;
  readonly #held = new Map<number, Held>();
  #clears = new Map<number, number>();
  #toPend = new Map<number, Snapshot>();
  #toPark = new Map<number, SpoolEntry>();
  #toForget = new Map<number, Settled>();
  #newClears = new Map<number, number>();
  #oldClears = new Set<number>();
  #running: Promise<number> | null = null;
  #parkedCount = 0;

  constructor(spool: Spool) {
    this.#spool = spool;
  }

  /** Opens the spool and learns what it holds. @returns how many snapshots wait to be written, and are parked */
  async open(nowS: number): Promise<{ pending: number; parked: number }> {
    await this.#spool.open();
    for (const { marketId, observedAtS, state } of await this.#spool.keys()) {
      this.#hold(marketId, observedAtS, state === 'parked');
    }
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
    return this.#toPend.size + this.#toPark.size;
  }

  /** Whether this market was cleared by a newer observation than this one. */
  clearedSince({ marketId, observedAtS }: Settled): boolean {
    const clearedAtS = this.#clears.get(marketId);
    return clearedAtS !== undefined && observedAtS < clearedAtS;
  }

  /** Whether the spool (or what waits for it) has a newer snapshot of this market that waits to be written. */
  holdsNewer({ marketId, observedAtS }: Settled): boolean {
    const held = this.#held.get(marketId);
    return held !== undefined && !held.parked && held.observedAtS > observedAtS;
  }

  pend(snapshot: Snapshot): void {
    this.#toPend.set(snapshot.marketId, snapshot);
    this.#toPark.delete(snapshot.marketId);
    this.#hold(snapshot.marketId, snapshot.observedAtS, false);
  }

  park(entry: SpoolEntry): void {
    const held = this.#held.get(entry.marketId);
    if (held !== undefined && held.observedAtS > entry.observedAtS) return;
    this.#toPend.delete(entry.marketId);
    this.#toPark.set(entry.marketId, entry);
    this.#hold(entry.marketId, entry.observedAtS, true);
  }

  /** The snapshot has its final answer: nothing as old or older needs to be kept. */
  forget({ marketId, observedAtS }: Settled): void {
    const held = this.#held.get(marketId);
    if (held === undefined || held.observedAtS > observedAtS) return;
    this.#letGo(marketId);
    this.#toPend.delete(marketId);
    this.#toPark.delete(marketId);
    this.#toForget.set(marketId, { marketId, observedAtS });
  }

  /** A write was committed: an empty one is remembered, one with rows makes an older memory needless. */
  noteCommitted({ marketId, observedAtS, rows }: Snapshot): void {
    if (rows.length === 0) {
      this.#clears.set(marketId, observedAtS);
      this.#newClears.set(marketId, observedAtS);
      this.#oldClears.delete(marketId);
    } else if (this.#clears.delete(marketId)) {
      this.#newClears.delete(marketId);
      this.#oldClears.add(marketId);
    }
  }

  /** Up to `count` market ids that wait in the spool and are not in `live`. */
  waiting(count: number, live: ReadonlyMap<number, unknown>): number[] {
    const ids: number[] = [];
    for (const [marketId, { parked }] of this.#held) {
      if (ids.length >= count) break;
      if (!parked && !live.has(marketId) && !this.#toPend.has(marketId)) ids.push(marketId);
    }
    return ids;
  }

  take(marketIds: readonly number[]): Promise<SpoolEntry[]> {
    return this.#spool.take(marketIds);
  }

  /**
   * Writes everything gathered so far. One at a time: a call during a running one joins it.
   * @returns parked snapshots dropped to stay within the limit
   */
  sync(): Promise<number> {
    this.#running ??= this.#write().finally(() => (this.#running = null));
    return this.#running;
  }

  /** Until nothing gathered is left. */
  async syncAll(): Promise<number> {
    let dropped = this.#running === null ? 0 : await this.#running;
    while (this.backlog + this.#toForget.size + this.#newClears.size + this.#oldClears.size > 0) {
      dropped += await this.sync();
    }
    return dropped;
  }

  async #write(): Promise<number> {
    const [toPend, toPark, toForget] = [this.#toPend, this.#toPark, this.#toForget];
    const [newClears, oldClears] = [this.#newClears, this.#oldClears];
    this.#toPend = new Map();
    this.#toPark = new Map();
    this.#toForget = new Map();
    this.#newClears = new Map();
    this.#oldClears = new Set();
    try {
      if (toPend.size > 0) await this.#spool.put('pending', [...toPend.values()]);
      const dropped = toPark.size > 0 ? await this.#spool.put('parked', [...toPark.values()]) : [];
      for (const marketId of dropped) this.#letGo(marketId);
      if (toForget.size > 0) await this.#spool.remove([...toForget.values()]);
      if (newClears.size > 0) {
        await this.#spool.noteClears(
          Array.from(newClears, ([marketId, clearedAtS]) => ({ marketId, clearedAtS })),
        );
      }
      if (oldClears.size > 0) await this.#spool.dropClears([...oldClears]);
      return dropped.length;
    } catch (error) {
      // Later news of the same market wins over what could not be written.
      this.#toPend = new Map([...toPend, ...this.#toPend]);
      this.#toPark = new Map([...toPark, ...this.#toPark]);
      this.#toForget = new Map([...toForget, ...this.#toForget]);
      this.#newClears = new Map([...newClears, ...this.#newClears]);
      this.#oldClears = new Set([...oldClears, ...this.#oldClears]);
      throw error;
    }
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
