import { resolve } from 'node:path';
import type { Generation } from '../../../../domain/generation.ts';
import type { Queries } from '../../../../domain/ports/queries.ts';
import { createThreadQueries } from '../../shared/queries/thread.ts';

/** Questions about an SQLite file. */
export function createSqliteQueries(options: {
  readonly file: string;
  readonly generation: Generation;
}): Queries {
  const file = resolve(options.file);
  const thread = import.meta.url.endsWith('.ts') ? './query-thread.ts' : './query-thread.js';
  const workerData: QueryThreadData = { file, generation: options.generation };
  return createThreadQueries(new URL(thread, import.meta.url), workerData, file);
}

export interface QueryThreadData {
  readonly file: string;
  readonly generation: Generation;
}
