import { realpath } from 'node:fs/promises';
import { dirname, basename, join } from 'node:path';
import { AppError } from '../domain/errors.ts';
import type { Log } from '../domain/ports/log.ts';
import {
  acquireInstance,
  describeOwner,
  inspectInstance,
  type InstanceLock,
  type Owner,
  type Place,
} from '../infra/process/instance-lock.ts';
import { placesOf } from '../infra/jobs/places.ts';
import { writePidFile } from '../infra/process/pid-file.ts';
import type { Bootstrap } from './bootstrap.ts';

interface Claim extends Place {
  readonly file: string;
  /** What only this makes impossible is told by whoever meets it. */
  readonly optional?: true;
}

/**
 * Makes this process the only one that works on its data directory, its database file and its export folder, until it
 * releases them or exits.
 * @throws AppError `instance.held`, `instance.notWritable`
 */
export async function claimInstance(base: Bootstrap): Promise<{ readonly release: () => void }> {
  const held: InstanceLock[] = [];
  const release = () => {
    for (const { release: give } of held.reverse()) give();
  };
  process.once('exit', release);
  try {
    for (const claim of await claimsOf(base)) {
      const lock = await claimed(claim, base);
      if (lock !== null) held.push(lock);
    }
    return { release };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Makes this process the only one that works on a job, until it is gone: its file stays, for the next one may not begin while
 * this one is still ending.
 * @returns its spool file
 * @throws AppError `instance.held`, `instance.notWritable`
 */
export async function claimJob({ paths, log }: Bootstrap, id: string): Promise<string> {
  const { spoolFile, instanceFile } = placesOf(paths.jobsDir, id);
  const place = { name: `job ${id}`, advice: 'wait until it has ended', onWatch: tellWatch(log) };
  await acquireInstance(instanceFile, place);
  return spoolFile;
}

/**
 * Makes this process the only one that imports what somebody names; `tdl status` tells of it.
 * @throws AppError `instance.held`, `instance.notWritable`
 */
export function claimImport({
  paths,
  log,
}: Pick<Bootstrap, 'paths'> & { readonly log: Pick<Log, 'warn'> }): Promise<InstanceLock> {
  return acquireInstance(paths.importFile, {
    name: `tdl import on ${paths.dataDir}`,
    advice: 'wait until it has ended',
    onWatch: tellWatch(log),
  });
}

export { describeOwner as describeWorker } from '../infra/process/instance-lock.ts';

/** A process that works here, as it may be told. */
type Worker = Pick<Owner, 'pid' | 'host' | 'since'>;

export interface Workers {
  /** Null: no daemon runs. */
  readonly daemon: Worker | null;
  /** A file that a daemon which has ended left behind, and how it is known. */
  readonly leftBehind: string | null;
  /** A `tdl import` that runs. */
  readonly import: Worker | null;
}

/** How a server that listens there is reached from this machine; null: nobody can say. */
export function reachableUrl(listen: Bootstrap['config']['httpListen']): string | null {
  if (listen === null) return null;
  const { host, port } = listen;
  const any = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host];
  return `http://${any ?? (host.includes(':') ? `[${host}]` : host)}:${port}`;
}

/** Who works on the data directory. */
export async function whoWorks({ paths }: Pick<Bootstrap, 'paths'>): Promise<Workers> {
  const { instanceFile, importFile } = paths;
  const [daemon, running] = await Promise.all([instanceFile, importFile].map(inspectInstance));
  return {
    daemon: daemon?.state === 'held' ? told(daemon.owner) : null,
    leftBehind: daemon?.state === 'stale' ? `${instanceFile}: ${daemon.reason}` : null,
    import: running?.state === 'held' ? told(running.owner) : null,
  };
}

function told({ pid, host, since }: Owner): Worker {
  return { pid, host, since };
}

/** Writes the process number where the configuration wants it. @throws AppError `instance.held`, `paths.notWritable` */
export function keepPidFile({ paths }: Pick<Bootstrap, 'paths'>): { readonly release: () => void } {
  if (paths.pidFile === null) return { release: () => undefined };
  const release = writePidFile(paths.pidFile);
  process.once('exit', release);
  return { release };
}

/** Each once, however it is named. */
async function claimsOf({ paths, database }: Bootstrap): Promise<Claim[]> {
  const { instanceFile, dataDir, exportDir } = paths;
  const claims: Claim[] = [
    { file: instanceFile, name: dataDir, advice: 'give this one a data directory of its own (TD_DATA)' },
  ];
  if (database.backend === 'sqlite') {
    const { file } = database;
    claims.push({
      file: `${await realpath(file).catch(() => file)}.instance.json`,
      name: file,
      advice: 'give this one a database of its own (sqlite_filename)',
    });
  }
  claims.push({
    file: join(exportDir, basename(instanceFile)),
    name: exportDir,
    advice: 'give this one an export_path of its own',
    optional: true,
  });
  const seen = new Set<string>();
  const once: Claim[] = [];
  for (const claim of claims) {
    const folder = await realpath(dirname(claim.file)).catch(() => dirname(claim.file));
    const real = join(folder, basename(claim.file));
    if (!seen.has(real)) once.push({ ...claim, file: real });
    seen.add(real);
  }
  return once;
}

/** An owner in another container or on another machine cannot be asked. */
function tellWatch(log: Pick<Log, 'warn'>): NonNullable<Place['onWatch']> {
  return (owner, watchMs) =>
    log.warn(
      {},
      `${describeOwner(owner)} may still work here: watching ${watchMs / 1000} s for a sign of it`,
    );
}

async function claimed(
  { file, optional, ...place }: Claim,
  { log }: Bootstrap,
): Promise<InstanceLock | null> {
  try {
    const lock = await acquireInstance(file, { ...place, onWatch: tellWatch(log) });
    if (lock.stale !== null) {
      log.warn({ file }, `${file} was left behind: ${lock.stale}; it is replaced`);
    }
    return lock;
  } catch (error) {
    if (optional && error instanceof AppError && error.code === 'instance.notWritable') return null;
    throw error;
  }
}
