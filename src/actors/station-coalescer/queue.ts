import type { ActorRefFrom } from 'xstate';
import { rowCount } from '../../domain/market/snapshot.ts';
import type { stationCoalescerMachine } from '../../machines/market/station-coalescer.machine.ts';

export type StationActor = ActorRefFrom<typeof stationCoalescerMachine>;

/** What one write takes at most. */
export interface BatchLimits {
  readonly rows: number;
  readonly markets: number;
}

export interface QueueEvents {
  /** The queue was empty. */
  workAvailable(): void;
  batchFull(): void;
}

/** The writer's queue: stations that ask to be written, in the order they asked. */
export class WriteQueue {
  readonly #limits: BatchLimits;
  readonly #events: QueueEvents;
  /** The rows each had when it asked. */
  readonly #rows = new Map<StationActor, number>();
  #totalRows = 0;

  constructor(limits: BatchLimits, events: QueueEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  get size(): number {
    return this.#rows.size;
  }

  /** What it holds now, in the writer's terms. */
  get left(): 'none' | 'some' | 'fullBatch' {
    if (this.#rows.size === 0) return 'none';
    return this.#isBatchFull() ? 'fullBatch' : 'some';
  }

  add(station: StationActor, rows: number): void {
    const wasEmpty = this.#rows.size === 0;
    const wasFull = this.#isBatchFull();
    this.#rows.set(station, rows);
    this.#totalRows += rows;
    if (wasEmpty) this.#events.workAvailable();
    if (!wasFull && this.#isBatchFull()) this.#events.batchFull();
  }

  /** Takes the stations of one write out, longest waiting first. */
  take(): StationActor[] {
    const batch: StationActor[] = [];
    let batchRows = 0;
    for (const [station, askedRows] of this.#rows) {
      const rows = rowCount(station.getSnapshot().context.newest);
      const fits = batch.length === 0 || batchRows + rows <= this.#limits.rows;
      if (batch.length >= this.#limits.markets || !fits) break;
      this.#rows.delete(station);
      this.#totalRows -= askedRows;
      batch.push(station);
      batchRows += rows;
    }
    return batch;
  }

  clear(): void {
    this.#rows.clear();
    this.#totalRows = 0;
  }

  #isBatchFull(): boolean {
    return this.#totalRows >= this.#limits.rows || this.#rows.size >= this.#limits.markets;
  }
}
