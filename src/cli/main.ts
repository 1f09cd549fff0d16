import { readFileSync } from 'node:fs';
import { bootstrap, type Bootstrap } from '../app/bootstrap.ts';
import { HELP, INSPECTOR_PORT, parseArguments, type Command } from './arguments.ts';
import { exportNow, stats } from './one-shots.ts';
import { replay } from './replay.ts';
import { AppError, describeError, StoreError } from '../domain/errors.ts';
import { answeringFor } from '../app/api.ts';
import { serveHttp } from '../app/http.ts';
import { createStore } from '../app/store.ts';
import { createZmqFeed } from '../infra/feed/zmq-feed.ts';
import { offerInspector } from '../app/inspector.ts';
import { claimInstance } from '../app/instance.ts';
import { assemble, EXIT, run } from '../app/daemon.ts';

/** For whoever reads our output slowly. */
const LAST_WORDS_MS = 1_000;

/** What downloads that still run may take when the daemon has ended in order. */
const HTTP_GRACE_MS = 2_000;

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  const command = parseArguments(argv);
  if (command.verb === 'help') return say(HELP);
  if (command.verb === 'version') return say(`tradedangerous-listener ${version()}\n`);
  if (command.verb === 'graph') {
    const { graph } = await import('./graph.ts');
    return say(graph(command));
  }
  const at = { cwd: process.cwd(), env: process.env };
  if (command.verb === 'check-config') {
    const { checkConfig } = await import('./check-config.ts');
    return (await checkConfig(at, (line) => say(`${line}\n`))) ? EXIT.ok : EXIT.failure;
  }
  const base =
    command.verb === 'run' ? await bootstrap(at, 'stdout', command.overrides) : await bootstrap(at, 'stderr');
  try {
    return await execute(command, base);
  } finally {
    await base.log.flush();
  }
}

async function execute(command: Command, base: Bootstrap): Promise<number> {
  switch (command.verb) {
    case 'stats':
      return say(`${await stats(base)}\n`);
    case 'export-live':
      return say(`${await exportNow(base, 'live')}\n`);
    case 'export-dump':
      return say(`${await exportNow(base, 'all')}\n`);
    case 'import': {
      const { importNow } = await import('./import.ts');
      return say(`${await importNow(base, command)}\n`);
    }
    case 'publish': {
      const { publishNow } = await import('./publish.ts');
      return say(`${await publishNow(base)}\n`);
    }
    case 'purge':
    case 'maintain': {
      const { maintainNow, purgeNow } = await import('./maintain.ts');
      return say(`${await (command.verb === 'purge' ? purgeNow : maintainNow)(base, command)}\n`);
    }
    case 'status': {
      const { status } = await import('./status.ts');
      return (await status(base, (text) => say(`${text}\n`))) ? EXIT.ok : EXIT.failure;
    }
    case 'replay':
      return replay(base, command.file);
    case 'sample': {
      const { sample } = await import('./sample.ts');
      await sample(base, { ...command, show: (line) => say(`${line}\n`) });
      return EXIT.ok;
    }
    case 'run':
      return runDaemon(base, command);
    default:
      throw new Error(`${command.verb} is done before the configuration is read`);
  }
}

async function runDaemon(
  base: Bootstrap,
  { update, inspect }: Extract<Command, { verb: 'run' }>,
): Promise<number> {
  const instance = await claimInstance(base);
  try {
    const feed = createZmqFeed(base.config.eddnUrl);
    base.log.info(
      { version: version(), feed: feed.description },
      `tradedangerous-listener ${version()}, feed ${feed.description}`,
    );
    const answering = await answeringFor(base, await createStore(base));
    const system = await assemble(base, feed, { update, store: answering.store });
    const http = await serveHttp(base, system, { version: version(), update, api: answering.api });
    const inspector = offerInspector(system, base.log, INSPECTOR_PORT);
    if (inspect !== null) await inspector.attach(inspect);
    const code = await run(system, base).finally(inspector.close);
    await http?.close(code === EXIT.ok ? HTTP_GRACE_MS : 0);
    await answering.close();
    base.log.info({ code }, 'stopped');
    return code;
  } finally {
    instance.release();
  }
}

function say(text: string): number {
  process.stdout.write(text);
  return EXIT.ok;
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** Wrong usage and wrong set-up are 2; what may pass by itself (a database that is away) is 1. */
function exitCode(error: unknown): number {
  if (error instanceof StoreError) return error.retryable ? EXIT.failure : EXIT.setup;
  return error instanceof AppError && /^(usage|config\.|dbConfig\.|paths\.)/.test(error.code)
    ? EXIT.setup
    : EXIT.failure;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = exitCode(error);
}
// A drain that was cut short, a thread that hangs, or a reader that has stopped reading must not keep the process.
setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
process.stdout.write('', () => process.exit());
