import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { DumpProgress } from '../../domain/ports/galaxy/dump.ts';
import { publishFile } from '../publishing/publish.ts';
import { dumpVersion } from './download.ts';

const stateFile = z.object({
  version: dumpVersion.nullable(),
  stage: z.enum(['downloaded', 'imported', 'published', 'demoted', 'refused']),
  file: z.string(),
  database: z.string().nullable(),
  atS: z.number(),
});

/** Keeps in a small file how far the newest dump has come. */
export function createDumpState(path: string) {
  return {
    /** null: nothing is known. A damaged file counts as none: the dump is imported again, which harms nothing. */
    async load(): Promise<DumpProgress | null> {
      try {
        return stateFile.parse(JSON.parse(await readFile(path, 'utf8')));
      } catch {
        return null;
      }
    },

    /** Durable when it resolves. */
    async save(progress: DumpProgress): Promise<void> {
      await publishFile(path, (write) => write(Buffer.from(`${JSON.stringify(progress, null, 2)}\n`)));
    },
  };
}
