import { resolve } from 'node:path';
import { needDaemon } from '../../app/control/client.ts';
import type { DescribedJob, JobWork } from '../../domain/jobs/job.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';
import type { JobsCommand } from './arguments.ts';

const LOOKS_ONLY = true;

/** `jobs create replay|backfill ...`: says the id. */
export function run({
  work,
  restart,
  maxRestarts,
}: Extract<JobsCommand, { verb: 'jobs-create' }>): Promise<number> {
  return withSettings(async (base) => {
    const daemon = await needDaemon(base);
    const order = { work: absolute(work), restart, maxRestarts };
    const { id } = (await daemon.call('jobs.create', order)) as DescribedJob;
    return say(`${id}\n`);
  }, LOOKS_ONLY);
}

/** The daemon stands elsewhere. */
export function absolute(work: JobWork): JobWork {
  return work.kind === 'replay' ? { ...work, files: work.files.map((file) => resolve(file)) } : work;
}
