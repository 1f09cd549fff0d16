import { needDaemon } from '../../app/control/client.ts';
import { describeWork, type DescribedJob } from '../../domain/jobs/job.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

/** `jobs show ID [--json]` */
export function run({ id, json }: { readonly id: string; readonly json: boolean }): Promise<number> {
  return withSettings(async (base) => {
    const job = (await (await needDaemon(base)).call('jobs.inspect', { id })) as DescribedJob;
    return say(json ? `${JSON.stringify(job)}\n` : jobLines(job));
  }, LOOKS_ONLY);
}

export function jobLines(job: DescribedJob): string {
  const { id, state, work, restart, maxRestarts, restarts, madeAt, startedAt, endedAt, exitCode, reason } =
    job;
  const most = maxRestarts === null ? '' : ` of at most ${maxRestarts}`;
  const facts: readonly (readonly [string, string | number | null])[] = [
    ['job', id],
    ['state', state],
    ['work', describeWork(work)],
    ['restart', `${restart}, ${restarts}${most} so far`],
    ['made', madeAt],
    ['started', startedAt],
    ['ended', endedAt],
    ['exit code', exitCode],
    ['reason', reason],
  ];
  return facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(10)} ${value}\n`])).join('');
}
