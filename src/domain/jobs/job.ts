import { isoTime } from '../timestamp.ts';

/** Finite work that was asked for from outside. */
export type JobWork =
  /** @property files absolute paths of files and folders */
  | { readonly kind: 'replay'; readonly files: readonly string[]; readonly again: boolean }
  /** @property from `YYYY-MM-DD`, UTC. @property to the last one, as `from` */
  | { readonly kind: 'backfill'; readonly from: string; readonly to: string };

export type JobState = 'starting' | 'running' | 'stopping' | 'stopped' | 'failed';

/**
 * When a job that has ended begins again. `always` and `unless-stopped` do so whatever its end was, too; one that somebody
 * has stopped begins again with the next start of the daemon under `always` only.
 */
export const RESTART_POLICIES = ['no', 'on-failure', 'always', 'unless-stopped'] as const;
export type RestartPolicy = (typeof RESTART_POLICIES)[number];

export interface JobOrder {
  readonly work: JobWork;
  readonly restart: RestartPolicy;
  /** How often it begins again at most; null: as often as it takes. */
  readonly maxRestarts: number | null;
}

/** With what a job's process has ended. */
export interface JobEnd {
  /** Null: it had none, because a signal ended it, or it never ran. */
  readonly exitCode: number | null;
  /** In words. */
  readonly reason: string;
}

/** A job as it is kept. */
export interface Job extends JobOrder {
  readonly id: string;
  /** Which data directory's it is: several daemons may share a database. */
  readonly home: string;
  readonly state: JobState;
  readonly restarts: number;
  /** Epoch seconds, as all times here. */
  readonly madeAtS: number;
  /** Of the last process; null: it has not run yet. */
  readonly startedAtS: number | null;
  readonly endedAtS: number | null;
  readonly exitCode: number | null;
  /** Why it is as it is: null while nothing is to be said. */
  readonly reason: string | null;
}

export const ENDED: ReadonlySet<JobState> = new Set(['stopped', 'failed']);

export function newJob(order: JobOrder, made: Pick<Job, 'id' | 'home' | 'madeAtS'>): Job {
  return {
    ...made,
    ...order,
    ...{ state: 'starting', restarts: 0, startedAtS: null, endedAtS: null, exitCode: null, reason: null },
  };
}

/** Unless the order says otherwise. */
export function defaultMaxRestarts(restart: RestartPolicy): number | null {
  return restart === 'on-failure' ? 5 : null;
}

const LONGEST_DELAY_S = 60;

/** Before the next beginning: 1, 2, 4 ... 60 seconds. */
export function restartDelayMs({ restarts }: Pick<Job, 'restarts'>): number {
  return 1_000 * Math.min(LONGEST_DELAY_S, 2 ** Math.max(0, restarts - 1));
}

/** Whether a job that has ended so begins again. */
export function beginsAgain({ restart, restarts, maxRestarts }: Job, { exitCode }: JobEnd): boolean {
  if (restart === 'no' || restarts >= (maxRestarts ?? Infinity)) return false;
  return restart !== 'on-failure' || exitCode !== 0;
}

/** Whether a new life of the daemon takes it up. One whose daemon was killed goes on, whatever its policy. */
export function goesOn({ state, restart }: Job): boolean {
  if (state === 'stopped') return restart === 'always';
  if (state === 'failed') return restart === 'always' || restart === 'unless-stopped';
  return true;
}

/** As the next life of the daemon takes it up: what was asked to stop has stopped. */
export function takenUp(job: Job, nowS: number): Job {
  if (job.state === 'stopping') {
    return { ...job, state: 'stopped', endedAtS: nowS, reason: 'stopped, and the daemon with it' };
  }
  if (!ENDED.has(job.state)) return { ...job, state: 'starting' };
  return { ...job, state: 'starting', restarts: 0, endedAtS: null };
}

/** A job for programs and people; times are ISO 8601. */
export function describeJob(job: Job) {
  const { id, state, work, restart, maxRestarts, restarts, exitCode, reason } = job;
  return {
    ...{ id, state, work, restart, maxRestarts, restarts, exitCode, reason },
    ...{ madeAt: isoTime(job.madeAtS), startedAt: isoTime(job.startedAtS), endedAt: isoTime(job.endedAtS) },
  };
}

export type DescribedJob = ReturnType<typeof describeJob>;

/** In a few words. */
export function describeWork(work: JobWork): string {
  return work.kind === 'replay'
    ? `replay ${work.files.join(' ')}${work.again ? ' --again' : ''}`
    : `backfill ${work.from} to ${work.to}`;
}
