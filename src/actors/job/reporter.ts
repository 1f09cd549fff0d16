import { describeWork, restartDelayMs, type Job } from '../../domain/jobs/job.ts';
import type { JobLogs } from '../../domain/ports/upkeep/jobs.ts';
import type { Log } from '../../domain/ports/log.ts';

/** A line for each state of a job: in the daemon's log and in its own. */
export function reportJob(log: Log, logs: Pick<JobLogs, 'append'>, job: Job): void {
  const { id, state, work, restarts, exitCode, reason } = job;
  const line = {
    starting:
      reason === null
        ? `${describeWork(work)} waits for its turn`
        : `${reason}; begins again in ${restartDelayMs(job) / 1000} s (restart ${restarts})`,
    running: describeWork(work),
    stopping: 'is being stopped',
    stopped: `stopped: ${reason ?? ''}`,
    failed: `failed: ${reason ?? ''}`,
  }[state];
  const facts = { job: id, state, restarts, exitCode };
  const level = state === 'failed' ? 'warn' : 'info';
  log[level](facts, `job ${id}: ${line}`);
  logs.append(id, { level, msg: line });
}
