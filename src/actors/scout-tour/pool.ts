import { createActor, fromPromise, waitFor, type ActorRefFrom } from 'xstate';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { Queries } from '../../domain/ports/store/queries.ts';
import type { ScoutTours, TourOrder } from '../../domain/ports/commanders/scout-tours.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { TourPlanner } from '../../domain/ports/commanders/tour-planner.ts';
import type { TravelTimes } from '../../domain/galaxy/travel-time.ts';
import { paceOf } from '../../domain/tours/pace/pace.ts';
import type { Plan, PlanRequest } from '../../domain/tours/plan.ts';
import {
  crew,
  ENDED,
  intervalsOf,
  openMarkets,
  planRequest,
  type CrewChange,
  type ScoutTour,
} from '../../domain/tours/scout-tour.ts';
import { shortId } from '../../domain/short-id.ts';
import type { Random } from '../../machines/backoff.ts';
import { scoutTourMachine, type ScoutTourEvent } from '../../machines/commanders/scout-tour.machine.ts';
import { Keeper } from './keeper.ts';
import { reportTour } from './reporter.ts';

export interface ScoutTourPoolDeps {
  readonly store: AggregateStore;
  readonly planner: Pick<TourPlanner, 'plan'>;
  readonly queries: Pick<Queries, 'markets'>;
  readonly travelTimes: TravelTimes;
  readonly time: Time;
  readonly random: Random;
  readonly log: Log;
}

/** What the feed has brought, or a dump. */
export interface ObservedMarket {
  readonly marketId: number;
  /** Epoch seconds. */
  readonly observedAtS: number;
}

interface Watcher {
  readonly actor: TourActor;
  /** What was observed before closes nothing. */
  readonly madeAtS: number;
}

type TourActor = ActorRefFrom<typeof scoutTourMachine>;

/** How often it is looked for what others wrote: another daemon, an import, a command line. */
const LOOK_MS = 30_000;
/** Ended tours; those of a patrol come several times a day. */
const KEPT_S = { tour: 30 * 86_400, patrol: 2 * 86_400 };
const PLANNING = { maxAttempts: 5, backoff: { minMs: 1_000, capMs: 30_000 } };

/** The home of the tours: one root actor each (a machine that owned many would be slow, see docs/architecture.md). */
export class ScoutTourPool implements ScoutTours {
  readonly #deps: ScoutTourPoolDeps;
  readonly #keeper: Keeper<ScoutTour>;
  readonly #machine: typeof scoutTourMachine;
  readonly #actors = new Map<string, TourActor>();
  readonly #ended = new Map<string, ScoutTour>();
  /** By open market: whose it is. Null: to be made anew. */
  #watched: Map<number, Watcher[]> | null = null;
  readonly #listeners = new Set<(tour: ScoutTour) => void>();
  #isLoaded = false;
  #isClosed = false;
  #timer: unknown = null;
  #looking: Promise<void> | null = null;

