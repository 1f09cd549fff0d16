import { resolve } from 'node:path';
import type { Queries } from '../../../../domain/ports/store/queries.ts';
import { createThreadQueries } from '../../shared/queries/thread.ts';
import { moduleBeside } from '../../../threads/module-beside.ts';

/** Questions about an SQLite file. */
export function createSqliteQueries(path: string): Queries {
  const file = resolve(path);
  const workerData: QueryThreadData = { file };
  return createThreadQueries(moduleBeside(import.meta.url, './query-thread'), workerData, file);
}

export interface QueryThreadData {
  readonly file: string;
}
