import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { bootstrap, type Bootstrap } from '../../app/bootstrap.ts';
import { claimJob } from '../../app/instance.ts';
import { daysBetween } from '../../domain/eddn/archives.ts';
import { AppError } from '../../domain/errors.ts';
import type { JobWork } from '../../domain/jobs/job.ts';
import { backfillDays } from '../feed/backfill.ts';
import { replayArchives } from '../feed/replay.ts';

/** What the daemon tells the process of a job. */
interface Order {
  readonly id: string;
  readonly work: JobWork;
}

/**
 * `run-job`: what the daemon starts for a job, which it tells in the first line of standard input. That stays open as long as
 * the daemon lives: its end is as good as a SIGTERM, for the next life of the daemon begins the job again.
 * @throws AppError `instance.held`: another process works on this job
 */
export async function run(): Promise<number> {
  const { id, work } = await readOrder();
  const base = await bootstrap(
    { cwd: process.cwd(), env: process.env },
    { logTo: 'stderr', overrides: { logLevel: 'info' } },
  );
  const spoolFile = await claimJob(base, id);
  try {
    return await doWork({ ...base, paths: { ...base.paths, spoolFile } }, work);
  } finally {
    await base.log.close();
  }
}

function doWork(base: Bootstrap, work: JobWork): Promise<number> {
  const options = { besideDaemon: true };
  return work.kind === 'replay'
    ? replayArchives(base, { from: work.files, again: work.again }, options)
    : backfillDays(base, daysBetween(work.from, work.to) ?? [], options);
}

async function readOrder(): Promise<Order> {
  const lines = createInterface({ input: process.stdin });
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM'));
  try {
    return JSON.parse(line ?? '') as Order;
  } catch {
    throw new AppError('usage', 'run-job is what the daemon starts', { advice: 'see tdl help jobs' });
  }
}
