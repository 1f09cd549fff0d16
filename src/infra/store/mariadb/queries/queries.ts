import type { Queries } from '../../../../domain/ports/store/queries.ts';
import { createThreadQueries } from '../../shared/queries/thread.ts';
import { addressOf, type MariadbConnection } from '../connection.ts';
import { moduleBeside } from '../../../threads/module-beside.ts';

/**
 * Questions about a database on a MariaDB server.
 * @param primary the server that is written to, where `connection` leads to a replica of it
 * @param followsLog other processes write, and tell only the change log
 */
export function createMariadbQueries(
  connection: MariadbConnection,
  primary: MariadbConnection | null = null,
  followsLog = false,
): Queries {
  const workerData: QueryThreadData = { connection, primary, followsLog };
  const address = `MariaDB at ${addressOf(connection)}`;
  return createThreadQueries(
    moduleBeside(import.meta.url, './query-thread'),
    workerData,
    address,
    primary !== null,
  );
}

export interface QueryThreadData {
  readonly connection: MariadbConnection;
  readonly primary: MariadbConnection | null;
  readonly followsLog: boolean;
}
