import { needDaemon } from '../../app/control/client.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

/** `jobs remove ID` */
export function run({ id }: { readonly id: string }): Promise<number> {
  return withSettings(async (base) => {
    await (await needDaemon(base)).call('jobs.remove', { id });
    return say(`job ${id} is forgotten\n`);
  }, LOOKS_ONLY);
}
