import { constants, watch } from 'node:fs';
import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Finding } from '../../domain/colonisation/book/findings.ts';
import { AppError, describeError } from '../../domain/errors.ts';
import { parseEvent } from '../../domain/journal/event.ts';
import { journalsAmong } from '../../domain/journal/file-names.ts';
import type { JournalFolder, LookedAt, LookOptions } from '../../domain/ports/commanders/journal-folder.ts';
import { JournalFile } from './journal-file.ts';
import { readPositions, writePositions } from './positions.ts';
import { FINDINGS, type Reading } from './reading.ts';

/** A FIFO that is called like a journal is not waited for. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;
const SIDE_FILES = ['Market.json', 'Cargo.json', 'Status.json'];
/** Journals that may still grow: two games at once, and one that has just been left. */
const NEWEST = 3;
/** All files are looked at so often, whatever was noticed. */
const EVERYTHING_MS = 60_000;
const KEEP_MS = 10_000;
const CHECKPOINT_BYTES = 64 * 1024 * 1024;

/** A folder whose journals are read for what they tell. @param positionsFile where is kept how far was read; null: nowhere */
export function openJournalFolder(path: string, positionsFile: string | null): JournalFolder<Finding> {
  return openFolder(FINDINGS, path, positionsFile);
}

/** @param positionsFile where is kept how far was read; null: nowhere */
export function openFolder<Told, Context>(
  reading: Reading<Told, Context>,
  path: string,
  positionsFile: string | null,
): JournalFolder<Told> {
  const files = new Map<string, JournalFile<Told, Context>>();
  const sideFiles = new Map<string, string>();
  const stirred = new Set<string>();
  /** Why files are not read: of one that is not looked at each time it holds until it is. */
  const troubles = new Map<string, string>();
  /** Whose side files they are: the journal that grew last. */
  let last: JournalFile<Told, Context> | null = null;
  let isLoaded = false;
  let isChanged = false;
  let keptAtMs = -Infinity;
  let everythingAtMs = -Infinity;

  async function load(names: readonly string[]): Promise<void> {
    if (isLoaded || positionsFile === null) return;
    const positions = await readPositions(positionsFile, reading.context);
    for (const [name, position] of positions) files.set(name, new JournalFile(reading, position));
    isLoaded = true;
    await followRenamed(names);
  }

  /** A file that is new by name may be one that was read: its first line tells. */
  async function followRenamed(names: readonly string[]): Promise<void> {
    const present = new Set(names);
    const gone = [...files].filter(([name]) => !present.has(name));
    for (const [name] of gone) files.delete(name);
    const heads = new Map(gone.map(([, file]) => [file.position?.head, file.position]));
    if (heads.size === 0) return;
    for (const name of names) {
      if (files.has(name)) continue;
      const head = await withFile(name, (handle) => JournalFile.headOf(handle, true)).catch(() => null);
      const position = head === null ? undefined : heads.get(head);
      if (position !== undefined && position !== null) files.set(name, new JournalFile(reading, position));
    }
  }

  async function withFile<T>(
    name: string,
    work: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>,
  ): Promise<T> {
    const handle = await open(join(path, name), FLAGS);
    try {
      return await work(handle);
    } finally {
      await handle.close();
    }
  }

  /** Null: there is no folder. */
  async function names(): Promise<string[] | null> {
    try {
      return journalsAmong(await readdir(path));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw new AppError('journal', `${path} cannot be read: ${describeError(cause)}`, { cause });
    }
  }

  function noteTrouble(name: string, error: unknown): void {
    if (!isGone(error)) troubles.set(name, describeError(error));
  }

  async function sizes(wanted: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (const name of wanted) {
      try {
        found.set(name, (await stat(join(path, name))).size);
      } catch (error) {
        noteTrouble(name, error);
      }
    }
    return found;
  }

  async function readSideFiles(take: LookOptions<Told>['take']): Promise<void> {
    if (last === null) return;
    for (const name of SIDE_FILES) {
      try {
        const { size, mtimeMs } = await stat(join(path, name));
        const version = `${size} ${mtimeMs}`;
        if (size === 0 || sideFiles.get(name) === version) continue;
        const text = await readFile(join(path, name), 'utf8');
        // Half of it was written: it is read again.
        if (parseEvent(text) === null) continue;
        sideFiles.set(name, version);
        take(last.reader.readSideFile(text));
      } catch (error) {
        noteTrouble(name, error);
      }
    }
  }

  async function look({
    everything,
    signal,
    take,
    checkpoint,
    progress,
  }: LookOptions<Told>): Promise<LookedAt | null> {
    const all = await names();
    if (all === null) return null;
    await load(all);
    const newest = all.at(-1);
    const nowMs = performance.now();
    const isWhole = everything || nowMs - everythingAtMs >= EVERYTHING_MS;
    const wanted = isWhole ? all : all.filter((name, at) => at >= all.length - NEWEST || stirred.has(name));
    stirred.clear();
    if (isWhole) {
      everythingAtMs = nowMs;
      await followRenamed(all);
    }
    for (const name of troubles.keys()) {
      if (wanted.includes(name) || !all.includes(name)) troubles.delete(name);
    }
    const counts = { lines: 0, bytes: 0 };
    const found = await sizes(wanted);
    const grown = wanted.filter((name) => {
      const size = found.get(name);
      return size !== undefined && size !== (files.get(name)?.offset ?? 0);
    });
    const ofBytes = grown.reduce(
      (sum, name) => sum + Math.max(0, (found.get(name) ?? 0) - (files.get(name)?.offset ?? 0)),
      0,
    );
    let checkpointAt = CHECKPOINT_BYTES;
    for (const [at, name] of grown.entries()) {
      const file = files.get(name) ?? new JournalFile(reading);
      files.set(name, file);
      try {
        await withFile(name, async (handle) => {
          for await (const { told, lines, bytes } of file.read(handle, name !== newest)) {
            take(told);
            counts.lines += lines;
            counts.bytes += bytes;
            last = file;
            isChanged = true;
            progress({ files: at + 1, ofFiles: grown.length, bytes: counts.bytes, ofBytes });
            await breathe();
            signal.throwIfAborted();
          }
        });
        if (name !== newest) file.rest();
      } catch (error) {
        signal.throwIfAborted();
        noteTrouble(name, error);
      }
      if (counts.bytes < checkpointAt) continue;
      checkpointAt = counts.bytes + CHECKPOINT_BYTES;
      await checkpoint();
    }
    last ??= files.get(newest ?? '') ?? null;
    await readSideFiles(take);
    const problems = [...troubles].map(([name, why]) => `${name}: ${why}`).sort();
    return { files: all.length, ...counts, problems };
  }

  return {
    path,
    look,
    reread: (options) =>
      openFolder(reading, path, null).look({
        ...{ ...options, everything: true },
        checkpoint: () => Promise.resolve(),
        progress: () => undefined,
      }),
    async keep(isLast) {
      const nowMs = performance.now();
      if (positionsFile === null || !isChanged || (!isLast && nowMs - keptAtMs < KEEP_MS)) return;
      keptAtMs = nowMs;
      isChanged = false;
      const read = [...files].flatMap(([name, { position }]) =>
        position === null ? [] : [[name, position] as const],
      );
      await writePositions(positionsFile, new Map(read));
    },
    notice(onStir) {
      try {
        const watcher = watch(path, { persistent: false }, (_, name) => {
          if (name !== null) stirred.add(name);
          onStir();
        });
        // It is polled anyway.
        watcher.on('error', () => watcher.close());
        return () => watcher.close();
      } catch {
        return () => undefined;
      }
    },
  };
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
