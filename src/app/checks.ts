import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { connect, createServer, type NetConnectOpts } from 'node:net';
import { dirname, join } from 'node:path';
import type { LoadedDatabaseConfig } from '../config/database.ts';
import type { Config } from '../config/load.ts';
import type { Paths } from '../config/paths.ts';
import { describeLast, StoreError } from '../domain/errors.ts';
import type { Generation } from '../domain/generation.ts';
import { countJournals, findJournalFolders } from '../infra/journal/find-folders.ts';
import { createLog } from '../infra/log/log.ts';
import { isPublic, missingFiles } from '../infra/publishing/published-set.ts';
import { checkDump, isUrl, SPANSH_URLS } from '../infra/spansh/download.ts';
import { ask } from '../infra/web/request.ts';
import type { Bootstrap } from './bootstrap.ts';
import { brokerAddress } from './ports/broker.ts';
import { relayFeed } from './ports/feed.ts';
import { createQueries, createStore } from './ports/store.ts';
import { aheadOfClock } from './times.ts';

/** `warn`: the daemon starts and works, but an operator should know. */
type Level = 'ok' | 'warn' | 'fail';

export interface Finding {
  readonly level: Level;
  /** What was looked at. */
  readonly about: string;
  /** What was found, and what to do about it. */
  readonly text: string;
}

const PATIENCE_MS = 10_000;
const LOOKS_ONLY = true;

export async function checkCredentials({ database, file }: LoadedDatabaseConfig): Promise<Finding> {
  const about = 'credentials';
  if (database.backend === 'sqlite') {
    return { level: 'ok', about, text: `none needed for SQLite${file === null ? '' : ` (${file})`}` };
  }
  const where = file ?? 'the database INI';
  const { mode } = file === null ? { mode: 0 } : await stat(file);
  if (database.password !== '' && (mode & 0o077) !== 0 && process.platform !== 'win32') {
    return {
      level: 'warn',
      about,
      text: `other users of this machine may read the password in ${where} (chmod 600 ${where})`,
    };
  }
  return { level: 'ok', about, text: `user ${database.user} from ${where}` };
}

/** Made at the start if it is missing: then the directory above counts. */
export async function checkDirectory(directory: string): Promise<Finding> {
  const about = 'path';
  for (let path = directory; ; path = dirname(path)) {
    const found = await stat(path).catch(() => null);
    if (found === null && path !== dirname(path)) continue;
    const isUsable =
      found?.isDirectory() === true &&
      (await access(path, constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      ));
    if (!isUsable) {
      return {
        level: 'fail',
        about,
        text: `${path} is no directory this user may write (needed: ${directory})`,
      };
    }
    return { level: 'ok', about, text: path === directory ? directory : `${directory} will be made` };
  }
}

export async function checkDatabase(
  config: Config,
  database: LoadedDatabaseConfig['database'],
): Promise<{ readonly finding: Finding; readonly generation: Generation | null }> {
  const about = 'database';
  const log = createLog({ to: 'stderr', verbose: false, debug: false });
  const store = await createStore({ config, database, log }, LOOKS_ONLY);
  try {
    const { description, generation } = await store.open();
    const text = `${description}, ${generation}`;
    const ahead = await aheadOfClock(store);
    const finding: Finding =
      ahead === null ? { level: 'ok', about, text } : { level: 'warn', about, text: `${text}; ${ahead}` };
    return { finding, generation };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'empty') {
      const text = `${error.message}: the first start makes what is missing`;
      return { finding: { level: 'ok', about, text }, generation: null };
    }
    return { finding: { level: 'fail', about, text: describeLast(error) }, generation: null };
  } finally {
    await store.close();
  }
}

/** Whether the replica answers, and how far it is. */
export async function checkReplica(
  database: Extract<LoadedDatabaseConfig['database'], { backend: 'mariadb' }>,
): Promise<Finding> {
  const about = 'replica';
  const queries = await createQueries({ database });
  try {
    await queries.items();
    const lagS = (await queries.replicaLag())?.lagS ?? null;
    return lagS === null
      ? {
          level: 'warn',
          about,
          text: 'answers; how far it lags is unknown (is there a binary log on the server?)',
        }
      : { level: 'ok', about, text: `answers, at most ${lagS.toFixed(1)} s behind` };
  } catch (error) {
    return { level: 'fail', about, text: describeLast(error) };
  } finally {
    await queries.close();
  }
}

/** @returns null: there is none */
export async function checkBroker(base: Pick<Bootstrap, 'at' | 'config'>): Promise<Finding | null> {
  const address = brokerAddress(base);
  if (address === null) return null;
  const about = 'broker';
  const { describeBroker } = await import('../infra/broker/describe.ts');
  try {
    return { level: 'ok', about, text: await describeBroker(address) };
  } catch (error) {
    return { level: 'fail', about, text: describeLast(error) };
  }
}

