import { isMachineSnapshot, type AnyActorRef, type InspectionEvent } from 'xstate';
import type {
  InspectedActor,
  InspectedChange,
  InspectedEvent,
  Inspection,
  InspectionRecord,
  PoolCounters,
} from '../../domain/ports/upkeep/inspection.ts';
import type { Time } from '../../domain/ports/time.ts';
import { transitionId } from '../../machines/chart.ts';
import { sum, type Ledger } from '../station-coalescer/ledger.ts';
import type { StationPool } from '../station-coalescer/pool.ts';
import type { StationActor } from '../station-coalescer/queue.ts';
import { childrenOf, machineOf, nameOf, rootOf, statesOf, statusOf } from './actor-facts.ts';
import { summarise, summaryLine } from './summary.ts';

export interface InspectorDeps {
  readonly root: AnyActorRef;
  readonly pool: StationPool;
  readonly ledger: Ledger;
  readonly time: Time;
}

interface Seen {
  ref: AnyActorRef;
  actor: InspectedActor;
}

/** Records kept for pages that come later. */
const KEPT_RECORDS = 2_000;
/** Ended actors shown beside the living ones. */
const KEPT_ENDED = 40;
/** What XState tells its promise actors is of no interest. */
const INTERNAL = /^xstate\.(promise|observable|stop)\b/;

/**
 * Watches the supervisor's tree through XState's inspection, and one market's station actors (root actors of their
 * own). It runs inside `send()` of the observed actors: it must neither throw nor wait, and keeps no reference to
 * their data, only bounded summaries.
 */
export class Inspector implements Inspection {
  readonly #deps: InspectorDeps;
  readonly #seen = new Map<string, Seen>();
  readonly #ids = new WeakMap<AnyActorRef, string>();
  readonly #listeners = new Set<(record: InspectionRecord) => void>();
  /** Null until everything that was there before is known. */
  #subscription: { unsubscribe(): void } | null = null;
  readonly #records: InspectionRecord[] = [];
  #oldest = 0;
  #seq = 0;
  #followed: number | null = null;
  /** Each station actor is a system of its own. */
  #unfollow: { unsubscribe(): void } | null = null;

  constructor(deps: InspectorDeps) {
    this.#deps = deps;
    this.#walk(deps.root);
    this.#subscription = deps.root.system.inspect(this.#observe);
  }

  get followed(): number | null {
    return this.#followed;
  }

