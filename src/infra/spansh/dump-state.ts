import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { DumpProgress } from '../../domain/ports/galaxy/dump.ts';
import { publishFile } from '../publishing/publish.ts';
import { dumpVersion } from './download.ts';

/** A {@link DumpProgress} as it is kept. */
export const stateFile = z.object({
  version: dumpVersion.nullable(),
  stage: z.enum(['downloaded', 'imported', 'published', 'demoted', 'refused']),
  file: z.string(),
  database: z.string().nullable(),
  atS: z.number(),
});

/** How far the newest dump has come. */
export interface DumpState {
  /** null: nothing is known. */
  load(): Promise<DumpProgress | null>;
  /** Durable when it resolves. */
  save(progress: DumpProgress): Promise<void>;
}

/** Keeps it in a small file. */
export function createDumpState(path: string): DumpState {
  return {
    /** A damaged file counts as none: the dump is imported again, which harms nothing. */
    async load() {
      try {
        return stateFile.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch {
        return null;
      }
    },

    async save(progress) {
      await publishFile(path, (write) => write(Buffer.from(`${JSON.stringify(progress, null, 2)}\n`)));
    },
  };
}
