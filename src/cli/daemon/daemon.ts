import { answeringFor } from '../../app/ports/api.ts';
import { bootstrap, type Bootstrap } from '../../app/bootstrap.ts';
import { assemble, run as runSystem } from '../../app/daemon.ts';
import { serveHttp } from '../../app/http.ts';
import { offerInspector } from '../../app/inspector.ts';
import { claimInstance, keepPidFile } from '../../app/instance.ts';
import { relayFeed } from '../../app/ports/feed.ts';
import { createStore } from '../../app/ports/store.ts';
import { version } from '../../app/version.ts';
import { EXIT } from '../../domain/errors.ts';
import { INSPECTOR_PORT, type Command } from '../arguments.ts';

type DaemonCommand = Extract<Command, { verb: 'daemon' }>;

/** What downloads that still run may take when the daemon has ended in order. */
const HTTP_GRACE_MS = 2_000;

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
  const instance = await claimInstance(base);
  const pidFile = keepPidFile(base);
  try {
    const feed = relayFeed(base);
    base.log.info(
      { version: version(), feed: feed.description },
      `tradedangerous-listener ${version()}, feed ${feed.description}`,
    );
    const tokens = await createStore(base);
    const answering = await answeringFor(base, tokens);
    const system = await assemble(base, feed, { update, store: answering.store });
    const http = await serveHttp(base, system, { version: version(), update, api: answering.api, tokens });
    const inspector = offerInspector(system, base.log, INSPECTOR_PORT);
    if (inspect !== null) await inspector.attach(inspect);
    const code = await runSystem(system, base).finally(inspector.close);
    await http?.close(code === EXIT.ok ? HTTP_GRACE_MS : 0);
    await answering.close();
    base.log.info({ code }, 'stopped');
    return code;
  } finally {
    pidFile.release();
    instance.release();
  }
}
