import { setFlagsFromString } from 'node:v8';
import { bootstrap } from '../../app/bootstrap.ts';
import { runServing, serve } from '../../app/serving/serve.ts';
import type { Command } from '../arguments.ts';

type ServeCommand = Extract<Command, { verb: 'serve' }>;

/** `serve`: API, push and pages only, until it is stopped. Its space for new objects stays small, as the daemon's does. */
export async function run({ listen }: ServeCommand): Promise<number> {
  setFlagsFromString('--semi-space-growth-factor=1');
  const base = await bootstrap(
    { cwd: process.cwd(), env: process.env },
    { logTo: 'stdout', looksOnly: true, overrides: { pidFile: null, logFile: null } },
  );
  try {
    const code = await runServing(await serve(base, listen), base);
    base.log.info({ code }, 'stopped');
    return code;
  } finally {
    await base.log.close();
  }
}
