import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh directory, removed with everything in it when the test is over. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tdl-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}
