import { createActor, fromPromise, waitFor, type ActorRefFrom } from 'xstate';
import { AppError } from '../../domain/errors.ts';
import {
  describeJob,
  ENDED,
  goesOn,
  newJob,
  takenUp,
  type DescribedJob,
  type Job,
  type JobEnd,
  type JobOrder,
} from '../../domain/jobs/job.ts';
import { didYouMean } from '../../domain/nearest.ts';
import { shortId } from '../../domain/short-id.ts';
import type {
  JobLogLine,
  JobLogQuestion,
  JobLogs,
  JobProcess,
  JobRunner,
  Jobs,
} from '../../domain/ports/upkeep/jobs.ts';
import type { Log } from '../../domain/ports/log.ts';
import type { AggregateStore } from '../../domain/ports/store/aggregate-store.ts';
import type { Time } from '../../domain/ports/time.ts';
import type { Random } from '../../machines/backoff.ts';
import { jobMachine } from '../../machines/upkeep/job.machine.ts';
import { Keeper } from '../scout-tour/keeper.ts';
import { reportJob } from './reporter.ts';

export interface JobPoolDeps {
  readonly store: AggregateStore;
  readonly runner: JobRunner;
  readonly logs: JobLogs;
  /** Of which data directory its jobs are. */
  readonly home: string;
  readonly time: Time;
  readonly random: Random;
  readonly log: Log;
}

type JobActor = ActorRefFrom<typeof jobMachine>;

interface Running {
  /** Ends the wait for a process of an earlier life. */
  readonly giveUp: AbortController;
  process: JobProcess | null;
}

/** What a replay needs to write what it has read. */
const GRACE_MS = 20_000;
const KEPT_S = 30 * 86_400;
/** Open ones: each is a row that is written, and a place in the line. */
const MAX_OPEN = 100;

/** The home of the jobs: one root actor each, of which one at a time has a process. */
export class JobPool implements Jobs {
  readonly #deps: JobPoolDeps;
  readonly #keeper: Keeper<Job>;
  readonly #machine: typeof jobMachine;
  readonly #jobs = new Map<string, Job>();
  readonly #actors = new Map<string, JobActor>();
  readonly #running = new Map<string, Running>();
  #isClosed = false;

