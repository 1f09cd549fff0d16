import { createActor, fromPromise } from 'xstate';
import { isSameMarket } from '../../domain/push/update.ts';
import type { Watch } from '../../domain/push/watch.ts';
import type { ChangeStore } from '../../domain/ports/store/changes.ts';
import type { LogPosition, Push, PushSink, Subscription } from '../../domain/ports/publishing/push.ts';
import type { MarketRecord, Queries } from '../../domain/ports/store/queries.ts';
import type { Time } from '../../domain/ports/time.ts';
import {
  subscriptionMachine,
  type SubscriptionEvent,
} from '../../machines/publishing/subscription.machine.ts';
import { LogTail } from './log-tail.ts';
import { isAwaited, PATIENCE_MS, reach, rest, SOON_MS, type Awaited } from './reach.ts';
import { Reader } from './reader.ts';
import { RecentMarkets } from './recent-markets.ts';

export interface HubDeps {
  readonly store: ChangeStore;
  readonly queries: Pick<Queries, 'changesSince' | 'markets' | 'stations' | 'replicaLag'>;
  readonly time: Time;
  readonly mostSubscribers?: number;
}

const MOST_SUBSCRIBERS = 2_000;
/** What is committed is gathered for so long. */
const GATHER_MS = 50;
/** Others may write the log, too. */
const LOOK_MS = 1_000;
/** How often a subscriber is told where he is. */
const REACH_MS = 15_000;
/** How long a reader may take nothing. */
const STUCK_MS = 30_000;
/** Whoever is further behind begins with what is there. */
const MAX_BEHIND = 20_000;