/** @param generation null: the database holds nothing to publish, or cannot be asked */
export async function checkPublicFiles(
  generation: Generation | null,
  { csvDir, exportDir }: Paths,
): Promise<Finding> {
  const about = 'public files';
  if (generation === null) return { level: 'ok', about, text: 'published once the database is filled' };
  const live = join(exportDir, 'listings-live.csv');
  const missing = [
    ...(await missingFiles(generation, { csvDir, exportDir })),
    ...((await isPublic(live)) ? [] : [live]),
  ];
  if (missing.length === 0) return { level: 'ok', about, text: `all in ${exportDir} and ${csvDir}` };
  const text = `missing: ${missing.join(', ')} (tdl publish makes them now; the daemon does by and by, with --no-update only listings-live.csv)`;
  return { level: 'warn', about, text };
}

/** Folders of journals that are followed, or else those that could be. */
export async function checkJournals(
  journalDirs: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Finding[]> {
  const about = 'journals';
  if (journalDirs.length === 0) {
    const found = await findJournalFolders(env);
    const text = `none are read; journal_dirs could follow ${found.join(', ')}`;
    return found.length === 0 ? [] : [{ level: 'ok', about, text }];
  }
  return Promise.all(
    journalDirs.map((folder) =>
      countJournals(folder).then(
        (count): Finding => ({ level: 'ok', about, text: `${folder}: ${count} files` }),
        (error: unknown): Finding => ({
          level: 'warn',
          about,
          text: `${folder} cannot be read, and is tried again: ${describeLast(error)}`,
        }),
      ),
    ),
  );
}

export async function checkListen({ httpListen }: Config): Promise<Finding> {
  const about = 'http';
  if (httpListen === null) return { level: 'ok', about, text: 'off' };
  const { host, port } = httpListen;
  const shown = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const text =
        error.code === 'EADDRINUSE'
          ? `${shown} is taken (fine if it is the running daemon, else set http_listen to another one or null)`
          : `${describeLast(error)} (set http_listen to an address of this machine, or null)`;
      resolve({ level: error.code === 'EADDRINUSE' ? 'warn' : 'fail', about, text });
    });
    server.listen(port, host, () =>
      server.close(() => resolve({ level: 'ok', about, text: `${shown} is free` })),
    );
  });
}

const REFUSALS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
};

/** Of `tcp://host:port`, `tcp://[::1]:port` or `ipc://path`. */
function addressOf(url: string): NetConnectOpts {
  const [, host, port] = /^tcp:\/\/\[?(.+?)\]?:(\d+)$/.exec(url) ?? [];
  return host === undefined ? { path: url.slice('ipc://'.length) } : { host, port: Number(port) };
}

export async function checkRelay(config: Config): Promise<Finding> {
  const about = 'relay';
  const { eddnUrl } = config;
  const feed = relayFeed({ config });
  const timeout = setTimeout(() => feed.close(), PATIENCE_MS);
  let refusal = '';
  // ZeroMQ tries again without a word.
  const probe = connect(addressOf(eddnUrl)).on('error', (error: NodeJS.ErrnoException) => {
    refusal = `: ${REFUSALS[error.code ?? ''] ?? describeLast(error)}`;
    feed.close();
  });
  let connected = false as boolean;
  try {
    await feed.read({
      onConnected: () => {
        connected = true;
        feed.close();
      },
      onBatch: () => Promise.resolve(),
    });
  } catch (error) {
    return { level: 'fail', about, text: describeLast(error) };
  } finally {
    clearTimeout(timeout);
    probe.destroy();
  }
  if (connected) return { level: 'ok', about, text: `${eddnUrl} answers` };
  return {
    level: 'fail',
    about,
    text: `${eddnUrl} does not answer${refusal} (check eddn_url, the network, the firewall)`,
  };
}

export async function checkEdcd({ edcdSource }: Config): Promise<Finding> {
  const about = 'EDCD';
  const table = 'commodity.csv';
  try {
    if (isUrl(edcdSource)) {
      const answer = await ask('HEAD', `${edcdSource}/${table}`, { accept: [200], signal: patience() });
      await answer.body.dump();
    } else {
      await access(join(edcdSource, table), constants.R_OK);
    }
    return { level: 'ok', about, text: edcdSource };
  } catch (error) {
    const text = `${firstWords(error)} (what was fetched before stays in use; check edcd_source)`;
    return { level: 'warn', about, text };
  }
}

export async function checkSpansh({ spanshUrl, rules }: Config): Promise<Finding> {
  const about = 'Spansh';
  try {
    const sources = spanshUrl === null ? SPANSH_URLS : [spanshUrl];
    const { source, size } = await checkDump(sources, patience(), rules.maxClockSkewS);
    return { level: 'ok', about, text: size === null ? source : `${source}, ${size} bytes` };
  } catch (error) {
    const text = `${firstWords(error)} (the galaxy is not brought up to date; check spansh_url, or use --no-update)`;
    return { level: 'warn', about, text };
  }
}

function patience(): AbortSignal {
  return AbortSignal.timeout(PATIENCE_MS);
}

/** Without the advice of the daemon, which tries again. */
function firstWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
