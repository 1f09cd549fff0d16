import { readFile, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { publishFile } from '../publishing/publish.ts';
import { checkFeedFile } from './file-feed.ts';

const ARCHIVE = /\.jsonl?(\.(gz|bz2|zst))?$/;

/** A file to be replayed. */
export interface Archive {
  readonly file: string;
  /** Found in a folder, not named itself. */
  readonly isFound: boolean;
}

/**
 * The files that are meant: those that are named, and of a folder all below it that are called `.jsonl`, `.jsonl.gz`,
 * `.jsonl.bz2` or `.jsonl.zst`, in the order of their names.
 * @throws AppError `feedFile` for what cannot be read, and a folder without any
 */
export async function findArchives(named: readonly string[]): Promise<Archive[]> {
  const found: Archive[] = [];
  for (const path of named) {
    const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true;
    if (!isFolder) {
      await checkFeedFile(path);
      found.push({ file: path, isFound: false });
      continue;
    }
    const names = (await readdir(path, { recursive: true })).filter((name) => ARCHIVE.test(name)).sort();
    if (names.length === 0) {
      throw new AppError('feedFile', `no archive is in the folder ${path}`, {
        advice:
          'files called .jsonl, .jsonl.gz, .jsonl.bz2 or .jsonl.zst are looked for; others can be named one by one',
      });
    }
    found.push(...names.map((name) => ({ file: join(path, name), isFound: true })));
  }
  return found;
}

/** Which files a replay has written whole: kept, so that a folder goes on where it was interrupted. */
export interface ReplayLedger {
  /** Whether this very file, unchanged, was. */
  readonly has: (file: string) => Promise<boolean>;
  readonly add: (file: string) => Promise<void>;
}

/** @param path where it is kept; what cannot be read is taken for empty */
export async function openReplayLedger(path: string): Promise<ReplayLedger> {
  const known = new Map<string, string>(
    Object.entries(
      await readFile(path, 'utf8').then(
        (text) => JSON.parse(text) as Record<string, string>,
        () => ({}),
      ),
    ),
  );
  return {
    has: async (file) => known.get(resolve(file)) === (await identityOf(file)),
    async add(file) {
      known.set(resolve(file), await identityOf(file));
      const text = JSON.stringify(Object.fromEntries(known), null, 1);
      await publishFile(path, (write) => write(Buffer.from(text)));
    },
  };
}

async function identityOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return `${size} bytes, ${new Date(mtimeMs).toISOString()}`;
}
