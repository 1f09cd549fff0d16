import { setFlagsFromString } from 'node:v8';
import { bootstrap, type Bootstrap } from '../../app/bootstrap.ts';
import { run as runSystem } from '../../app/daemon.ts';
import { offerInspector } from '../../app/http/inspector.ts';
import { launch } from '../../app/launch.ts';
import { EXIT } from '../../domain/errors.ts';
import { INSPECTOR_PORT, type Command } from '../arguments.ts';

type DaemonCommand = Extract<Command, { verb: 'daemon' }>;

/**
 * The daemon, until it is stopped.
 *
 * It keeps V8's space for new objects at its first size: grown, it lets dead ones lie about, and the buffers of messages and
 * sockets with them (468 instead of 346 MiB under a crowd of clients). What that costs, a tenth to a quarter of the most it
 * could write, the feed does not need; one-shots, which are to be fast, keep V8's own way.
 */
export async function run(command: DaemonCommand): Promise<number> {
  setFlagsFromString('--semi-space-growth-factor=1');
  const base = await bootstrap(
    { cwd: process.cwd(), env: process.env },
    { logTo: 'stdout', overrides: command.overrides },
  );
  try {
    return await runOn(base, command);
  } finally {
    await base.log.close();
  }
}

async function runOn(base: Bootstrap, { update, inspect }: DaemonCommand): Promise<number> {
  const { system, close, reconfigure } = await launch(base, update);
  let code: number = EXIT.failure;
  try {
    const inspector = offerInspector(system, base.log, INSPECTOR_PORT);
    if (inspect !== null) await inspector.attach(inspect);
    code = await runSystem(system, base, reconfigure).finally(inspector.close);
  } finally {
    await close(code === EXIT.ok);
  }
  base.log.info({ code }, 'stopped');
  return code;
}
