import { execFileSync } from 'node:child_process';
import { onTestFinished, type TestContext } from 'vitest';
import { tempDir } from './temp-dir.ts';

/** A tiny file system of its own, to be filled up; the test is skipped where none can be mounted. */
export function smallDisk({ skip }: Pick<TestContext, 'skip'>, bytes: number): string {
  const dir = tempDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    skip('needs the right to mount a tmpfs');
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', dir]));
  return dir;
}
