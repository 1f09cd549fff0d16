import type { Queries } from '../../../../domain/ports/store/queries.ts';
import { moduleBeside } from '../../../threads/module-beside.ts';
import { createQueries, lookupsHere, openQueryThread } from '../../shared/queries/thread.ts';
import { addressOf, type MariadbConnection } from '../connection.ts';
import { createAnswers, type ReadDatabase } from './answers.ts';

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
  const database: ReadDatabase = { connection, primary, followsLog };
  const file = moduleBeside(import.meta.url, './query-thread');
  return createQueries(
    openQueryThread(file, database, `MariaDB at ${addressOf(connection)}`),
    lookupsHere(() => createAnswers(database)),
    primary !== null,
  );
}
