import { createActor, fromPromise, waitFor, type ActorRefFrom } from 'xstate';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { KeptPatrol, Patrols } from '../../domain/ports/commanders/patrols.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { PatrolLook, PatrolOrder, PatrolState } from '../../domain/tours/patrols/patrol.ts';
import {
  isDone,
  keepOrder,
  keptOrders,
  LOOKS,
  removeOrder,
  type KeptLook,
  type KeptOrder,
} from '../../domain/tours/patrols/patrol-orders.ts';
import { tourOfPatrol } from '../../domain/tours/scout-tour.ts';
import type { Random } from '../../machines/backoff.ts';
import { patrolMachine } from '../../machines/commanders/patrol.machine.ts';
import { Keeper } from '../scout-tour/keeper.ts';
import { Lookout, type LookDeps } from './look.ts';
import { reportPatrol } from './reporter.ts';

export interface PatrolPoolDeps extends Omit<LookDeps, 'nowS'> {
  readonly store: AggregateStore;
  readonly time: Time;
  readonly random: Random;
  readonly log: Log;
}

interface Running {
  readonly actor: ActorRefFrom<typeof patrolMachine>;
  version: number;
}

/** How often it is looked for what others ask for: a command line, another daemon. */
const READ_MS = 30_000;
/** How long a look is good for. */
const LOOKS_MS = { keptMs: 300_000, shortMs: 60_000, backoff: { minMs: 1_000, capMs: 60_000 } };

/** The home of the patrols: one root actor each, beside the tours they send. */
export class PatrolPool implements Patrols {
  readonly #deps: PatrolPoolDeps;
  readonly #keeper: Keeper<KeptLook>;
  readonly #running = new Map<string, Running>();
  /** Done once, as they were ordered. */
  readonly #done = new Map<string, KeptPatrol & { readonly version: number }>();
  readonly #listeners = new Set<(name: string, patrol: KeptPatrol | null) => void>();
  #isClosed = false;
  #timer: unknown = null;
  /** What reads or changes orders waits for what did before. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: PatrolPoolDeps) {
    this.#deps = deps;
    const { log } = deps;
    this.#keeper = new Keeper<KeptLook>({
      ...deps,
      kind: LOOKS,
      isEnded: () => false,
      onEnded: () => undefined,
      report: (error) => {
        if (error === null) log.info({}, 'patrols: written again');
        else log.warn({}, `patrols: not written, tried again: ${error}`);
      },
    });
  }

  /** Goes on with the patrols of earlier lives, as soon as the database tells them. */
  start(): void {
    this.#readAgain();
  }

  /** Patrols stay as they are, for the next life. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#deps.time.clearTimeout(this.#timer);
    await this.#turn;
    for (const { actor } of this.#running.values()) actor.send({ type: 'stop' });
    await this.#keeper.close();
  }

  list(): KeptPatrol[] {
    const names = [...this.#running.keys(), ...this.#done.keys()].sort();
    return names.flatMap((name) => this.get(name) ?? []);
  }

  get(name: string): KeptPatrol | undefined {
    const actor = this.#running.get(name)?.actor;
    if (actor === undefined) return this.#done.get(name);
    const now = actor.getSnapshot();
    const { order, look, state } = now.context;
    return { order, look, state: now.hasTag('looking') ? 'planning' : state };
  }

  async put(order: PatrolOrder): Promise<'made' | 'changed' | 'same'> {
    const was = await this.#inTurn(async () => {
      const { was: how, ...kept } = await keepOrder(this.#deps.store, order);
      this.#meet(kept, undefined);
      return how;
    });
    const actor = this.#running.get(order.name)?.actor;
    if (actor !== undefined) {
      // The first look; where it cannot be made, the failure.
      await waitFor(actor, (now) => !now.hasTag('looking'), { timeout: Infinity });
    }
    return was;
  }

  remove(name: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const wasThere = await removeOrder(this.#deps.store, name);
      await this.#forget(name);
      return wasThere;
    });
  }

  follow(listener: (name: string, patrol: KeptPatrol | null) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What others have asked for meanwhile. */
  async #read(): Promise<void> {
    const orders = await keptOrders(this.#deps.store);
    const looks = new Map((await this.#keeper.readNews()).map((look) => [look.id, look]));
    const names = new Set(orders.map(({ order }) => order.name));
    for (const name of [...this.#running.keys(), ...this.#done.keys(), ...looks.keys()]) {
      if (!names.has(name)) await this.#forget(name);
    }
    for (const kept of orders) this.#meet(kept, looks.get(kept.order.name));
  }

  #readAgain(): void {
    void this.#inTurn(() => this.#read())
      // What the database does not answer now is asked again.
      .catch(() => undefined)
      .then(() => {
        if (!this.#isClosed) this.#timer = this.#deps.time.setTimeout(() => this.#readAgain(), READ_MS);
      });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }

  #meet(kept: KeptOrder, look: KeptLook | undefined): void {
    const { order, version } = kept;
    const running = this.#running.get(order.name);
    if (running !== undefined) {
      if (running.version >= version) return;
      running.version = version;
      running.actor.send({ type: 'patrol.change', order });
    } else if (this.#done.get(order.name)?.version === version) {
      return;
    } else if (isDone(kept, look)) {
      this.#done.set(order.name, { order, version, state: 'done', look: look?.look ?? null });
    } else this.#start(kept, look?.version === version ? look.look : null);
  }

  #start({ order, version }: KeptOrder, look: PatrolLook | null): void {
    const { time, random } = this.#deps;
    const { name } = order;
    const lookout = new Lookout({ ...this.#deps, nowS: () => Math.floor(time.now() / 1_000) });
    let told: PatrolState = 'idle';
    const machine = patrolMachine.provide({
      actors: {
        look: fromPromise<PatrolLook, PatrolOrder>(({ input, signal }) => lookout.look(input, signal)),
      },
      actions: {
        keep: ({ context }) => this.#keep(context),
        report: ({ context }) => {
          if (context.state !== told) reportPatrol(this.#deps.log, context);
          told = context.state;
        },
        withdraw: () => this.#callBack(name),
      },
    });
    const actor = createActor(machine, {
      clock: time,
      id: `patrol-${name}`,
      input: { ...{ order, look, random, nowMs: () => time.now() }, ...LOOKS_MS },
    });
    const running = { actor, version };
    this.#done.delete(name);
    this.#running.set(name, running);
    actor.subscribe({
      complete: () => {
        const { context } = actor.getSnapshot();
        if (context.state !== 'done' || this.#running.get(name) !== running) return;
        this.#running.delete(name);
        const { order: done, look: last } = context;
        this.#done.set(name, { order: done, look: last, state: 'done', version: running.version });
      },
    });
    actor.start();
    actor.send({ type: 'patrol.resume' });
  }

  #keep({ order, state, look }: KeptPatrol): void {
    const { name } = order;
    const version = this.#running.get(name)?.version ?? 0;
    this.#keeper.put({ id: name, state, look, version });
    for (const listener of this.#listeners) listener(name, { order, state, look });
  }

  #callBack(name: string): void {
    const round = tourOfPatrol(this.#deps.tours.list(), name);
    if (round !== undefined) void this.#deps.tours.withdraw(round.id);
  }

  async #forget(name: string): Promise<void> {
    this.#running.get(name)?.actor.send({ type: 'patrol.remove' });
    this.#running.delete(name);
    this.#done.delete(name);
    for (const listener of this.#listeners) listener(name, null);
    await this.#keeper.remove(name);
  }
}
