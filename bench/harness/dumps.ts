import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Changes } from '../generators/changed-dump.ts';
import type { DumpOptions } from '../generators/dump.ts';

export interface DumpJob extends DumpOptions {
  readonly path: string;
  /** As it is later. */
  readonly changed?: Changes;
}

const WRITE_DUMP = fileURLToPath(new URL('../generators/write-dump.ts', import.meta.url));

/** Writes a dump in a process of its own: what that takes of memory is not ours. */
export async function makeDump(job: DumpJob): Promise<void> {
  const args = ['--disable-warning=ExperimentalWarning', WRITE_DUMP, JSON.stringify(job)];
  await promisify(execFile)(process.execPath, args);
}
