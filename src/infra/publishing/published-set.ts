import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChunkSink } from '../../domain/ports/store/market-store.ts';
import {
  TABLE_FILES,
  type GalaxyStore,
  type PublishedFile,
  type PublishedParts,
} from '../../domain/ports/store/galaxy-store.ts';
import type { Generation } from '../../domain/generation.ts';
import type { PublishedSet } from '../../domain/ports/publishing/publishing.ts';
import type { LogPosition } from '../../domain/ports/store/changes.ts';
import { stageFile } from './publish.ts';

/** Where the published files are. */
export interface SetDirectories {
  /** Table files. */
  readonly csvDir: string;
  /** `listings.csv`. */
  readonly exportDir: string;
}

/** What is replaced together with `listings.csv`, and made from it. */
export interface Companion {
  /**
   * @param listings.source where the new file lies while nobody sees it
   * @param listings.position null: there is no change log
   * @param replace makes the set public
   */
  accompany<T>(
    listings: {
      readonly source: string;
      readonly rows: number;
      readonly position: LogPosition | null;
      readonly readAt: Date;
    },
    signal: AbortSignal,
    replace: () => Promise<T>,
  ): Promise<T>;
}

/**
 * Publishes `listings.csv` and the table files from one consistent read. All are written whole before the first one
 * replaces its predecessor, and they do so in the order clients load them: at every moment what a file refers to is
 * public already. On a failure the old ones stay.
 *
 * @param parts `tables`: `listings.csv` stays as it is
 * @throws AppError, StoreError, the signal's reason
 */
export async function publishSet(
  store: GalaxyStore,
  generation: Generation,
  directories: SetDirectories,
  signal: AbortSignal,
  { parts = 'all', companion = null }: { parts?: PublishedParts; companion?: Companion | null } = {},
): Promise<PublishedSet> {
  const staged = new Map<PublishedFile, ReturnType<typeof stageFile<void>>>();
  let current: Promise<unknown> | undefined;
  let finish: () => void = () => undefined;

  /** The store writes one file after the other; each ends when the next one is opened. */
  function open(file: PublishedFile): ChunkSink {
    finish();
    const { promise: ended, resolve } = Promise.withResolvers<undefined>();
    const { promise: writer, resolve: offer } = Promise.withResolvers<ChunkSink>();
    finish = () => resolve(undefined);
    const before = current;
    const staging = (async () => {
      await before;
      return stageFile(
        pathOf(file, directories),
        (write) => {
          offer(write);
          return ended;
        },
        { signal },
      );
    })();
    staged.set(file, staging);
    current = staging;
    const failed = new Promise<never>((_, reject) => {
      staging.catch(reject);
    });
    failed.catch(() => undefined);
    return async (chunk) => {
      const write = await Promise.race([writer, failed]);
      await write(chunk);
    };
  }

  try {
    const readAt = new Date();
    const { rows, position } = await store.exportSet(open, signal, parts).finally(() => finish());
    const ready = await Promise.all(staged.values());
    const files = new Map([...staged.keys()].map((file, i) => [file, ready[i]]));
    const replace = async () => {
      const changed: PublishedFile[] = [];
      for (const file of [...TABLE_FILES[generation], 'listings'] as const) {
        const commit = await files.get(file)?.commit();
        if (commit?.changed === true) changed.push(file);
      }
      return { rows, changed };
    };
    const source = files.get('listings')?.path;
    if (companion === null || source === undefined) return await replace();
    return await companion.accompany({ source, rows: rows.listings ?? 0, position, readAt }, signal, replace);
  } finally {
    for (const each of await Promise.allSettled(staged.values())) {
      if (each.status === 'fulfilled') await each.value.discard();
    }
  }
}

/** Paths of the set at which clients find nothing. */
export async function missingFiles(generation: Generation, directories: SetDirectories): Promise<string[]> {
  const paths = [...TABLE_FILES[generation], 'listings' as const].map((file) => pathOf(file, directories));
  const found = await Promise.all(paths.map(isPublic));
  return paths.filter((_, i) => found[i] !== true);
}

/** Whether there is a file that says something: a client takes an empty one for a failure. */
export async function isPublic(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isFile() === true && found.size > 0;
}

export function pathOf(file: PublishedFile, { csvDir, exportDir }: SetDirectories): string {
  return join(file === 'listings' ? exportDir : csvDir, `${file}.csv`);
}
