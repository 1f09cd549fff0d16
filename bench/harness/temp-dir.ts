import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh directory on the disk of temporary files, removed when this process ends. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tdl-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
