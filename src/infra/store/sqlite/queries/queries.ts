import { resolve } from 'node:path';
import type { Queries } from '../../../../domain/ports/store/queries.ts';
import { createQueries, lookupsInThread, openQueryThread } from '../../shared/queries/thread.ts';
import { moduleBeside } from '../../../threads/module-beside.ts';

/**
 * Questions about an SQLite file.
 * @param followsLog another process writes, and tells only the change log
 */
export function createSqliteQueries(path: string, followsLog = false): Queries {
  const file = resolve(path);
  const workerData: QueryThreadData = { file, followsLog };
  const open = () => openQueryThread(moduleBeside(import.meta.url, './query-thread'), workerData, file);
  return createQueries(open(), lookupsInThread(open()));
}

export interface QueryThreadData {
  readonly file: string;
  readonly followsLog: boolean;
}
