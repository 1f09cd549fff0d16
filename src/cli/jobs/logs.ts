import { needDaemon } from '../../app/control/client.ts';
import type { JobLogLine } from '../../domain/ports/upkeep/jobs.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';
import type { JobsCommand } from './arguments.ts';

const LOOKS_ONLY = true;

/** `jobs logs ID [--level LEVEL] [--since TIME] [--json]` */
export function run({
  id,
  level,
  since,
  json,
}: Extract<JobsCommand, { verb: 'jobs-logs' }>): Promise<number> {
  return withSettings(async (base) => {
    const daemon = await needDaemon(base);
    const lines = (await daemon.call('jobs.logs', { id, level, since })) as JobLogLine[];
    return say(lines.map((line) => (json ? `${JSON.stringify(line)}\n` : logLine(line))).join(''));
  }, LOOKS_ONLY);
}

function logLine({ time, level, msg }: JobLogLine): string {
  return `${time} ${level.padEnd(5)} ${msg}\n`;
}
