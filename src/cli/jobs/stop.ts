import { needDaemon } from '../../app/control/client.ts';
import type { DescribedJob } from '../../domain/jobs/job.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';
import { jobLines } from './show.ts';

const LOOKS_ONLY = true;

/** `jobs stop ID` */
export function run({ id }: { readonly id: string }): Promise<number> {
  return withSettings(async (base) => {
    const daemon = await needDaemon(base);
    return say(jobLines((await daemon.call('jobs.stop', { id })) as DescribedJob));
  }, LOOKS_ONLY);
}