  constructor(deps: JobPoolDeps) {
    this.#deps = deps;
    const { log, logs } = deps;
    this.#keeper = new Keeper<Job>({
      ...deps,
      kind: 'job',
      isEnded: ({ state }) => ENDED.has(state),
      // Nobody else writes what belongs to this data directory.
      onEnded: () => undefined,
      report: (error) => {
        if (error === null) log.info({}, 'jobs: written again');
        else log.warn({}, `jobs: not written, tried again: ${error}`);
      },
    });
    this.#machine = jobMachine.provide({
      actors: { process: fromPromise<JobEnd, Job>(({ input }) => this.#run(input)) },
      actions: {
        keep: ({ context: { job } }) => {
          this.#jobs.set(job.id, job);
          this.#keeper.put(job);
        },
        report: ({ context }) => reportJob(log, logs, context.job),
        terminate: ({ context }) => {
          const running = this.#running.get(context.job.id);
          running?.giveUp.abort();
          running?.process?.terminate();
        },
        kill: ({ context }) => this.#running.get(context.job.id)?.process?.kill(),
      },
    });
  }

  /** Goes on with the jobs of earlier lives. @throws StoreError */
  async load(): Promise<void> {
    const { home, logs } = this.#deps;
    for (const kept of await this.#keeper.readNews()) {
      if (kept.home !== home) continue;
      const isOld = ENDED.has(kept.state) && (kept.endedAtS ?? 0) < this.#nowS() - KEPT_S;
      if (goesOn(kept)) this.#takeUp(kept);
      else if (!isOld) this.#jobs.set(kept.id, kept);
      else {
        await this.#keeper.remove(kept.id);
        await logs.remove(kept.id);
      }
    }
  }

  /** Open jobs are told to end their processes, and stay as they are for the next life. */
  stopAll(): void {
    this.#isClosed = true;
    for (const actor of this.#actors.values()) actor.send({ type: 'stop' });
  }

  async close(): Promise<void> {
    this.stopAll();
    await Promise.all(Array.from(this.#actors.values(), hasEnded));
    await this.#keeper.close();
  }

  async create(order: JobOrder): Promise<DescribedJob> {
    if (this.#isClosed) throw new AppError('aborted', 'the daemon is being stopped');
    if (this.#actors.size >= MAX_OPEN) {
      throw new AppError('usage', `${this.#actors.size} jobs have not ended`, {
        advice: 'wait for them, or stop some: tdl jobs list',
      });
    }
    const { home, random } = this.#deps;
    const id = shortId(random, (taken) => this.#jobs.has(taken));
    const job = newJob(order, { id, home, madeAtS: this.#nowS() });
    await this.#keeper.add(job);
    this.#start(job);
    return describeJob(this.#get(id));
  }

  list(): Promise<DescribedJob[]> {
    const newestFirst = [...this.#jobs.values()].reverse().sort((a, b) => b.madeAtS - a.madeAtS);
    return Promise.resolve(newestFirst.map(describeJob));
  }

  async inspect(id: string): Promise<DescribedJob> {
    return Promise.resolve(describeJob(this.#get(id)));
  }

  async logs(id: string, question: JobLogQuestion): Promise<JobLogLine[]> {
    return this.#deps.logs.read(this.#get(id).id, question);
  }

  async stop(id: string): Promise<DescribedJob> {
    const { state } = this.#get(id);
    const actor = this.#actors.get(id);
    if (actor === undefined) throw new AppError('usage', `job ${id} has ended already: ${state}`);
    actor.send({ type: 'job.stop' });
    await hasEnded(actor);
    await this.#keeper.flush();
    return describeJob(this.#get(id));
  }

  async remove(id: string): Promise<void> {
    const { state } = this.#get(id);
    if (this.#actors.has(id)) {
      throw new AppError('usage', `job ${id} is ${state}`, { advice: `first: tdl jobs stop ${id}` });
    }
    await this.#keeper.flush();
    await this.#keeper.remove(id);
    this.#jobs.delete(id);
    await this.#deps.logs.remove(id);
  }

  #takeUp(kept: Job): void {
    const job = takenUp(kept, this.#nowS());
    if (ENDED.has(job.state)) {
      this.#jobs.set(job.id, job);
      this.#keeper.put(job);
    } else this.#start(job);
  }

  #start(job: Job): void {
    const actor = createActor(this.#machine, {
      clock: this.#deps.time,
      id: `job-${job.id}`,
      input: { job, graceMs: GRACE_MS, nowS: () => this.#nowS() },
    });
    this.#actors.set(job.id, actor);
    const forget = () => {
      this.#actors.delete(job.id);
      this.#giveTurn();
    };
    actor.subscribe({ next: () => this.#giveTurn(), complete: forget, error: forget });
    actor.start();
    this.#giveTurn();
  }

  /** One at a time, for the machine has a feed to write; whoever began least often is first. */
  #giveTurn(): void {
    const actors = [...this.#actors.values()].map((actor) => ({ actor, now: actor.getSnapshot() }));
    if (this.#isClosed || actors.some(({ now }) => now.hasTag('active'))) return;
    const [next] = actors
      .filter(({ now }) => now.hasTag('queued'))
      .sort(
        ({ now: { context: a } }, { now: { context: b } }) =>
          a.job.restarts - b.job.restarts || a.job.madeAtS - b.job.madeAtS,
      );
    next?.actor.send({ type: 'job.turn' });
  }

  async #run(job: Job): Promise<JobEnd> {
    const running: Running = { giveUp: new AbortController(), process: null };
    this.#running.set(job.id, running);
    try {
      running.process = await this.#deps.runner.start(job, running.giveUp.signal);
      const end = await running.process.ended;
      await this.#deps.runner.settle(job.id);
      return end;
    } finally {
      this.#running.delete(job.id);
    }
  }

  #get(id: string): Job {
    const job = this.#jobs.get(id);
    if (job !== undefined) return job;
    throw new AppError('usage', `there is no job "${id}"`, {
      advice: didYouMean(id, [...this.#jobs.keys()], 'see tdl jobs list'),
    });
  }

  #nowS(): number {
    return Math.floor(this.#deps.time.now() / 1000);
  }
}

async function hasEnded(actor: JobActor): Promise<void> {
  await waitFor(actor, ({ status }) => status !== 'active', { timeout: Infinity });
}
