import { bootstrap, type Bootstrap } from '../../app/bootstrap.ts';
import { run as runSystem } from '../../app/daemon.ts';
import { offerInspector } from '../../app/http/inspector.ts';
import { launch } from '../../app/launch.ts';
import { EXIT } from '../../domain/errors.ts';
import { INSPECTOR_PORT, type Command } from '../arguments.ts';

type DaemonCommand = Extract<Command, { verb: 'daemon' }>;

/** The daemon, until it is stopped. */
export async function run(command: DaemonCommand): Promise<number> {
  const base = await bootstrap(
    { cwd: process.cwd(), env: process.env },
    { logTo: 'stdout', overrides: command.overrides },
  );
  try {
    return await runOn(base, command);
  } finally {
    await base.log.flush();
  }
}

async function runOn(base: Bootstrap, { update, inspect }: DaemonCommand): Promise<number> {
  const { system, close } = await launch(base, update);
  let code: number = EXIT.failure;
  try {
    const inspector = offerInspector(system, base.log, INSPECTOR_PORT);
    if (inspect !== null) await inspector.attach(inspect);
    code = await runSystem(system, base).finally(inspector.close);
  } finally {
    await close(code === EXIT.ok);
  }
  base.log.info({ code }, 'stopped');
  return code;
}