  constructor(deps: ScoutTourPoolDeps) {
    this.#deps = deps;
    const { log, planner, travelTimes } = deps;
    this.#keeper = new Keeper<ScoutTour>({
      ...deps,
      kind: 'tour',
      isEnded: ({ state }) => ENDED.has(state),
      onEnded: (id) => this.#actors.get(id)?.send({ type: 'tour.withdraw' }),
      report: (error) => {
        if (error === null) log.info({}, 'tours: written again');
        else log.warn({}, `tours: not written, tried again: ${error}`);
      },
    });
    this.#machine = scoutTourMachine.provide({
      actors: {
        plan: fromPromise<Plan, ScoutTour>(({ input, signal }) =>
          planner.plan(this.#paced(planRequest(input, travelTimes)), {
            ...{ timeLimitMs: input.timeLimitMs, signal },
          }),
        ),
      },
      actions: {
        keep: ({ context }) => {
          this.#keeper.put(context.tour);
          for (const listener of this.#listeners) listener(context.tour);
        },
        report: ({ context }) => reportTour(log, context.tour),
      },
    });
  }

  /** Goes on with the tours of earlier lives, as soon as the database tells them. */
  start(): void {
    this.#lookAgain();
  }

  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  follow(listener: (tour: ScoutTour) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Open tours stay as they are, for the next life. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#deps.time.clearTimeout(this.#timer);
    await this.#looking;
    for (const actor of this.#actors.values()) actor.send({ type: 'stop' });
    await this.#keeper.close();
  }

  list(): ScoutTour[] {
    return [...this.#open(), ...this.#ended.values()].sort((a, b) => b.madeAtS - a.madeAtS);
  }

  get(id: string): ScoutTour | undefined {
    return this.#actors.get(id)?.getSnapshot().context.tour ?? this.#ended.get(id);
  }

  tourOf(commander: string): ScoutTour | undefined {
    const name = commander.toLowerCase();
    return this.#open().find((tour) => crew(tour).some((each) => each.name.toLowerCase() === name));
  }

  busyMarkets(): ReadonlySet<number> {
    return new Set(this.#markets().keys());
  }

  async offer({ commanders, ...order }: TourOrder): Promise<ScoutTour> {
    const nowS = this.#nowS();
    const id = shortId(this.#deps.random, (taken) => this.get(taken) !== undefined);
    this.#start({
      ...{ id, state: 'planning', madeAtS: nowS, plan: null, endedAtS: null, failure: null },
      ...{ ...order, commanders: commanders.map((each) => ({ ...each, joinedAtS: nowS, leftAtS: null })) },
    });
    const tour = await this.#settled(id);
    if (tour === undefined) throw new Error('a tour that was made is there');
    return tour;
  }

  reconfigure(id: string, change: CrewChange): Promise<ScoutTour | undefined> {
    return this.#tell(id, { type: 'tour.reconfigure', change });
  }

  withdraw(id: string): Promise<ScoutTour | undefined> {
    return this.#tell(id, { type: 'tour.withdraw' });
  }

  /** Closes what these observations close. */
  observed(markets: readonly ObservedMarket[]): void {
    for (const { marketId, observedAtS } of markets) {
      for (const { actor, madeAtS } of this.#markets().get(marketId) ?? []) {
        if (observedAtS >= madeAtS) actor.send({ type: 'market.observed', marketId, observedAtS });
      }
    }
  }

  /** What was written while nobody listened, or by others, counts, too. */
  async look(): Promise<void> {
    for (const tour of await this.#keeper.readNews()) this.#meet(tour);
    this.#isLoaded = true;
    await this.#forgetOld();
    if (this.#actors.size === 0) return;
    const records = await this.#deps.queries.markets([...this.#markets().keys()]);
    this.observed(
      records.flatMap(({ station, atS }) =>
        atS === null ? [] : [{ marketId: station.id, observedAtS: atS }],
      ),
    );
  }

  /** A tour as others have written it: an earlier life, another daemon, a command line. */
  #meet(tour: ScoutTour): void {
    const { id, state } = tour;
    if (!ENDED.has(state)) {
      if (this.get(id) === undefined) this.#start(tour);
    } else if (this.#actors.has(id)) this.#actors.get(id)?.send({ type: 'tour.withdraw' });
    else this.#ended.set(id, tour);
  }

  async #forgetOld(): Promise<void> {
    for (const { id, patrol, endedAtS } of this.#ended.values()) {
      const keptS = KEPT_S[patrol === undefined ? 'tour' : 'patrol'];
      if ((endedAtS ?? 0) > this.#nowS() - keptS) continue;
      this.#ended.delete(id);
      await this.#keeper.remove(id);
    }
  }

  #lookAgain(): void {
    this.#looking = this.look()
      // What the database does not answer now is asked again.
      .catch(() => undefined)
      .then(() => {
        if (!this.#isClosed) this.#timer = this.#deps.time.setTimeout(() => this.#lookAgain(), LOOK_MS);
      });
  }

  #start(tour: ScoutTour): void {
    const { time, random } = this.#deps;
    const actor = createActor(this.#machine, {
      clock: time,
      id: `tour-${tour.id}`,
      input: { tour, random, nowS: () => this.#nowS(), ...PLANNING },
    });
    this.#actors.set(tour.id, actor);
    this.#watched = null;
    const forget = () => {
      this.#watched = null;
      const now = actor.getSnapshot().context.tour;
      if (!ENDED.has(now.state)) return;
      this.#actors.delete(now.id);
      this.#ended.set(now.id, now);
    };
    actor.subscribe({ next: () => (this.#watched = null), complete: forget, error: forget });
    actor.start();
    actor.send({ type: 'tour.resume' });
  }

  /** The commanders with what they took on their tours so far. */
  #paced({ commanders, ...request }: PlanRequest): PlanRequest {
    const tours = this.list();
    const paced = commanders.map((each) => ({
      ...each,
      pace: paceOf(tours.flatMap((tour) => intervalsOf(tour, each.name))),
    }));
    return { ...request, commanders: paced };
  }

  async #tell(id: string, event: ScoutTourEvent): Promise<ScoutTour | undefined> {
    this.#actors.get(id)?.send(event);
    return this.#settled(id);
  }

  /** When it is planned, or has ended. */
  async #settled(id: string): Promise<ScoutTour | undefined> {
    const actor = this.#actors.get(id);
    if (actor !== undefined) {
      await waitFor(actor, (now) => now.hasTag('offered') || now.status !== 'active', { timeout: Infinity });
    }
    await this.#keeper.flush();
    return this.get(id);
  }

  #open(): ScoutTour[] {
    return Array.from(this.#actors.values(), (actor) => actor.getSnapshot().context.tour);
  }

  #markets(): Map<number, Watcher[]> {
    if (this.#watched !== null) return this.#watched;
    const watched = new Map<number, Watcher[]>();
    for (const actor of this.#actors.values()) {
      const { tour } = actor.getSnapshot().context;
      const watcher = { actor, madeAtS: tour.madeAtS };
      for (const { marketId } of openMarkets(tour)) {
        watched.set(marketId, [...(watched.get(marketId) ?? []), watcher]);
      }
    }
    return (this.#watched = watched);
  }

  #nowS(): number {
    return Math.floor(this.#deps.time.now() / 1000);
  }
}
