import { setTimeout as sleep } from 'node:timers/promises';
import type { Daemon } from '../../app/control/client.ts';
import { AppError, EXIT } from '../../domain/errors.ts';
import { ENDED, type DescribedJob, type JobWork } from '../../domain/jobs/job.ts';
import type { JobLogLine } from '../../domain/ports/upkeep/jobs.ts';
import { say } from '../say.ts';
import { absolute } from './create.ts';

const LOOK_MS = 300;

/**
 * Has the daemon do what a command would do itself where none works, and tells what is said meanwhile. Ctrl-C stops it.
 * @returns what the job's process ended with
 * @throws AppError `control`: the daemon has gone meanwhile
 */
export async function followJob(daemon: Daemon, work: JobWork): Promise<number> {
  const { id } = (await daemon.call('jobs.create', { work: absolute(work), restart: 'no' })) as DescribedJob;
  process.stderr.write(
    `process ${daemon.pid} works here, and does this as job ${id}: Ctrl-C stops it, tdl jobs show ${id} tells of it\n`,
  );
  const onSignal = () => void daemon.call('jobs.stop', { id }).catch(() => undefined);
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    for (let after = 0; ;) {
      const { state, exitCode, reason } = (await daemon.call('jobs.inspect', { id })) as DescribedJob;
      for (const { n, level, answer, msg } of (await daemon.call('jobs.logs', {
        id,
        after,
      })) as JobLogLine[]) {
        if (answer) say(`${msg}\n`);
        else if (level === 'warn' || level === 'error') process.stderr.write(`${msg}\n`);
        after = n;
      }
      if (ENDED.has(state)) return exitCode ?? (reason === null ? EXIT.ok : EXIT.failure);
      await sleep(LOOK_MS);
    }
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'control') throw cause;
    throw new AppError('control', `the daemon that does this as job ${id} has gone`, {
      advice: `the job goes on when it is started again: then tdl jobs show ${id} tells of it`,
      cause,
    });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
