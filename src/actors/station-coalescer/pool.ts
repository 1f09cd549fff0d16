import { createActor } from 'xstate';
import type { WriteOutcome } from '../../domain/market/outcome.ts';
import type { StagedBatch } from '../../domain/ports/market/feed.ts';
import { isUnresolved, type SpoolEntry } from '../../domain/ports/market/spool.ts';
import type { Snapshot, UnresolvedSnapshot } from '../../domain/market/snapshot.ts';
import type {
  stationCoalescerMachine,
  WriteAnswer,
} from '../../machines/market/station-coalescer.machine.ts';
import { FeedRegulator } from './feed-regulator.ts';
import type { Gathering } from './gathering.ts';
import { countIf, hasNewerWaiting, statesOf } from './pool-counts.ts';
import type { StationPoolEvents, StationPoolOptions } from './pool-options.ts';
import { WriteQueue, type StationActor } from './queue.ts';
import { answerFor, countedStation } from './steps.ts';

interface Entry {
  readonly actor: StationActor;
  /** The snapshot of this market that is in the spool already. */
  spooled: Snapshot | null;
  /** Receipt of the first snapshot since then, milliseconds since the epoch; a newer one does not put it off. */
  unspooledSinceMs: number;
}

/** Wants to know of one market's stations: the present one, and each later one before it starts. */
export interface StationFollower {
  readonly marketId: number;
  readonly announce: (actor: StationActor) => void;
}

/** A snapshot not in the database this long after receipt goes to the spool at the next tick: within a second. */
const SPOOL_AFTER_MS = 500;

/**
 * The home of the station actors: one root actor per market with work in flight (a machine that owned them would be
 * slow, see docs/architecture.md), the writer's queue, and the line to the spool. Bounded: above `maxLive` markets
 * snapshots wait on disk.
 */
export class StationPool {
  readonly #options: StationPoolOptions;
  readonly #events: StationPoolEvents;
  readonly #machine: typeof stationCoalescerMachine;
  readonly #entries = new Map<number, Entry>();
  readonly #queue: WriteQueue;
  readonly #regulator: FeedRegulator;
  #follower: StationFollower | null = null;
  #closing = false;
  #closed = false;

  constructor(options: StationPoolOptions, events: StationPoolEvents) {
    this.#options = options;
    this.#events = events;
    this.#queue = new WriteQueue(options.batch, events);
    this.#machine = countedStation({ ...options, queue: this.#queue });
    this.#regulator = new FeedRegulator(options.maxLive, events);
  }

  /** What is accepted from now on is lost. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Markets with work in flight, or gathered. */
  get liveCount(): number {
    return this.#entries.size + (this.#options.gathering?.size ?? 0);
  }

