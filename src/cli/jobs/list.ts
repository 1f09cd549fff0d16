import { needDaemon } from '../../app/control/client.ts';
import { describeWork, type DescribedJob } from '../../domain/jobs/job.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

/** `jobs list [--json]`: a line each. */
export function run({ json }: { readonly json: boolean }): Promise<number> {
  return withSettings(async (base) => {
    const jobs = (await (await needDaemon(base)).call('jobs.list')) as DescribedJob[];
    if (json) return say(`${JSON.stringify(jobs)}\n`);
    if (jobs.length === 0) return say('no jobs: tdl jobs create makes one\n');
    return say(
      jobs
        .map(({ id, state, madeAt, restarts, work }) => {
          const again = restarts === 0 ? '' : `, restarted ${restarts} times`;
          return `${id}  ${state.padEnd(8)}  ${madeAt}  ${describeWork(work)}${again}\n`;
        })
        .join(''),
    );
  }, LOOKS_ONLY);
}
