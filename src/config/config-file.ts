import { constants } from 'node:fs';
import { copyFile, mkdir, open, readFile, realpath, rename, rm, stat, utimes } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { AppError, describeError } from '../domain/errors.ts';
import { defaultFile, type KeyName } from './keys.ts';
import type { ConfigProblem } from './table.ts';

type Json = Record<string, unknown>;

/** A holder that did not refresh its lock for this long has crashed. */
const STALE_LOCK_MS = 5000;
const LOCK_PATIENCE_MS = 15_000;

/**
 * Reads the file; writes the defaults if there is none, and adds the keys it lacks. A file that cannot be written
 * is a problem, not an error.
 *
 * @throws AppError `config.broken` when it is no JSON object: it is kept beside a fresh default then;
 * `config.unreadable`
 */
export async function openConfigFile(
  file: string,
): Promise<{ written: Json; created: boolean; problems: ConfigProblem[] }> {
  const bytes = await readBytes(file);
  let written: Json = {};
  if (bytes !== undefined) {
    try {
      written = parseObject(bytes);
    } catch (error) {
      throw await setAside(file, bytes, error);
    }
  }
  const defaults = defaultFile();
  if (Object.keys(defaults).every((key) => Object.hasOwn(written, key))) {
    return { written, created: false, problems: [] };
  }
  try {
    let created = false;
    await rewrite(file, (current) => {
      created = current === undefined;
      return addMissing(current ?? {}, defaults);
    });
    return { written: addMissing(written, defaults), created, problems: [] };
  } catch (error) {
    const message = `${describeError(error)}; this run uses the defaults for the missing keys`;
    return { written, created: false, problems: [{ source: file, key: null, message }] };
  }
}

/**
 * Only reads the file.
 * @returns what is written in it; null: there is none
 * @throws AppError `config.broken`, `config.unreadable`
 */
export async function readConfigFile(file: string): Promise<Json | null> {
  const bytes = await readBytes(file);
  if (bytes === undefined) return null;
  try {
    return parseObject(bytes);
  } catch (error) {
    throw new AppError('config.broken', `${file} is no valid configuration: ${describeError(error)}`, {
      advice: 'repair it, or move it away to begin with the defaults',
      cause: error,
    });
  }
}

/**
 * Changes some keys of the file and leaves everything else in it as it is. Atomic, and safe against other
 * processes that do the same.
 *
 * @throws AppError `config.broken` (nothing is changed), `config.notWritable`, `config.locked`
 */
export async function updateConfigFile(
  file: string,
  changes: Readonly<Partial<Record<KeyName, string | number | boolean | null>>>,
): Promise<void> {
  await rewrite(file, (current) => ({ ...(current ?? defaultFile()), ...changes }));
}

/** The object itself when nothing is missing. New keys go to the end, in the order of the default file. */
function addMissing(current: Json, defaults: Json): Json {
  const missing = Object.entries(defaults).filter(([key]) => !Object.hasOwn(current, key));
  return missing.length === 0 ? current : { ...current, ...Object.fromEntries(missing) };
}

/** Runs `edit` on the newest content (undefined: no file) under the lock; writes unless the same object returns. */
async function rewrite(file: string, edit: (current: Json | undefined) => Json): Promise<void> {
  await locked(file, async (target, assertHeld) => {
    const bytes = await readBytes(target);
    let current: Json | undefined;
    try {
      current = bytes === undefined ? undefined : parseObject(bytes, keepNumber);
    } catch (error) {
      throw new AppError('config.broken', `${file} is no valid configuration: ${describeError(error)}`, {
        advice: 'repair it; it was not changed',
        cause: error,
      });
    }
    const edited = edit(current);
    if (edited !== current) await replace(target, edited, assertHeld);
  });
}

