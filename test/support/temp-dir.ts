import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A fresh directory, removed with everything in it when the test is over. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tdl-'));
  // A daemon of this process that was stopped while it kept a source's validators still writes that file.
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}
