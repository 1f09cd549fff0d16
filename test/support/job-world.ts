import { JobPool } from '../../src/actors/job/pool.ts';
import type { Job, JobEnd } from '../../src/domain/jobs/job.ts';
import type { JobLogLine, JobLogs, JobProcess, JobRunner } from '../../src/domain/ports/upkeep/jobs.ts';
import type { AggregateStore } from '../../src/domain/ports/store/aggregate-store.ts';
import { silentLog } from './http.ts';
import { SeededRandom } from './random.ts';
import { TourWorld } from './tour-world.ts';
import { ProcessTime } from './virtual-time.ts';

/** A process of a job that lives. */
interface LiveProcess {
  readonly id: string;
  readonly end: (end: JobEnd) => void;
}

export const DONE: JobEnd = { exitCode: 0, reason: 'done' };
export const BROKEN: JobEnd = { exitCode: 1, reason: 'ended with exit code 1' };
export const KILLED: JobEnd = { exitCode: null, reason: 'ended by SIGKILL' };

/** What several lives of a daemon share: the database, the processes of jobs, their logs. */
export class JobWorld {
  readonly tours = new TourWorld();
  readonly time = this.tours.time;
  readonly live: LiveProcess[] = [];
  readonly lines: (Pick<JobLogLine, 'level' | 'msg'> & { readonly id: string })[] = [];
  readonly settledJobs: string[] = [];
  /** What the operator hears of the database. */
  readonly told: string[] = [];
  /** How often a job's process was started. */
  readonly starts = new Map<string, number>();
  readonly violations: string[] = [];
  /** What a process does that is asked to end; null: nothing. */
  onTerminate: JobEnd | null = { exitCode: 143, reason: 'ended with exit code 143' };
  readonly #random = new SeededRandom(1);

  stored(id: string): Job | undefined {
    const kept = this.tours.kept.get(`job ${id}`);
    return kept && (JSON.parse(kept.json) as Job);
  }

  /** The job's process, which lives. */
  processOf(id: string): LiveProcess {
    return this.live.find((process) => process.id === id)!;
  }

  /** A life of a daemon. */
  begin(home = 'here') {
    const clock = new ProcessTime(this.time);
    let isKilled = false;
    const never = new Promise<never>(() => undefined);
    const alive = <T>(work: () => Promise<T>) =>
      isKilled ? never : work().then((t) => (isKilled ? never : t));
    const { store } = this.tours;
    const ours: AggregateStore = {
      aggregates: (kind) => alive(() => store.aggregates(kind)),
      putAggregate: (aggregate) => alive(() => store.putAggregate(aggregate)),
      removeAggregate: (kind, id) => alive(() => store.removeAggregate(kind, id)),
    };
    const started: LiveProcess[] = [];
    const runner: JobRunner = {
      start: async ({ id }, signal) => {
        while (this.live.some((process) => process.id === id)) await clock.after(250, signal);
        return this.#process(id, started, () => isKilled);
      },
      settle: (id) => alive(() => Promise.resolve(void this.settledJobs.push(id))),
    };
    const logs: JobLogs = {
      append: (id, line) => void this.lines.push({ id, ...line }),
      read: () => Promise.resolve([]),
      remove: () => Promise.resolve(),
    };
    const tell = (_: unknown, text: string) => {
      if (text.startsWith('jobs:')) this.told.push(text);
    };
    const pool = new JobPool({
      ...{ store: ours, runner, logs, home, time: clock, log: { ...silentLog, info: tell, warn: tell } },
      random: () => this.#random.next(),
    });
    return {
      pool,
      /** As `kill -9`: its processes notice some time later. */
      kill: (noticeMs: number) => {
        isKilled = true;
        clock.kill();
        this.time.setTimeout(() => {
          for (const { end } of started) end(KILLED);
        }, noticeMs);
      },
    };
  }

  #process(id: string, started: LiveProcess[], isKilled: () => boolean): JobProcess {
    if (this.live.some((process) => process.id === id)) this.violations.push(`${id} runs twice`);
    this.starts.set(id, (this.starts.get(id) ?? 0) + 1);
    const { promise, resolve } = Promise.withResolvers<JobEnd>();
    const process: LiveProcess = {
      id,
      end: (end) => {
        const at = this.live.indexOf(process);
        if (at >= 0) this.live.splice(at, 1);
        if (!isKilled()) resolve(end);
      },
    };
    this.live.push(process);
    started.push(process);
    return {
      terminate: () => this.onTerminate !== null && process.end(this.onTerminate),
      kill: () => process.end(KILLED),
      ended: promise,
    };
  }
}
