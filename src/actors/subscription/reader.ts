import { merged, narrowed, updateOf, type Update } from '../../domain/push/update.ts';
import { watchesRow, watchesWholeMarkets, type Watch } from '../../domain/push/watch.ts';
import type { MarketRecord, MarketRow } from '../../domain/ports/store/queries.ts';
import type { EndReason, LogPosition, PushSink, PushSnapshot } from '../../domain/ports/publishing/push.ts';

/** What a reader tells its machine. */
type ReaderEvent = 'reader.slow' | 'reader.drained' | 'queue.full';

/** Markets that may be gathered for a reader who takes nothing; each once, whatever happens to it. */
const MAX_QUEUED = 1_000;

interface Queued {
  readonly position: LogPosition;
  readonly update: Update;
}

/** The way to one subscriber: what he watches, where he is told, and what waits for him. */
export class Reader {
  watch: Watch;
  readonly #sink: PushSink;
  readonly #tell: (event: ReaderEvent) => void;
  /** Where he left, until he has been told what came since. */
  since: LogPosition | null;
  /** In the order of their newest change. */
  readonly #queue = new Map<string, Queued>();
  /** What the snapshot told of markets that have not changed since: it may be newer than where the hub was. */
  readonly #told = new Map<number, readonly MarketRow[]>();
  /** What he has been told of what was before. */
  readonly #replayed = new Set<string>();
  /** Up to this entry nobody knows what he has seen: he is told whole markets. */
  #fullUpTo = -1;
  #gathers = true;
  #isFull = false;

  constructor(watch: Watch, since: LogPosition | null, sink: PushSink, tell: (event: ReaderEvent) => void) {
    this.watch = watch;
    this.since = since;
    this.#sink = sink;
    this.#tell = tell;
  }

  /** From here on he is offered what changes. */
  join(): void {
    this.gather();
    this.#told.clear();
    this.#replayed.clear();
    this.#fullUpTo = this.since === null ? -1 : Infinity;
  }

  /** What has been written after this entry nobody has told him. */
  catchUp(seq: number): void {
    this.#fullUpTo = seq;
    this.since = null;
    this.#replayed.clear();
  }

  /** Something may have changed. */
  offer(position: LogPosition, update: Update): void {
    const wanted = narrowed(this.watch, this.#sinceTold(update));
    if (wanted === null) return;
    if (this.#gathers || this.#isFull) this.#enqueue(position, wanted);
    else this.#noteRoom(this.#sink.update(position, wanted));
  }

  #sinceTold(update: Update): Update {
    const { change, station } = update;
    if (change.kind !== 'market') return update;
    const told = this.#told.get(station.id);
    this.#told.delete(station.id);
    if (told !== undefined) return updateOf(update, told);
    // One of its changes is enough: what he was told when he came may have it already.
    return update.oldestSeq <= this.#fullUpTo ? updateOf(update, undefined) : update;
  }

  /** Of what was before, each once: it is told as it is now, and what becomes of it is offered. */
  replay(position: LogPosition, update: Update): void {
    const wanted = narrowed(this.watch, update);
    if (wanted === null || this.#replayed.has(keyOf(update))) return;
    this.#replayed.add(keyOf(update));
    this.#noteRoom(this.#sink.update(position, wanted));
  }

  snapshot(position: LogPosition, snapshot: PushSnapshot): void {
    this.catchUp(-1);
    for (const { station, rows } of snapshot.markets) this.#told.set(station.id, rows);
    this.#dropTold();
    const markets = watchesWholeMarkets(this.watch) ? snapshot.markets : snapshot.markets.map(this.#wanted);
    this.#noteRoom(this.#sink.snapshot(position, { ...snapshot, markets }));
  }

  /** What was gathered meanwhile may be in the snapshot. */
  #dropTold(): void {
    for (const [key, { position, update }] of this.#queue) {
      const told = update.change.kind === 'market' ? this.#told.get(update.station.id) : undefined;
      if (told === undefined) continue;
      const left = narrowed(this.watch, this.#sinceTold(update));
      if (left === null) this.#queue.delete(key);
      else this.#queue.set(key, { position, update: left });
    }
  }

  readonly #wanted = (market: MarketRecord): MarketRecord => ({
    ...market,
    rows: market.rows.filter((row) => watchesRow(this.watch, row)),
  });

  /** He has been told what he missed. */
  arrive(position: LogPosition): void {
    this.#noteRoom(this.#sink.position(position));
  }

  /** Everything up to here has been looked at for him. */
  reach(position: LogPosition): void {
    if (!this.#gathers && !this.#isFull && this.#queue.size === 0) {
      this.#noteRoom(this.#sink.position(position));
    }
  }

  gather(): void {
    this.#gathers = true;
    this.#queue.clear();
  }

  flush(): void {
    this.#gathers = false;
    for (const [key, { position, update }] of this.#queue) {
      if (this.#isFull) break;
      this.#queue.delete(key);
      this.#isFull = !this.#sink.update(position, update);
    }
    if (this.#isFull) this.#tell('reader.slow');
  }

  drained(): void {
    this.#isFull = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
    this.#tell('reader.drained');
  }

  readonly #waiting: (() => void)[] = [];

  /** Resolves when there is room; never for one that has gone. */
  async roomy(): Promise<void> {
    if (this.#isFull) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  end(reason: EndReason): void {
    this.#queue.clear();
    this.#sink.end(reason);
  }

  #enqueue(position: LogPosition, update: Update): void {
    const key = keyOf(update);
    const before = this.#queue.get(key);
    const both = before === undefined ? update : merged(before.update, update);
    this.#queue.delete(key);
    if (both === null) return;
    this.#queue.set(key, { position, update: both });
    if (this.#queue.size > MAX_QUEUED) this.#tell('queue.full');
  }

  #noteRoom(isRoom: boolean): void {
    if (isRoom || this.#isFull) return;
    this.#isFull = true;
    this.#tell('reader.slow');
  }
}

function keyOf({ change }: Update): string {
  return `${change.kind} ${change.id}`;
}
