import { lstatSync } from 'node:fs';

interface PresentFile {
  readonly name: string;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly modified: string;
}

/** The files that are there, as they are now. */
export function presentFiles(files: ReadonlyMap<string, string>): PresentFile[] {
  return [...files].flatMap(([name, path]) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ name, bytes: stats.size, modified: stats.mtime.toISOString() }] : [];
  });
}