  actors(): InspectedActor[] {
    return [...this.#seen.values()].map(({ actor }) => actor);
  }

  recent(): InspectionRecord[] {
    return [...this.#records.slice(this.#oldest), ...this.#records.slice(0, this.#oldest)];
  }

  pool(): PoolCounters {
    const { pool, ledger } = this.#deps;
    const { rejected, rejectedRows, taken, ...totals } = ledger.totals;
    return {
      states: pool.states,
      queued: pool.queuedCount,
      totals: {
        ...totals,
        taken: sum(taken),
        held: pool.heldCount,
        rejected: sum(rejected),
        rejectedRows: sum(rejectedRows),
      },
    };
  }

  context(actorId: string): unknown {
    const ref = this.#seen.get(actorId)?.ref;
    if (ref === undefined) return undefined;
    const snapshot: unknown = ref.getSnapshot();
    if (isMachineSnapshot(snapshot)) {
      const { context, output, error } = snapshot as { context: unknown; output?: unknown; error?: unknown };
      return summarise({
        ...(context as object),
        ...(output === undefined ? {} : { '(output)': output }),
        ...(error === undefined ? {} : { '(error)': error }),
      });
    }
    const { input, output, error } = snapshot as Record<string, unknown>;
    return summarise(dropUndefined({ input, output, error }));
  }

  follow(marketId: number | null): void {
    this.#unfollow?.unsubscribe();
    this.#unfollow = null;
    this.#followed = marketId;
    for (const [id, { ref }] of this.#seen) if (rootOf(ref) !== this.#deps.root) this.#seen.delete(id);
    if (marketId === null) {
      this.#deps.pool.follow(null);
      return;
    }
    let isPresent = true;
    const announce = (station: StationActor) => {
      this.#unfollow?.unsubscribe();
      this.#unfollow = station.system.inspect(this.#observe);
      const sinceMs = isPresent ? null : this.#deps.time.now();
      this.#safely(() => this.#ensure(station, sinceMs));
    };
    this.#deps.pool.follow({ marketId, announce });
    isPresent = false;
  }

  subscribe(listener: (record: InspectionRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.follow(null);
    this.#subscription?.unsubscribe();
    this.#listeners.clear();
  }

  readonly #observe = (event: InspectionEvent): void => this.#safely(() => this.#note(event));

  #note(event: InspectionEvent): void {
    const ref = event.actorRef as AnyActorRef;
    switch (event.type) {
      case '@xstate.event': {
        if (INTERNAL.test(event.event.type)) return;
        const source = event.sourceRef as AnyActorRef | undefined;
        // The end of a child is told to its parent before it is told as a snapshot.
        if (source !== undefined && this.#ids.has(source)) this.#refresh(source);
        this.#ensure(ref);
        if (event.event.type === 'xstate.init') return;
        this.#recordEvent(source, ref, event.event);
        return;
      }
      case '@xstate.microstep': {
        const taken = event._transitions.map(transitionId).filter((id) => id !== null);
        this.#change(ref, event.snapshot, { taken, cause: event.event.type });
        return;
      }
      case '@xstate.snapshot':
        this.#change(ref, event.snapshot, { taken: [], cause: event.event.type });
        return;
      default:
        return;
    }
  }

  /** Actors that were there before the inspection. */
  #walk(ref: AnyActorRef): void {
    this.#ensure(ref, null);
    for (const child of childrenOf(ref)) this.#walk(child);
  }

  #ensure(ref: AnyActorRef, sinceMs: number | null = this.#deps.time.now()): Seen {
    const id = this.#idOf(ref);
    const seen = this.#seen.get(id);
    if (seen?.ref === ref) return seen;
    const parent = ref._parent === undefined ? null : this.#idOf(ref._parent);
    const snapshot: unknown = ref.getSnapshot();
    const machine = machineOf(ref);
    const fresh: Seen = {
      ref,
      actor: {
        id,
        parent,
        name: nameOf(ref),
        machine,
        source: machine === null && typeof ref.src === 'string' ? ref.src : null,
        status: statusOf(snapshot),
        states: statesOf(snapshot),
        sinceMs,
        transitions: [],
        cause: null,
        incarnation: (seen?.actor.incarnation ?? 0) + 1,
      },
    };
    // A later incarnation takes its predecessor's place in the order.
    this.#seen.set(id, fresh);
    if (sinceMs !== null || this.#subscription !== null) this.#recordChange(fresh.actor, null);
    this.#forgetEnded();
    return fresh;
  }

  #refresh(ref: AnyActorRef): void {
    const snapshot: unknown = ref.getSnapshot();
    if (statusOf(snapshot) !== 'active') this.#change(ref, snapshot, { taken: [], cause: null });
  }

  #change(ref: AnyActorRef, snapshot: unknown, by: { taken: string[]; cause: string | null }): void {
    const seen = this.#ensure(ref);
    const { actor } = seen;
    const status = statusOf(snapshot);
    const states = statesOf(snapshot);
    const same = states.join() === actor.states.join();
    const again = by.taken.length === 0 || by.taken.join() === actor.transitions.join();
    if (same && status === actor.status && again) return;
    seen.actor = {
      ...actor,
      status,
      states,
      sinceMs: same && status === actor.status ? actor.sinceMs : this.#deps.time.now(),
      transitions: by.taken.length === 0 ? actor.transitions : by.taken,
      cause: by.taken.length === 0 ? actor.cause : by.cause,
    };
    this.#recordChange(seen.actor, actor.states);
  }

  #recordEvent(from: AnyActorRef | undefined, to: AnyActorRef, event: { readonly type: string }): void {
    const { type, ...payload } = event;
    const record: InspectedEvent = {
      kind: 'event',
      seq: (this.#seq += 1),
      atMs: this.#deps.time.now(),
      from: from === undefined ? null : this.#idOf(from),
      to: this.#idOf(to),
      type,
      // `actorId` repeats what `xstate.done.actor.ID` says.
      detail: summaryLine(dropUndefined({ ...payload, actorId: undefined })),
    };
    this.#record(record);
  }

  #recordChange(actor: InspectedActor, before: readonly string[] | null): void {
    const change: InspectedChange = {
      kind: 'change',
      seq: (this.#seq += 1),
      atMs: this.#deps.time.now(),
      actor,
      before,
    };
    this.#record(change);
  }

  #record(record: InspectionRecord): void {
    if (this.#records.length < KEPT_RECORDS) this.#records.push(record);
    else {
      this.#records[this.#oldest] = record;
      this.#oldest = (this.#oldest + 1) % KEPT_RECORDS;
    }
    for (const listener of this.#listeners) listener(record);
  }

  #forgetEnded(): void {
    const ended = [...this.#seen].filter(([, { actor }]) => actor.status !== 'active');
    for (const [id] of ended.slice(0, Math.max(0, ended.length - KEPT_ENDED))) this.#seen.delete(id);
  }

  #idOf(ref: AnyActorRef): string {
    const known = this.#ids.get(ref);
    if (known !== undefined) return known;
    const own = ref._parent === undefined ? nameOf(ref) : ref.id;
    const id = ref._parent === undefined ? own : `${this.#idOf(ref._parent)}/${own}`;
    this.#ids.set(ref, id);
    return id;
  }

  /** The daemon goes on whatever happens here. */
  #safely(observe: () => void): void {
    try {
      observe();
    } catch {
      // A record less.
    }
  }
}

function dropUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}