/** Copies a file that is no JSON object to `*.broken.<epoch seconds>` and puts the defaults in its place. */
async function setAside(file: string, broken: Buffer, reason: unknown): Promise<AppError> {
  const backup = `${file}.broken.${Math.floor(Date.now() / 1000)}`;
  let advice = `it is kept as ${backup}, a default file stands in its place: bring your settings over, then start again`;
  try {
    await locked(file, async (target, assertHeld) => {
      if ((await readBytes(target))?.equals(broken) !== true) {
        advice = 'another process has replaced it meanwhile: look at it, then start again';
        return;
      }
      await copyFile(target, backup, constants.COPYFILE_EXCL);
      await replace(target, defaultFile(), assertHeld);
    });
  } catch (error) {
    advice = `repair it; it stays as it is, for no copy could be made: ${describeError(error)}`;
  }
  return new AppError('config.broken', `${file} is no valid configuration: ${describeError(reason)}`, {
    advice,
    cause: reason,
  });
}

async function readBytes(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new AppError('config.unreadable', `${file} cannot be read: ${describeError(error)}`, {
      advice: 'make it a file this user may read, or name another one in TD_LISTENER_CONFIG',
      cause: error,
    });
  }
}

function parseObject(bytes: Uint8Array, reviver?: typeof keepNumber): Json {
  const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), reviver);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error('it holds no JSON object');
}

/** Numbers are written back as they stood: `1.0` stays `1.0`, 20 digits stay 20 digits. */
function keepNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return (JSON as JSON & { rawJSON(text: string): object }).rawJSON(context.source);
}

/** Temp file, fsync, rename: a reader sees the old file or the new one. */
async function replace(target: string, content: Json, assertHeld: () => void): Promise<void> {
  const temp = `${target}.tmp`;
  const old = await stat(target).catch(() => null);
  try {
    const handle = await open(temp, 'w');
    try {
      if (old !== null) await handle.chmod(old.mode & 0o777);
      if (process.getuid?.() === 0) {
        // Root does not take it away from the user of the service; some network file systems know no owners.
        const { uid, gid } = old ?? (await stat(dirname(target)));
        await handle.chown(uid, gid).catch(() => undefined);
      }
      await handle.writeFile(`${JSON.stringify(content, null, 4)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    assertHeld();
    await rename(temp, target);
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(dirname(target));
}

/** Makes the rename itself durable. Windows has no such thing. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Runs `work` on the real file (links resolved) while no other process changes it. */
async function locked(
  file: string,
  work: (target: string, assertHeld: () => void) => Promise<void>,
): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    const target = await realpath(file).catch(() => file);
    let lost: Error | undefined;
    const release = await acquire(target, (error) => {
      lost = error;
    });
    try {
      await work(target, () => {
        if (lost !== undefined) throw lost;
      });
    } finally {
      if (lost === undefined) await release();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('config.notWritable', `${file} cannot be written: ${describeError(error)}`, {
      advice: 'give this user the right to write the file and its directory, and check the free space',
      cause: error,
    });
  }
}

async function acquire(target: string, onCompromised: (error: Error) => void): Promise<() => Promise<void>> {
  // Not `.lock`: the reference leaves an ordinary file of that name behind, and the lock is a directory.
  const lockfilePath = `${target}.lock.d`;
  const deadline = Date.now() + LOCK_PATIENCE_MS;
  const isAbandoned = watchLock(lockfilePath);
  for (;;) {
    try {
      return await lock(target, { realpath: false, lockfilePath, stale: STALE_LOCK_MS, onCompromised });
    } catch (error) {
      // Retried here, for the library would also retry a read-only or full disk.
      if (errorCode(error) !== 'ELOCKED') throw error;
      if (await isAbandoned()) await utimes(lockfilePath, 0, 0).catch(() => undefined);
      if (Date.now() > deadline) {
        throw new AppError('config.locked', `${target} is locked by another process`, {
          advice: `if no other one runs, remove ${lockfilePath}`,
          cause: error,
        });
      }
    }
    await sleep(5 + Math.random() * 20);
  }
}

/**
 * The library takes a lock for old by its time alone: never one that is ahead of the clock.
 * @returns whether the lock has such a time, and nobody has renewed it for as long as makes it old
 */
function watchLock(lockfilePath: string): () => Promise<boolean> {
  let seen = { renewedMs: NaN, atMs: 0 };
  return async () => {
    const { mtimeMs: renewedMs } = await stat(lockfilePath).catch(() => ({ mtimeMs: NaN }));
    if (renewedMs !== seen.renewedMs) seen = { renewedMs, atMs: performance.now() };
    return renewedMs > Date.now() && performance.now() - seen.atMs > STALE_LOCK_MS;
  };
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
