import {
  isMachineSnapshot,
  type AnyActorRef,
  type AnyMachineSnapshot,
  type InspectionEvent,
  type StateValue,
} from 'xstate';
import type { Time } from '../../domain/ports/time.ts';

/** What the outside may know of a machine. Times are ISO 8601, UTC. */
export interface ActorReport {
  readonly name: string;
  /** `live.receiving`; `crashed` when its last incarnation threw. */
  readonly state: string;
  readonly since: string;
  readonly lastEvent: { readonly type: string; readonly at: string } | null;
  /** Events it received, states it entered, incarnations it had. */
  readonly events: number;
  readonly transitions: number;
  readonly incarnations: number;
  /** Figures of its own: attempts in a row, gaps, restarts. */
  readonly counters: Readonly<Record<string, number>>;
  /** The newest one and when it was first met; `active` is false when it has passed. */
  readonly lastError: { readonly message: string; readonly at: string; readonly active: boolean } | null;
  /** Timers that run, by name. */
  readonly due: readonly { readonly timer: string; readonly at: string }[];
}

interface Seen {
  ref: AnyActorRef;
  state: string;
  sinceMs: number;
  lastEvent: { readonly type: string; readonly atMs: number } | null;
  events: number;
  transitions: number;
  incarnations: number;
  /** As its context has it now. */
  error: string | null;
  lastError: { readonly message: string; readonly atMs: number } | null;
}

const CRASHED = 'crashed';

/** Context fields worth showing; a machine has some of them. */
const COUNTERS = ['attempt', 'gaps', 'restarts', 'commodities'] as const;

/**
 * Keeps, for every machine of the supervisor's tree, what health and status tell. It runs inside `send()` of the
 * observed actors and does next to nothing there; the station actors are roots of their own and are not observed.
 */
export class ActorBoard {
  readonly #root: AnyActorRef;
  readonly #time: Time;
  readonly #seen = new Map<string, Seen>();

  constructor(root: AnyActorRef, time: Time) {
    this.#root = root;
    this.#time = time;
    root.system.inspect(this.#observe);
  }

  reports(): ActorReport[] {
    return Array.from(this.#seen, ([name, seen]) => this.#report(name, seen));
  }

  report(name: string): ActorReport | null {
    const seen = this.#seen.get(name);
    return seen === undefined ? null : this.#report(name, seen);
  }

  /** Whether a machine lives and is in a state that has this tag. */
  is(name: string, tag: string): boolean {
    const snapshot = this.#seen.get(name)?.ref.getSnapshot() as AnyMachineSnapshot | undefined;
    return snapshot?.status === 'active' && snapshot.hasTag(tag);
  }

  readonly #observe = (event: InspectionEvent): void => {
    if (event.type !== '@xstate.snapshot' || !isMachineSnapshot(event.snapshot)) return;
    const ref = event.actorRef as AnyActorRef;
    const { status, value, context } = event.snapshot as {
      readonly status: string;
      readonly value: StateValue;
      readonly context: unknown;
    };
    const seen = this.#of(ref);
    const nowMs = this.#time.now();
    if (event.event.type.startsWith('xstate.error.actor.')) this.#noteCrashes(nowMs);
    seen.events += 1;
    if (!event.event.type.startsWith('xstate.init')) seen.lastEvent = { type: event.event.type, atMs: nowMs };
    enter(seen, status === 'error' ? CRASHED : pathOf(value), nowMs);
    const error = errorOf(context);
    if (error !== null && error !== seen.error) seen.lastError = { message: error, atMs: nowMs };
    seen.error = error;
  };

  /** One that throws tells nobody but its parent. */
  #noteCrashes(nowMs: number): void {
    for (const seen of this.#seen.values()) {
      const { status } = seen.ref.getSnapshot() as { readonly status: string };
      if (status === 'error') enter(seen, CRASHED, nowMs);
    }
  }

  #of(ref: AnyActorRef): Seen {
    const name = nameOf(ref);
    const known = this.#seen.get(name);
    if (known?.ref === ref) return known;
    if (known !== undefined) {
      known.ref = ref;
      known.incarnations += 1;
      return known;
    }
    const fresh: Seen = {
      ref,
      state: '',
      sinceMs: this.#time.now(),
      lastEvent: null,
      events: 0,
      transitions: 0,
      incarnations: 1,
      error: null,
      lastError: null,
    };
    this.#seen.set(name, fresh);
    return fresh;
  }

  #report(name: string, seen: Seen): ActorReport {
    const snapshot: unknown = seen.ref.getSnapshot();
    const context = (snapshot as { context: Readonly<Record<string, unknown>> }).context;
    const { lastEvent, lastError } = seen;
    return {
      name,
      state: seen.state,
      since: iso(seen.sinceMs),
      lastEvent: lastEvent && { type: lastEvent.type, at: iso(lastEvent.atMs) },
      events: seen.events,
      transitions: seen.transitions,
      incarnations: seen.incarnations,
      counters: Object.fromEntries(
        COUNTERS.flatMap((counter) =>
          typeof context[counter] === 'number' ? [[counter, context[counter]]] : [],
        ),
      ),
      lastError: lastError && {
        message: lastError.message,
        at: iso(lastError.atMs),
        active: seen.error !== null,
      },
      due: this.#timersOf(seen.ref),
    };
  }

  #timersOf(ref: AnyActorRef): { timer: string; at: string }[] {
    const { _scheduledEvents } = this.#root.system.getSnapshot();
    return Object.values(_scheduledEvents)
      .filter(({ source }) => source === ref)
      .map(({ event, startedAt, delay }) => ({
        timer: /^xstate\.after\.([^.]+)/.exec(event.type)?.[1] ?? event.type,
        at: iso(startedAt + delay),
      }));
  }
}

function enter(seen: Seen, state: string, nowMs: number): void {
  if (state === seen.state) return;
  seen.state = state;
  seen.sinceMs = nowMs;
  seen.transitions += 1;
}

/** A guarded child goes by its guardian's name. */
function nameOf(ref: AnyActorRef): string {
  const { id } = (ref as unknown as { logic: { id: string } }).logic;
  if (ref._parent === undefined) return id;
  if (id === 'guardian') return `guardian of ${ref.id}`;
  return ref._parent._parent === undefined ? ref.id : ref._parent.id;
}

function errorOf(context: unknown): string | null {
  const { lastError } = context as { lastError?: unknown };
  return typeof lastError === 'string' ? lastError : null;
}

/** `{ attached: { live: 'receiving' } }` -> `attached.live.receiving`; parallel regions with commas. */
function pathOf(value: StateValue): string {
  if (typeof value === 'string') return value;
  return Object.entries(value)
    .map(([key, inner]) => {
      const below = inner === undefined ? '' : pathOf(inner);
      return below === '' ? key : `${key}.${below}`;
    })
    .join(',');
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