  /** Snapshots in memory: one a market, two where a newer one waits behind the one being written. */
  get heldCount(): number {
    return this.liveCount + countIf(this.#entries, hasNewerWaiting);
  }

  get queuedCount(): number {
    return this.#queue.size;
  }

  /** Stations waiting out a backoff. */
  get deferredCount(): number {
    return countIf(this.#entries, (actor) => actor.getSnapshot().hasTag('deferred'));
  }

  /** How many stations are in which state. */
  get states(): Record<string, number> {
    return statesOf(this.#entries);
  }

  /** Replaces the follower; null: nobody follows. */
  follow(follower: StationFollower | null): void {
    this.#follower = follower;
    const present = follower === null ? undefined : this.#entries.get(follower.marketId);
    if (present !== undefined) follower?.announce(present.actor);
  }

  /** Takes in what the feed brings. */
  receive(snapshots: readonly Snapshot[]): void {
    const gathering = this.#closing ? null : this.#options.gathering;
    gathering?.goOn();
    for (const snapshot of snapshots) {
      const left = gathering === null ? { older: snapshot, gaveWay: false } : gathering.add(snapshot);
      if (left?.gaveWay === true) this.#options.ledger.totals.superseded += 1;
      else if (left !== null) this.#take(left.older);
    }
    if (gathering?.isDue === true) this.#events.batchFull();
    this.#regulateFeed();
  }

  /** Takes in what is to be written. */
  accept(snapshots: readonly Snapshot[]): void {
    for (const snapshot of snapshots) this.#take(snapshot);
    this.#regulateFeed();
  }

  /** Nothing more comes of a file for now: what is gathered is written, what was learned first. */
  endGathering(): void {
    if (this.#options.gathering === null) return;
    this.#options.gathering.end();
    this.#events.batchFull();
  }

  /** Keeps messages for which no catalogue exists yet. */
  parkUnresolved(entries: readonly UnresolvedSnapshot[]): void {
    for (const entry of entries) {
      this.#options.ledger.totals.everParked += 1;
      this.#options.keeper.park(entry);
    }
  }

  /** Hands a batch to a write: newest snapshot of each market, longest waiting first. */
  takeBatch(): Snapshot[] {
    if (this.#options.gathering?.isDue === true) this.#draw(this.#options.gathering);
    return this.#queue.take().map((actor) => {
      const { newest } = actor.getSnapshot().context;
      actor.send({ type: 'write.started' });
      return newest;
    });
  }

  /** What the queue holds now, in the writer's terms. */
  get left(): WriteQueue['left'] {
    return this.#options.gathering?.isDue === true ? 'fullBatch' : this.#queue.left;
  }

  /** Tells each station what became of its snapshot. */
  answer(batch: readonly Snapshot[], outcomes: readonly WriteOutcome[]): void {
    let written = false;
    for (const [i, { marketId }] of batch.entries()) {
      const outcome = outcomes[i] ?? { status: 'failed', reason: 'no outcome' };
      written ||= outcome.status === 'written';
      this.#tell(marketId, answerFor(outcome));
    }
    if (written) this.#events.written();
    this.#afterAnswers();
  }

  /** The database was gone: every station of the batch asks again. */
  returnBatch(batch: readonly Snapshot[]): void {
    for (const { marketId } of batch) this.#tell(marketId, { type: 'write.unavailable' });
    this.#afterAnswers();
  }

  /** Deferred stations ask once more without waiting; what is gathered is written, too. */
  flush(): void {
    this.endGathering();
    for (const { actor } of this.#entries.values()) actor.send({ type: 'flush' });
  }

  /**
   * Once in a while (at least twice a second): what has waited goes to the spool, what was settled leaves it, and
   * room in memory is filled from it.
   */
  async tick(): Promise<void> {
    if (this.#closing) return;
    const nowMs = this.#options.time.now();
    // What was received in the future was received before the clock was set back.
    this.#pend((sinceMs) => sinceMs <= nowMs - SPOOL_AFTER_MS || sinceMs > nowMs);
    await this.sync();
    await this.#refill();
    this.#regulateFeed();
  }

  /** Puts what was parked or pended so far on disk. */
  async sync(): Promise<void> {
    this.#options.ledger.totals.parkedDropped += await this.#options.keeper.syncAll();
  }

  /** Everything unsettled goes to the spool, and what comes in meanwhile. Nothing is taken back from it afterwards. */
  async spoolRest(): Promise<void> {
    this.#closing = true;
    this.#pend(() => true);
    for (const snapshot of this.#options.gathering?.taken() ?? []) this.#take(snapshot);
    try {
      await this.sync();
    } finally {
      this.#closed = true;
      for (const { actor } of this.#entries.values()) actor.stop();
      this.#entries.clear();
      this.#queue.clear();
    }
  }

  /** Takes these markets' entries back from the spool. @returns the ones that must be staged first */
  async release(marketIds: readonly number[]): Promise<UnresolvedSnapshot[]> {
    const unresolved: UnresolvedSnapshot[] = [];
    for (const entry of await this.#options.keeper.take(marketIds)) {
      if (isUnresolved(entry)) unresolved.push(entry);
      else this.#restore(entry);
    }
    return unresolved;
  }

  /** What became of unresolved entries once a catalogue existed. */
  restage(entries: readonly UnresolvedSnapshot[], batch: StagedBatch): void {
    const { keeper, ledger } = this.#options;
    const usable = new Set(batch.snapshots.map(({ marketId }) => marketId));
    for (const entry of entries) if (!usable.has(entry.marketId)) keeper.forget(entry);
    ledger.totals.restored += entries.length;
    for (const [reason, count] of Object.entries(batch.rejected)) ledger.reject(reason, count);
    this.accept(batch.snapshots);
  }

  #restore(entry: Exclude<SpoolEntry, UnresolvedSnapshot>): void {
    if (this.#closing || this.#entries.has(entry.marketId)) return;
    this.#options.ledger.totals.restored += 1;
    if (this.#options.keeper.clearedSince(entry)) {
      this.#options.ledger.totals.stale += 1;
      this.#options.keeper.forget(entry);
    } else {
      Object.assign(this.#enter(entry), { spooled: entry, unspooledSinceMs: Infinity });
    }
  }

  #take(snapshot: Snapshot): void {
    const { keeper, ledger, feedWaits, maxLive } = this.#options;
    const entry = this.#closing ? undefined : this.#entries.get(snapshot.marketId);
    if (keeper.clearedSince(snapshot)) {
      ledger.totals.stale += 1;
      keeper.forget(snapshot);
    } else if (entry !== undefined) {
      entry.unspooledSinceMs = Math.min(entry.unspooledSinceMs, snapshot.receivedAtMs);
      entry.actor.send({ type: 'snapshot.observed', snapshot });
    } else if (keeper.holdsNewer(snapshot)) {
      ledger.totals.superseded += 1;
    } else if (this.#closing || (this.#entries.size >= maxLive && !feedWaits)) {
      ledger.totals.spilled += 1;
      keeper.pend(snapshot);
    } else {
      this.#enter(snapshot);
    }
  }

  /** A batch of what is gathered; nothing as long as something that was learned waits, for it may tell where markets are. */
  #draw(gathering: Gathering): void {
    if (this.#options.recordsHeld() > 0) return;
    for (const snapshot of gathering.taken()) {
      this.#take(snapshot);
      if (this.#queue.left === 'fullBatch') return;
    }
  }

  #enter(snapshot: Snapshot): Entry {
    const { time, backoff, maxFailures, random } = this.#options;
    const actor = createActor(this.#machine, {
      id: `station-${snapshot.marketId}`,
      clock: time,
      input: { snapshot, backoff, maxFailures, random },
    });
    const entry: Entry = { actor, spooled: null, unspooledSinceMs: snapshot.receivedAtMs };
    this.#entries.set(snapshot.marketId, entry);
    if (this.#follower?.marketId === snapshot.marketId) this.#follower.announce(actor);
    actor.start();
    return entry;
  }

  #tell(marketId: number, answer: WriteAnswer): void {
    const entry = this.#entries.get(marketId);
    if (entry === undefined) return;
    entry.actor.send(answer);
    const snapshot = entry.actor.getSnapshot();
    if (snapshot.status === 'done') this.#entries.delete(marketId);
    else if (snapshot.hasTag('deferred')) this.#options.ledger.totals.deferrals += 1;
  }

  #afterAnswers(): void {
    this.#regulateFeed();
    if (this.#entries.size === 0) this.#events.emptied();
  }

  #pend(isDue: (unspooledSinceMs: number) => boolean): void {
    for (const entry of this.#entries.values()) {
      const { newest } = entry.actor.getSnapshot().context;
      if (newest === entry.spooled || !isDue(entry.unspooledSinceMs)) continue;
      this.#options.keeper.pend(newest);
      entry.spooled = newest;
      entry.unspooledSinceMs = Infinity;
    }
  }

  async #refill(): Promise<void> {
    const room = Math.floor(this.#options.maxLive / 2) - this.#entries.size;
    if (this.#closing || room <= 0) return;
    const waiting = this.#options.keeper.waiting(Math.min(room, 500), this.#entries);
    if (waiting.length > 0) await this.release(waiting);
  }

  #regulateFeed(): void {
    const { keeper, feedWaits, recordsHeld, gathering } = this.#options;
    const records = recordsHeld();
    const held = this.#entries.size + (gathering?.excess(records) ?? records);
    this.#regulator.regulate(feedWaits ? held : keeper.backlog);
  }
}
