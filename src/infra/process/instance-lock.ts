import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync, rmSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, utimes } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { AppError, describeError } from '../../domain/errors.ts';
import { isGone, readIfThere, START_TICKS, statFields } from './processes.ts';

/** Who works there: the content of the file. */
export interface Owner {
  readonly pid: number;
  /** When the process was started, in the kernel's own count since boot; null where there is no /proc. */
  readonly startTicks: string | null;
  readonly host: string;
  /** Differs after every start of the machine; null where there is no /proc. */
  readonly bootId: string | null;
  /** What {@link pid} is a number of: containers have their own. Null where there is no /proc. */
  readonly pidNamespace: string | null;
  /** When the file was written, ISO 8601. */
  readonly since: string;
  /** Tells two owners apart whatever else is the same. */
  readonly token: string;
}

export interface InstanceLock {
  readonly owner: Owner;
  /** The file that was found and belonged to nobody any more; null: there was none. */
  readonly stale: string | null;
  /** Removes the file if it is still ours. Idempotent and synchronous, for it may be the last thing a process does. */
  readonly release: () => void;
}

export type Occupation =
  | { readonly state: 'free' }
  | { readonly state: 'stale'; readonly reason: string }
  | {
      readonly state: 'held';
      readonly owner: Owner;
      /** Set where its process cannot be asked: changes whenever the owner touches the file. */
      readonly pulse: string | null;
    };

/** What one process has for itself, in messages. */
export interface Place {
  readonly name: string;
  /** How a second process gets one of its own. */
  readonly advice: string;
  /** Hears that it is watched whether an owner lives that cannot be asked, and for how long. */
  readonly onWatch?: (owner: Owner, watchMs: number) => void;
}

/** How often an owner touches its file. */
const TOUCH_MS = 10_000;
/** Who has not done so while it was watched for so long is gone, whatever its clock and ours say. Earlier versions: 30 s. */
const WATCH_MS = 4 * TOUCH_MS;
const LOOK_MS = 500;
/** By its own time, nobody needs to watch. */
const SILENCE_MS = 120_000;

/** A holder of the lock around the file that did not refresh it for so long has crashed. */
const STALE_LOCK_MS = 5_000;
const LOCK_RETRIES = { retries: 100, minTimeout: 20, maxTimeout: 100 };

/**
 * Makes this process the only one that works on a place, a data directory or the like.
 *
 * The file is looked at and replaced under a lock of its own, and comes into being whole, by a rename: two that start
 * at the same moment cannot both have it, and nobody reads half of it.
 *
 * @throws AppError `instance.held` with its owner, `instance.notWritable`
 */
export async function acquireInstance(file: string, place: Place, watchMs = WATCH_MS): Promise<InstanceLock> {
  const owner = self();
  let stale: string | null = null;
  try {
    await mkdir(dirname(file), { recursive: true });
    const silent = await watch(file, place, watchMs);
    const release = await lock(file, {
      realpath: false,
      lockfilePath: `${file}.lock.d`,
      stale: STALE_LOCK_MS,
      retries: LOCK_RETRIES,
    });
    try {
      const occupation = await inspectInstance(file);
      if (occupation.state === 'held') {
        if (silent === null || occupation.pulse !== silent) throw held(file, place, occupation.owner);
        stale = unheard(occupation.owner, watchMs);
      }
      if (occupation.state === 'stale') stale = occupation.reason;
      await replace(file, owner);
    } finally {
      await release();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('instance.notWritable', `${file} cannot be written: ${describeError(error)}`, {
      advice: 'give this user the right to write there, and check the free space',
      cause: error,
    });
  }
  const touching = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, TOUCH_MS).unref();
  return {
    owner,
    stale,
    release: () => {
      clearInterval(touching);
      removeOwn(file, owner);
    },
  };
}

/** Watched already: one process owns several files. */
const silentOwners = new Set<string>();

/**
 * Waits until an owner that cannot be asked has touched its file, or had the time to.
 * @returns its pulse when it has not; null: there is no such owner
 * @throws AppError `instance.held`
 */
async function watch(file: string, place: Place, watchMs: number): Promise<string | null> {
  const first = await inspectInstance(file);
  if (first.state !== 'held' || first.pulse === null) return null;
  const name = nameOf(first.owner);
  if (silentOwners.has(name)) return first.pulse;
  place.onWatch?.(first.owner, watchMs);
  for (const untilMs = performance.now() + watchMs; performance.now() < untilMs;) {
    await sleep(Math.min(LOOK_MS, watchMs));
    const occupation = await inspectInstance(file);
    if (occupation.state !== 'held') return null;
    if (occupation.pulse !== first.pulse) throw held(file, place, occupation.owner);
  }
  silentOwners.add(name);
  return first.pulse;
}

