import { resolve } from 'node:path';
import type { Queries } from '../../../../domain/ports/store/queries.ts';
import { createThreadQueries } from '../../shared/queries/thread.ts';

/** Questions about an SQLite file. */
export function createSqliteQueries(path: string): Queries {
  const file = resolve(path);
  const thread = import.meta.url.endsWith('.ts') ? './query-thread.ts' : './query-thread.js';
  const workerData: QueryThreadData = { file };
  return createThreadQueries(new URL(thread, import.meta.url), workerData, file);
}

export interface QueryThreadData {
  readonly file: string;
}
