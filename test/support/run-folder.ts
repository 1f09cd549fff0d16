import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fastFolder } from './fast-folder.ts';

/** A folder for what a run writes, which goes with it: a test that was stopped by its timeout puts nothing away. */
export default function setup(): () => Promise<void> {
  const folder = mkdtempSync(join(fastFolder(), 'tdl-run-'));
  // Some programs run as another user.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  return () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
