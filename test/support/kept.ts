import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';

const CACHE = path.resolve('node_modules/.cache/tradedangerous-listener');

/**
 * A folder that is made once and kept. It is made beside its place and renamed: two workers may do this at once, and
 * either may be killed.
 * @param make makes it in a folder for work, which is removed. @returns where it lies there
 */
export async function kept(name: string, make: (work: string) => Promise<string>): Promise<string> {
  const place = path.join(CACHE, name);
  if (existsSync(place)) return place;
  mkdirSync(path.dirname(place), { recursive: true });
  const work = mkdtempSync(`${place}-making-`);
  try {
    const made = await make(work);
    if (!existsSync(place)) renameSync(made, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return place;
}
