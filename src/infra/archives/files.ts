import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import { checkFeedFile, explain } from '../feed/file-feed.ts';

const ARCHIVE = /\.jsonl(\.(gz|bz2|zst))?$/;

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
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      throw explain((error as NodeJS.ErrnoException).path ?? path, error, 0);
    });
    const files = entries
      .filter((entry) => !entry.isDirectory() && ARCHIVE.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort();
    if (files.length === 0) {
      throw new AppError('feedFile', `no archive is in the folder ${path}`, {
        advice:
          'files called .jsonl, .jsonl.gz, .jsonl.bz2 or .jsonl.zst are looked for; others can be named one by one',
      });
    }
    found.push(...files.map((file) => ({ file, isFound: true })));
  }
  return found;
}
