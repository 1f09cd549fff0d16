import { access } from 'node:fs/promises';
import type { Bootstrap } from '../../app/bootstrap.ts';
import { readHeard, tellDays } from '../../app/heard.ts';
import { findDaemon } from '../../app/control/client.ts';
import { describeWorker, reachableUrl, whoWorks, type Workers } from '../../app/instance.ts';
import { describeError, EXIT } from '../../domain/errors.ts';
import { withSettings } from '../one-shot.ts';
import { say } from '../say.ts';
import { dayLines, statusLines, type Told } from './status-lines.ts';

const PATIENCE_MS = 3_000;
const LOOKS_ONLY = true;

interface Found extends Workers {
  readonly dataDir: string;
  readonly status: Told | null;
  /** Why there is no status. */
  readonly unknown: string | null;
}

/** `status [--json]`: who works on the data directory, and what it says of itself over its socket, else over HTTP. Ends with 1 when there is no daemon. */
export function run({ json }: { readonly json: boolean }): Promise<number> {
  return withSettings(async (base) => {
    const found = await look(base);
    if (json) say(`${JSON.stringify(found)}\n`);
    else say(`${[...(await lines(found, base))].join('\n')}\n`);
    return found.daemon === null ? EXIT.failure : EXIT.ok;
  }, LOOKS_ONLY);
}

async function look({ config, paths }: Bootstrap): Promise<Found> {
  const found = { dataDir: paths.dataDir, ...(await whoWorks({ paths })) };
  if (found.daemon === null) return { ...found, status: null, unknown: null };
  const told = await (await findDaemon({ paths }))?.call('status').catch(() => null);
  if (told !== undefined && told !== null) return { ...found, status: told as Told, unknown: null };
  // Of an earlier version, or without a socket.
  return { ...found, ...(await ask(config.httpListen)) };
}

async function ask(listen: Bootstrap['config']['httpListen']): Promise<Pick<Found, 'status' | 'unknown'>> {
  const base = reachableUrl(listen);
  if (base === null) return { status: null, unknown: 'http_listen is null' };
  const url = `${base}/status`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`it says ${response.status}`);
    return { status: (await response.json()) as Told, unknown: null };
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    return { status: null, unknown: `${url} does not answer: ${describeError(cause ?? error)}` };
  }
}

async function lines(found: Found, { config, paths, now }: Bootstrap): Promise<string[]> {
  const { dataDir, daemon, leftBehind, status, unknown } = found;
  const importing = found.import === null ? [] : [`tdl import: ${describeWorker(found.import)}`];
  if (daemon === null) {
    const why = leftBehind === null ? '' : ` (left behind: ${leftBehind})`;
    const hint = [paths.configFile, dataDir].map((path) => access(path));
    const isElsewhere = (await Promise.allSettled(hint)).every(({ status: end }) => end === 'rejected');
    return [
      `no daemon works on ${dataDir}${why}`,
      ...(isElsewhere
        ? [
            `neither it nor ${paths.configFile} is there: go to the daemon's working directory, or set TD_LISTENER_CONFIG and TD_DATA`,
          ]
        : []),
      ...importing,
      ...(isElsewhere ? [] : await daysWithout(paths, now.ms)),
    ];
  }
  // A port that was chosen at the start is known to the log only.
  const page = config.api && config.httpListen?.port !== 0 ? reachableUrl(config.httpListen) : null;
  return [
    `${dataDir} is in use by ${describeWorker(daemon)}`,
    ...(page === null ? [] : [`its page: ${page}/`]),
    ...importing,
    ...(status === null
      ? [`what it is doing is not known: ${unknown ?? ''}`]
      : statusLines(status, Date.now())),
  ];
}

/** What is missing, and goes on to be. */
async function daysWithout(
  { heardFile, replayedFile }: Bootstrap['paths'],
  nowMs: number,
): Promise<string[]> {
  const heard = await readHeard(heardFile);
  if (heard.spans.length === 0) return [];
  return dayLines(tellDays(heard, replayedFile, nowMs)).map(([what, text]) => `${what.padEnd(4)}  ${text}`);
}
