import type { Queries } from '../../../../domain/ports/queries.ts';
import { createThreadQueries } from '../../shared/queries/thread.ts';
import { addressOf, type MariadbConnection } from '../connection.ts';

/** Questions about a database on a MariaDB server. */
export function createMariadbQueries(connection: MariadbConnection): Queries {
  const workerData: QueryThreadData = { connection };
  const thread = import.meta.url.endsWith('.ts') ? './query-thread.ts' : './query-thread.js';
  const address = `MariaDB at ${addressOf(connection)}`;
  return createThreadQueries(new URL(thread, import.meta.url), workerData, address);
}

export interface QueryThreadData {
  readonly connection: MariadbConnection;
}
