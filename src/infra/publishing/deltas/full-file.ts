import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { LogPosition } from '../../../domain/ports/store/changes.ts';
import type { Companion } from '../published-set.ts';
import { FullManifest, readJson, writeJson } from './json-files.ts';
import { FULL_COMPRESSED, FULL_MANIFEST } from './names.ts';
import { withTwins } from './twins.ts';

const LISTINGS = 'listings.csv';

/** What stands beside `listings.csv` so that deltas can be laid over it: its compressed twin, and a manifest. */
export interface FullFile extends Companion {
  /** Of the file that is public; null: none can be gone on from. */
  base(): Promise<LogPosition | null>;
  /** Path of what is missing for that; a manifest of another file counts as none. */
  missing(): Promise<string[]>;
  /** No deltas lead on from it: takes the manifest away, and so has a new full file published. */
  withdraw(): Promise<void>;
}

/** @param directory of `listings.csv` */
export function createFullFile(directory: string): FullFile {
  const listings = join(directory, LISTINGS);
  const compressed = join(directory, FULL_COMPRESSED);
  const path = join(directory, FULL_MANIFEST);

  const withdraw = () => rm(path, { force: true });

  async function read(): Promise<z.output<typeof FullManifest> | null> {
    const manifest = await readJson(path, FullManifest);
    if (manifest === null) return null;
    const [text, twin] = await Promise.all(
      [listings, compressed].map((each) => lstat(each).catch(() => null)),
    );
    const isItsFile =
      text?.size === manifest.bytes &&
      text.mtime.toISOString() === manifest.modified &&
      twin?.size === manifest.files[0]?.bytes;
    return isItsFile ? manifest : null;
  }

  return {
    withdraw,

    async base() {
      const manifest = await read();
      return manifest && { logId: manifest.logId, seq: manifest.seq };
    },

    missing: async () => ((await read()) === null ? [path] : []),

    accompany: ({ source, rows, position, readAt }, signal, replace) =>
      withTwins({ source, targets: [compressed] }, signal, async ({ text, files, commit }) => {
        // Whoever reads in between finds no manifest, and asks again.
        await withdraw();
        const result = await replace();
        await commit();
        if (position === null) return result;
        const { mtime } = await lstat(listings);
        await writeJson(path, {
          ...{ version: 1, name: LISTINGS, ...position, at: readAt.toISOString() },
          ...{ rows, ...text, files, modified: mtime.toISOString() },
        });
        return result;
      }),
  };
}
