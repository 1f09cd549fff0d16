import {
  createActor,
  fromPromise,
  type AnyActor,
  type AnyActorLogic,
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
} from 'xstate';
import type { Coverage } from './coverage.ts';
import { childOf, nodesOf, offered, valueOf, type ModelSetup } from './model.ts';
import { settled, VirtualTime } from './virtual-time.ts';

interface Slot {
  readonly src: string;
  readonly end: (output: unknown) => void;
  readonly fail: (error: unknown) => void;
}

type DelayOf = (args: { readonly self: unknown }, params: unknown) => number;

/** A machine at work: its clock stands still, its slots end when they are told. */
export class Replay {
  readonly time = new VirtualTime(0);
  readonly #setup: ModelSetup;
  readonly #coverage: Coverage | null;
  readonly #slots = new Map<string, Slot>();
  readonly #history: string[] = [];
  readonly #inputs: Record<string, unknown> = {};
  /** Of what may go wrong in this machine, what has. */
  readonly #errors = new Set<unknown>([null]);
  /** What nobody is to see: a child that is started while its predecessor still runs, a delay out of its bounds. */
  #wrong: string | null = null;
  readonly #actor;

  constructor(setup: ModelSetup, coverage: Coverage | null = null) {
    this.#setup = setup;
    this.#coverage = coverage;
    for (const error of setup.errors ?? []) this.#errors.add(error);
    REPLAYS.set(this.time, this);
    this.#actor = createActor(watched(setup.machine), {
      input: setup.input as never,
      clock: this.time,
      inspect: (inspected) => {
        if (inspected.actorRef.sessionId !== inspected.rootId) return;
        if (inspected.type === '@xstate.action') this.#history.push(`do ${inspected.action.type}`);
        if (inspected.type === '@xstate.microstep') {
          coverage?.see(inspected.snapshot as AnyMachineSnapshot, inspected._transitions);
        }
      },
    });
    this.#actor.subscribe({ error: (error) => this.#history.push(`crashed: ${String(error)}`) });
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#actor.getSnapshot() as AnyMachineSnapshot;
  }

  /** Starts the machine and plays the events, checking after each but the first `known`, the way to a state that was seen. */
  async play(events: readonly AnyEventObject[], known = 0): Promise<this> {
    await this.#step({ type: 'xstate.init' }, () => this.#actor.start());
    for (const [at, event] of events.entries()) await this.perform(event, at >= known);
    return this;
  }

  /** Makes an event happen as it does in life: children end or fail, timers fire, the rest is sent. */
  async perform(event: AnyEventObject, isChecked = true): Promise<void> {
    const act = async () => {
      const child = childOf(event.type);
      // A child ends once; only the graph thinks that it could end again.
      if (child?.ends === 'done') this.#slots.get(child.id)?.end(event.output);
      else if (child?.ends === 'error') {
        this.#errors.add((event.error as Error).message);
        this.#slots.get(child.id)?.fail(event.error);
      } else if (event.type.startsWith('xstate.after.')) await this.time.fireNext();
      else this.#actor.send(event);
    };
    await this.#step(event, act, isChecked);
  }

  /** Everything that can happen next. */
  possible(): AnyEventObject[] {
    return offered(this.#setup, this.snapshot).filter(
      ({ type }) => childOf(type) === null || this.#slots.has(childOf(type)!.id),
    );
  }

  /** Lets the machine run on by itself: what ends, ends well (or badly), what waits is answered or times out. */
  async runOn(luck: 'good' | 'bad'): Promise<void> {
    for (let step = 0; this.snapshot.status === 'active'; step++) {
      if (step > 100) throw new Error(`still ${valueOf(this.snapshot)} after ${step} steps`);
      const answer = this.#setup.answer?.(valueOf(this.snapshot)) ?? null;
      const next = this.possible().filter(({ type }) => type.startsWith('xstate.'));
      const fitting = next.filter(({ type }) => type.startsWith('xstate.error.') === (luck === 'bad'));
      const event = answer ?? (luck === 'good' ? fitting[0] : (fitting[0] ?? next.at(-1)));
      await this.perform(event ?? this.#setup.stop);
    }
  }

  async #step(event: AnyEventObject, act: () => unknown, isChecked = true): Promise<void> {
    const before = event.type === 'xstate.init' ? null : this.snapshot;
    const from = this.#history.push(`event ${event.type}`);
    await act();
    await settled();
    const { snapshot } = this;
    this.#coverage?.see(snapshot, []);
    if (!isChecked) return;
    try {
      this.#checkAlways(snapshot);
      this.#setup.check({
        event,
        value: valueOf(snapshot),
        previous: before === null ? null : valueOf(before),
        context: snapshot.context as never,
        before: (before?.context ?? null) as never,
        done: snapshot.status === 'done',
        output: snapshot.output as unknown,
        ...{ running: this.#running, inputs: this.#inputs },
        history: this.#history,
        news: this.#history.slice(from),
      });
    } catch (error) {
      throw new Error(
        `${(error as Error).message}\n${valueOf(snapshot)} after\n  ${this.#history.join('\n  ')}`,
        { cause: error },
      );
    }
  }

  get #running(): string[] {
    return Array.from(this.#slots.values(), ({ src }) => src);
  }

  /** What holds in every machine: it lives or ended well, owns what runs, and waits within bounds. */
  #checkAlways(snapshot: AnyMachineSnapshot): void {
    const complain = (what: string): never => {
      throw new Error(what);
    };
    if (snapshot.status === 'error') complain('crashed');
    if (this.#wrong !== null) complain(this.#wrong);
    const context = snapshot.context as { readonly lastError?: unknown };
    if ('lastError' in context && !this.#errors.has(context.lastError))
      complain(`an error that nobody made: ${String(context.lastError)}`);
    const invoked = nodesOf(snapshot).flatMap(({ invoke }) => invoke.map(({ id }) => id));
    const missing = invoked.filter((id) => !this.#slots.has(id));
    const orphans = [...this.#slots.keys()].filter((id) => !(id in snapshot.children));
    const armed = this.time.armed;
    if (snapshot.status === 'done' && this.#slots.size > 0) complain(`${this.#running.join()} left running`);
    if (snapshot.status === 'done' && armed.length > 0) complain('timers left');
    if (snapshot.status === 'active' && missing.length > 0) complain(`${missing.join()} not running`);
    if (orphans.length > 0) complain(`${orphans.join()} without parent`);
    const delays = new Set(
      nodesOf(snapshot).flatMap(({ after }) => after.map(({ eventType }) => delayName(eventType))),
    );
    const { implementations } = this.#setup.machine;
    const unknown = [...delays].filter((name) => !(name in implementations.delays));
    if (unknown.length > 0) complain(`no delay ${unknown.join()}`);
    // A state may have one, and the state around it another.
    if (armed.length > delays.size) complain('a timer of no state');
  }

  /** Says so when a delay is out of its bounds. */
  waits(name: string, delayMs: number): void {
    const [minMs, maxMs] = this.#setup.delays[name] ?? [NaN, NaN];
    if (!(delayMs >= minMs && delayMs <= maxMs)) this.#wrong = `${name} of ${delayMs} ms`;
  }

  /** A slot that stays until told otherwise. */
  fill(src: string, id: string, input: unknown, signal: AbortSignal): Promise<unknown> {
    const { promise, resolve: end, reject: fail } = Promise.withResolvers<unknown>();
    const slot = { src, end, fail };
    if (this.#slots.has(id)) this.#wrong = `two ${src} at once`;
    this.#inputs[src] = input;
    this.#slots.set(id, slot);
    this.#history.push(`start ${src}`);
    const leave = () => {
      if (this.#slots.get(id) === slot) this.#slots.delete(id);
      this.#history.push(`end ${src}`);
    };
    signal.addEventListener('abort', leave);
    return promise.finally(leave);
  }

  /** A slot hears what it is told. */
  told(src: string, type: string): void {
    this.#history.push(`tell ${src} ${type}`);
  }
}

/** By their clocks. */
const REPLAYS = new WeakMap<object, Replay>();
const replayOf = (self: unknown) => REPLAYS.get((self as AnyActor).clock)!;
/** Made once: to provide a machine anew makes all its states anew. */
const WATCHED = new WeakMap<AnyStateMachine, AnyStateMachine>();

/** The machine with slots and delays that tell the replay they belong to. */
function watched(machine: AnyStateMachine): AnyStateMachine {
  let made = WATCHED.get(machine);
  if (made === undefined) {
    const { actors, delays } = machine.implementations;
    made = machine.provide({
      actors: Object.fromEntries(Object.keys(actors).map((src) => [src, fakeSlot(src)])),
      delays: Object.fromEntries(
        Object.entries(delays).map(([name, delay]) => [name, watchedDelay(name, delay as number | DelayOf)]),
      ),
    });
    WATCHED.set(machine, made);
  }
  return made;
}

function watchedDelay(name: string, delay: number | DelayOf): DelayOf {
  return (args, params) => {
    const delayMs = typeof delay === 'function' ? delay(args, params) : delay;
    replayOf(args.self).waits(name, delayMs);
    return delayMs;
  };
}

function fakeSlot(src: string): AnyActorLogic {
  const logic = fromPromise(({ self, signal, input }) => replayOf(self).fill(src, self.id, input, signal));
  return {
    ...logic,
    transition: (state, event, scope) => {
      if (!event.type.startsWith('xstate.')) replayOf(scope.self).told(src, event.type);
      return logic.transition(state, event, scope);
    },
  } satisfies typeof logic;
}

/** `reconnectBackoff` of `xstate.after.reconnectBackoff.listener.silent` */
function delayName(eventType: unknown): string {
  return String(eventType).split('.')[2] ?? '';
}
