import { chownSync, statSync, type Stats } from 'node:fs';
import { chown, mkdir, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

// What root makes belongs to whom the directory does, and what it replaces to whom it did: else a one-shot run by root
// takes files away from the user of the service. Where that cannot be done (some network file systems) it stays root's.

const isRoot = () => process.getuid?.() === 0;
const ignore = () => undefined;

/** Makes a directory and those above it. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined || !isRoot()) return;
  const { uid, gid } = await stat(dirname(first));
  for (let made = resolve(path); made.length >= first.length; made = dirname(made))
    await chown(made, uid, gid).catch(ignore);
}

/** Gives a file that is to replace another one its owner and mode. */
export async function likeTheOld(file: FileHandle, target: string): Promise<void> {
  const old: Stats | null = await stat(target).catch(() => null);
  if (old?.isFile() === true) await file.chmod(old.mode & 0o777).catch(ignore);
  if (!isRoot()) return;
  const { uid, gid } = old ?? (await stat(dirname(target)));
  await file.chown(uid, gid).catch(ignore);
}

/** Gives a file that was just made to the owner of its directory. */
export function giveToOwner(file: string): void {
  if (!isRoot()) return;
  const { uid, gid } = statSync(dirname(file));
  try {
    chownSync(file, uid, gid);
  } catch {
    // It stays root's.
  }
}
