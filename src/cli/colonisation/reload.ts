import { needDaemon } from '../../app/control/client.ts';
import type { Reloaded } from '../../domain/ports/commanders/colonisation.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';

const LOOKS_ONLY = true;

/** `colonisation reload` */
export function run(): Promise<number> {
  return withSettings(async (base) => {
    const daemon = await needDaemon(base, 'journals are read by a daemon');
    const { files, lines, sites, problems } = (await daemon.call('journals.reload')) as Reloaded;
    const read = `read anew: ${files} journals, ${lines.toLocaleString('en-US')} lines, ${sites} builds\n`;
    const missing = problems.map((problem) => `not read: ${problem}\n`);
    const why = problems.length === 0 ? '' : 'so nothing that was known of builds is forgotten\n';
    return say([read, ...missing, why].join(''));
  }, LOOKS_ONLY);
}
