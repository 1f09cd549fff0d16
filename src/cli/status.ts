import type { SystemReport } from '../actors/observing/status.ts';
import type { Bootstrap } from '../app/bootstrap.ts';
import { describeError, EXIT } from '../domain/errors.ts';
import { describeOwner, inspectInstance } from '../infra/process/instance-lock.ts';
import { withSettings } from './one-shot.ts';
import { say } from './say.ts';

const PATIENCE_MS = 3_000;

/**
 * `status`: who works on the data directory, and what it says of itself over HTTP. Ends with 1 when there is none.
 */
export function run(): Promise<number> {
  return withSettings(async (base) => ((await status(base)) ? EXIT.ok : EXIT.failure));
}

/** @returns whether a daemon runs */
async function status({ config, paths }: Bootstrap): Promise<boolean> {
  const show = (text: string) => say(`${text}\n`);
  const occupation = await inspectInstance(paths.instanceFile);
  if (occupation.state !== 'held') {
    const left =
      occupation.state === 'stale' ? ` (${paths.instanceFile} was left behind: ${occupation.reason})` : '';
    show(`no daemon works on ${paths.dataDir}${left}`);
    return false;
  }
  show(`${paths.dataDir} is in use by ${describeOwner(occupation.owner)}`);
  if (config.httpListen === null) {
    show('what it is doing is not known: http_listen is null');
    return true;
  }
  const { host, port } = config.httpListen;
  const url = `http://${reachable(host)}:${port}/status`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const { notReady, actors } = (await response.json()) as Pick<SystemReport, 'notReady' | 'actors'>;
    show(notReady.length === 0 ? 'ready' : `not ready: ${notReady.join('; ')}`);
    const width = Math.max(...actors.map(({ name }) => name.length));
    for (const { name, state, since } of actors) show(`  ${name.padEnd(width)}  ${state}, since ${since}`);
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    show(`what it is doing is not known: ${url} does not answer: ${describeError(cause ?? error)}`);
  }
  return true;
}

/** How a server that listens there is reached from here. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
