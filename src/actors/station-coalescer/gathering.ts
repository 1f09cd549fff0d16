import { rowCount, type Snapshot } from '../../domain/market/snapshot.ts';

/** What is gathered of a file at most before some of it is written. */
export interface GatherLimits {
  /** Of markets: 32 bytes each. */
  readonly rows: number;
  /** What is learned of the galaxy. */
  readonly records: number;
}

/**
 * Of every market in a file the newest observation: an archive has some nine of each, and only the last one stays. They
 * are held until there are too many, or nothing more comes; then those of which nothing came for longest go first.
 */
export class Gathering {
  readonly #limits: GatherLimits;
  readonly #newest = new Map<number, Snapshot>();
  #rows = 0;
  #isEnding = false;

  constructor(limits: GatherLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#newest.size;
  }

  /** Markets are held that should be written. */
  get isDue(): boolean {
    return this.size > 0 && (this.#isEnding || this.#isFull);
  }

  /** Whether so many records wait for more; markets are written after them. */
  gathers(records: number): boolean {
    return !this.#isEnding && !this.#isFull && records <= this.#limits.records;
  }

  /** As many markets and records are more than may be held. */
  excess(records: number): number {
    const markets = this.#isFull ? Math.ceil(this.size * (1 - this.#limits.rows / this.#rows)) : 0;
    return markets + Math.max(0, records - this.#limits.records);
  }

  /**
   * Takes one in. Of two that are alike the older gives way, as if it had been written before; of two that are not (what a
   * name, or rows, prove of a station is not known here) each is written for itself.
   * @returns the older of two, which is not held, and whether it gave way
   */
  add(snapshot: Snapshot): { readonly older: Snapshot; readonly gaveWay: boolean } | null {
    const held = this.#newest.get(snapshot.marketId);
    if (held === undefined) {
      this.#hold(snapshot);
      return null;
    }
    const gaveWay = areAlike(held, snapshot);
    if (snapshot.observedAtS < held.observedAtS) return { older: snapshot, gaveWay };
    this.#letGo(held);
    const isConfirmed = gaveWay && (held.isConfirmed === true || snapshot.observedAtS > held.observedAtS);
    this.#hold(isConfirmed ? { ...snapshot, isConfirmed } : snapshot);
    return { older: held, gaveWay };
  }

  /** Takes them out, those first of which nothing came for longest. */
  *taken(): Generator<Snapshot> {
    for (const snapshot of this.#newest.values()) {
      this.#letGo(snapshot);
      yield snapshot;
    }
  }

  /** @returns how many there were */
  clear(): number {
    return [...this.taken()].length;
  }

  /** Nothing more comes for now: all of it is due. */
  end(): void {
    this.#isEnding = true;
  }

  goOn(): void {
    this.#isEnding = false;
  }

  get #isFull(): boolean {
    return this.#rows > this.#limits.rows;
  }

  #hold(snapshot: Snapshot): void {
    this.#newest.set(snapshot.marketId, snapshot);
    this.#rows += rowCount(snapshot);
  }

  #letGo(snapshot: Snapshot): void {
    this.#newest.delete(snapshot.marketId);
    this.#rows -= rowCount(snapshot);
  }
}

/** In all that decides whether and where they are written, but for their times. */
function areAlike(one: Snapshot, other: Snapshot): boolean {
  const sameNames = one.stationName === other.stationName && one.systemName === other.systemName;
  return sameNames && (one.rows.length === 0) === (other.rows.length === 0);
}