/** Follows the change log while somebody listens, and tells every subscriber, who is an actor each. */
export class Hub implements Push {
  readonly #deps: HubDeps;
  readonly #tail: LogTail;
  readonly #recent = new RecentMarkets();
  /** As they were in the snapshots of lately. */
  readonly #snapshots = new RecentMarkets();
  readonly #readers = new Map<Reader, { readonly stop: () => void; readonly lose: () => void }>();
  readonly #waiting = new Set<() => void>();
  readonly #machine = subscriptionMachine.provide({
    actors: {
      replay: fromPromise<undefined, { readonly reader: unknown }>(async ({ input, signal }) => {
        await this.#replay(input.reader as Reader, signal);
        return undefined;
      }),
    },
    actions: {
      gather: ({ context }) => (context.reader as Reader).gather(),
      flush: ({ context }) => (context.reader as Reader).flush(),
      tellEnd: ({ context }) => (context.reader as Reader).end(context.reason ?? 'gone'),
    },
  });
  /** Everything up to here has been told; null: not known yet. */
  #position: LogPosition | null = null;
  #opening: Promise<LogPosition | null> | null = null;
  #isBegun = false;
  #isLooking = false;
  #pokedWhileLooking = false;
  /** The log is known to have come so far. */
  #awaited: Awaited | null = null;
  #timer: { readonly handle: unknown; readonly dueMs: number } | null = null;
  #reachedAtMs: number;
  #isClosed = false;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#reachedAtMs = deps.time.now();
    this.#tail = new LogTail(deps.queries);
  }

  beforeTelling(prepare: LogTail['prepare']): void {
    this.#tail.prepare = prepare;
  }

  subscribe(watch: Watch, since: LogPosition | null, sink: PushSink): Subscription | null {
    if (this.#isClosed || this.#readers.size >= (this.#deps.mostSubscribers ?? MOST_SUBSCRIBERS)) return null;
    // An end that was told makes its connection end, which is told again.
    const tell = (type: SubscriptionEvent['type']) => {
      if (actor.getSnapshot().status === 'active') actor.send({ type });
    };
    const reader = new Reader(watch, since, sink, tell);
    const actor = createActor(this.#machine, {
      input: { reader, stuckMs: STUCK_MS },
      clock: this.#deps.time,
    });
    actor.subscribe({
      complete: () => this.#readers.delete(reader),
      error: () => {
        this.#readers.delete(reader);
        reader.end('database');
      },
    });
    this.#readers.set(reader, { stop: () => tell('stop'), lose: () => tell('log.lost') });
    actor.start();
    this.#schedule(LOOK_MS);
    return {
      drained: () => reader.drained(),
      gone: () => tell('reader.gone'),
      narrow: (narrower) => (reader.watch = narrower),
      end: (reason) => tell(`watch.${reason}`),
    };
  }

  async after(
    position: LogPosition | null,
    waitMs: number,
    signal: AbortSignal,
  ): Promise<LogPosition | null> {
    if (!(await this.#begin())) return null;
    if (position === null) return this.#tail.newest();
    const isOther = () =>
      this.#isClosed ||
      (this.#position !== null &&
        (this.#position.logId !== position.logId || this.#position.seq !== position.seq));
    if (isOther()) return this.#position;
    await new Promise<void>((resolve) => {
      const { time } = this.#deps;
      const timer = time.setTimeout(done, waitMs);
      const waiting = this.#waiting;
      function look() {
        if (isOther()) done();
      }
      function done() {
        time.clearTimeout(timer);
        waiting.delete(look);
        signal.removeEventListener('abort', done);
        resolve();
      }
      waiting.add(look);
      signal.addEventListener('abort', done);
      if (signal.aborted) done();
      this.#schedule(LOOK_MS);
    });
    return this.#position;
  }

  /** How many listen. */
  get size(): number {
    return this.#readers.size;
  }

  reach(position: LogPosition): Promise<boolean> {
    return reach(position, this.#deps, () => this.#isClosed);
  }

  /**
   * Something has been committed. Never fails.
   * @param position of it, if known: it is looked for until it can be read, also at a replica that lags
   */
  poke(position: LogPosition | null = null): void {
    if (position !== null) this.#awaited = { ...position, untilMs: this.#deps.time.now() + PATIENCE_MS };
    this.#pokedWhileLooking = this.#isLooking;
    if (this.#isWanted()) this.#schedule(GATHER_MS);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) this.#deps.time.clearTimeout(this.#timer.handle);
    this.#timer = null;
    for (const { stop } of [...this.#readers.values()]) stop();
    for (const look of [...this.#waiting]) look();
  }

  #isWanted(): boolean {
    return !this.#isClosed && (this.#readers.size > 0 || this.#waiting.size > 0);
  }

  /** Where the log is; it is begun where there is none. */
  async #known(): Promise<LogPosition | null> {
    if (this.#position !== null) return this.#position;
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open(): Promise<LogPosition | null> {
    if (!(await this.#begin())) return null;
    return (this.#position = await this.#tail.newest());
  }

  /** @returns false: no log is kept */
  async #begin(): Promise<boolean> {
    this.#isBegun ||= !this.#isClosed && (await this.#deps.store.beginChangeLog()) !== 'none';
    return this.#isBegun;
  }

  /** Looks after so long, or when it was to anyway. */
  #schedule(delayMs: number): void {
    if (this.#isClosed || this.#isLooking) return;
    const { time } = this.#deps;
    const dueMs = time.now() + delayMs;
    if (this.#timer !== null) {
      if (this.#timer.dueMs <= dueMs) return;
      time.clearTimeout(this.#timer.handle);
    }
    this.#timer = { dueMs, handle: time.setTimeout(() => void this.#look(), delayMs) };
  }

  async #look(): Promise<void> {
    this.#timer = null;
    if (!this.#isWanted()) {
      this.#position = null;
      this.#recent.clear();
      this.#snapshots.clear();
      return;
    }
    this.#isLooking = true;
    try {
      const position = await this.#known();
      if (position !== null) await this.#readOn(position);
    } catch {
      // The database is away: the next look finds what it wrote meanwhile.
    }
    this.#isLooking = false;
    if (this.#isWanted()) this.#schedule(this.#nextLookMs());
    this.#pokedWhileLooking = false;
  }

  #nextLookMs(): number {
    if (this.#pokedWhileLooking) return GATHER_MS;
    return isAwaited(this.#awaited, this.#position, this.#deps.time.now()) ? SOON_MS : LOOK_MS;
  }

  async #readOn(from: LogPosition): Promise<void> {
    for (let at = from; !this.#isClosed;) {
      const page = await this.#tail.read(at, Infinity, this.#recent);
      if (page === null || page.lastSeq - at.seq > MAX_BEHIND) return this.#beginAnew();
      const { position, updates } = page;
      for (const update of updates) {
        const told = { logId: position.logId, seq: update.change.seq };
        for (const reader of this.#readers.keys()) reader.offer(told, update);
      }
      this.#position = at = position;
      for (const look of [...this.#waiting]) look();
      if (position.seq >= page.lastSeq) break;
    }
    const nowMs = this.#deps.time.now();
    if (nowMs - this.#reachedAtMs < REACH_MS || this.#position === null) return;
    this.#reachedAtMs = nowMs;
    for (const reader of this.#readers.keys()) reader.reach(this.#position);
  }

  async #beginAnew(): Promise<void> {
    const left = this.#position;
    this.#position = await this.#tail.newest();
    this.#recent.clear();
    for (const [reader, { lose }] of [...this.#readers]) {
      reader.since ??= left;
      lose();
    }
    for (const look of [...this.#waiting]) look();
  }

  /** What was before a reader is told what changes. */
  async #replay(reader: Reader, signal: AbortSignal): Promise<void> {
    if ((await this.#known()) === null || this.#position === null) throw new Error('there is no change log');
    const { since } = reader;
    if (since !== null) await this.#awaitPlace(since, signal);
    const here = this.#position;
    reader.join();
    if (since !== null && since.logId === here.logId && since.seq <= here.seq) {
      if (here.seq - since.seq <= MAX_BEHIND && (await this.#replayLog(reader, since, here, signal))) {
        reader.catchUp((await this.#tail.newest())?.seq ?? here.seq);
        reader.arrive(here);
        return;
      }
    }
    const snapshot = await this.#tail.snapshot(reader.watch);
    signal.throwIfAborted();
    const markets = snapshot.markets.map((market) => this.#shared(market));
    reader.snapshot(here, { ...snapshot, markets, reason: since === null ? 'begin' : 'lost' });
  }

  /** Somebody comes from where this server is not yet: what is here would lead him back. */
  async #awaitPlace(since: LogPosition, signal: AbortSignal): Promise<void> {
    const isAhead = () => this.#position?.logId === since.logId && this.#position.seq < since.seq;
    if (!isAhead() || !(await this.reach(since))) return;
    // What can be read by now is told to the others before he is told anything.
    while (isAhead()) {
      this.poke();
      await rest(this.#deps.time);
      signal.throwIfAborted();
    }
  }

  /** The same rows for every reader who has been told them: he keeps them until they change. */
  #shared(market: MarketRecord): MarketRecord {
    const rows = this.#snapshots.get(market.station.id);
    if (rows !== undefined && isSameMarket(rows, market.rows)) return { ...market, rows };
    this.#snapshots.set(market.station.id, market.rows);
    return market;
  }

  /** @returns false: some of it is not known any more */
  async #replayLog(
    reader: Reader,
    since: LogPosition,
    upTo: LogPosition,
    signal: AbortSignal,
  ): Promise<boolean> {
    let at = since;
    while (at.seq < upTo.seq) {
      const page = await this.#tail.read(at, upTo.seq, null);
      if (page === null) return false;
      for (const update of page.updates) {
        await reader.roomy();
        signal.throwIfAborted();
        reader.replay({ logId: at.logId, seq: update.change.seq }, update);
      }
      reader.since = at = page.position;
    }
    return true;
  }
}
