import type { DescribedJob, Job, JobEnd, JobOrder } from '../../jobs/job.ts';

export const JOB_LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type JobLogLevel = (typeof JOB_LOG_LEVELS)[number];

/** A line of a job's log. */
export interface JobLogLine {
  /** Counts from 1 for each job. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly level: JobLogLevel;
  /** Part of its answer: what it would say on a terminal. */
  readonly answer: boolean;
  readonly msg: string;
}

export interface JobLogQuestion {
  /** This one, and what is worse. */
  readonly level: JobLogLevel;
  /** Epoch milliseconds; 0: from the first that is kept. */
  readonly sinceMs: number;
  /** Only lines with a greater number. */
  readonly after: number;
}

/** What a job says, on disk: the newest megabyte or two. */
export interface JobLogs {
  readonly append: (id: string, line: Pick<JobLogLine, 'level' | 'msg'> & { readonly answer?: true }) => void;
  /** The newest of those that fit, at most a thousand, oldest first. */
  readonly read: (id: string, question: JobLogQuestion) => Promise<JobLogLine[]>;
  /** What a job has left that was killed goes, too, but what waits in its spool. */
  readonly remove: (id: string) => Promise<void>;
}

/** A job's process. */
export interface JobProcess {
  /** Asks it to end. */
  readonly terminate: () => void;
  readonly kill: () => void;
  /** Never rejects. */
  readonly ended: Promise<JobEnd>;
}

export interface JobRunner {
  /**
   * Starts the process of a job, as soon as none is left of an earlier life; what it says goes to its log.
   * @throws when it cannot be started
   */
  readonly start: (job: Job, signal: AbortSignal) => Promise<JobProcess>;
  /** Takes over what the process has left to be written, unless another one works on the job. */
  readonly settle: (id: string) => Promise<void>;
}

/** What may be asked of jobs. */
export interface Jobs {
  readonly create: (order: JobOrder) => Promise<DescribedJob>;
  /** Newest first. */
  readonly list: () => Promise<DescribedJob[]>;
  /** @throws AppError `usage`: there is none */
  readonly inspect: (id: string) => Promise<DescribedJob>;
  readonly logs: (id: string, question: JobLogQuestion) => Promise<JobLogLine[]>;
  /** Resolves when it has ended. @throws AppError `usage`: there is none, or it has ended */
  readonly stop: (id: string) => Promise<DescribedJob>;
  /** @throws AppError `usage`: there is none, or it has not ended */
  readonly remove: (id: string) => Promise<void>;
}