/** Of a process, whatever file it owns. */
function nameOf({ host, bootId, pidNamespace, pid, startTicks }: Owner): string {
  return [host, bootId, pidNamespace, pid, startTicks].join(' ');
}

/** Looks who works there; changes nothing. */
export async function inspectInstance(file: string): Promise<Occupation> {
  let text: string;
  let touchedMs: number;
  try {
    await using handle = await open(file);
    text = await handle.readFile('utf8');
    touchedMs = (await handle.stat()).mtimeMs;
  } catch (error) {
    if (code(error) === 'ENOENT') return { state: 'free' };
    throw error;
  }
  const owner = parse(text);
  if (owner === null) return { state: 'stale', reason: 'it says nothing' };
  const here = self();
  const isElsewhere = owner.host !== here.host || owner.pidNamespace !== here.pidNamespace;
  const isOtherBoot = owner.bootId !== here.bootId;
  if (owner.host === here.host && isOtherBoot && touchedMs < Date.now() - uptime() * 1000) {
    return { state: 'stale', reason: `process ${owner.pid} ended when the machine was started anew` };
  }
  if (isElsewhere || isOtherBoot) {
    const silentMs = Date.now() - touchedMs;
    return silentMs < SILENCE_MS
      ? { state: 'held', owner, pulse: `${owner.token} ${touchedMs}` }
      : { state: 'stale', reason: unheard(owner, silentMs) };
  }
  const reason = whyDead(owner);
  return reason === null ? { state: 'held', owner, pulse: null } : { state: 'stale', reason };
}

function unheard({ pid, host }: Owner, silentMs: number): string {
  return `process ${pid} on ${host} has not been heard of for ${Math.round(silentMs / 1000)} s`;
}

/** Owner in words, for messages. */
export function describeOwner({ pid, host, since }: Pick<Owner, 'pid' | 'host' | 'since'>): string {
  return `process ${pid} on ${host} since ${since}`;
}

/** Why an owner whose number is one of ours is not alive; null: it is, as far as can be known. */
function whyDead(owner: Owner): string | null {
  const who = `process ${owner.pid}`;
  if (isGone(owner.pid)) return `${who} is gone`;
  const startTicks = startOf(owner.pid);
  if (startTicks === ZOMBIE) return `${who} is gone`;
  if (startTicks !== null && owner.startTicks !== null && startTicks !== owner.startTicks) {
    return `${who} is another program now`;
  }
  // Without /proc: the number is ours, so it cannot be somebody else's.
  if (owner.pid === process.pid && owner.startTicks === null) return `${who} is another program now`;
  return null;
}

function held(file: string, { name, advice }: Place, owner: Owner): AppError {
  return new AppError('instance.held', `${name} is in use by ${describeOwner(owner)}`, {
    advice: `stop that one first, or ${advice}; ${file} names the owner`,
  });
}

function removeOwn(file: string, owner: Owner): void {
  try {
    if (parse(readFileSync(file, 'utf8'))?.token === owner.token) rmSync(file, { force: true });
  } catch {
    // It is gone, or the disk is: the next one will see that its owner has ended.
  }
}

function self(): Owner {
  return {
    pid: process.pid,
    startTicks: startOf(process.pid),
    host: hostname(),
    bootId: readIfThere('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
    pidNamespace: pidNamespace(),
    since: new Date().toISOString(),
    token: randomUUID(),
  };
}

function pidNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}

/** What a file is called while it is written, behind its name. */
const TOKEN = /^[0-9a-f-]{36}$/;

/** Ended, and nobody has asked how. */
const ZOMBIE = 'zombie';

function startOf(pid: number): string | null {
  const fields = statFields(pid);
  return fields[0] === 'Z' ? ZOMBIE : (fields[START_TICKS] ?? null);
}

function parse(text: string): Owner | null {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    return Number.isInteger(value?.pid) && typeof value?.host === 'string' ? (value as Owner) : null;
  } catch {
    return null;
  }
}

/** Under its lock: whoever else was about to was killed. */
async function replace(file: string, owner: Owner): Promise<void> {
  const prefix = `${basename(file)}.`;
  for (const name of await readdir(dirname(file)))
    if (name.startsWith(prefix) && TOKEN.test(name.slice(prefix.length)))
      await rm(join(dirname(file), name), { force: true });
  const temp = `${file}.${owner.token}`;
  try {
    const handle = await open(temp, 'wx', 0o644);
    try {
      await handle.writeFile(`${JSON.stringify(owner, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temp, file);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  }
}

function code(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
