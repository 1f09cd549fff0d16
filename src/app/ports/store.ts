import type { Log } from '../../domain/ports/log.ts';
import type { ChangeStore } from '../../domain/ports/store/changes.ts';
import { OWN_TABLES_MADE } from '../../domain/ports/store/learning-store.ts';
import type { Queries } from '../../domain/ports/store/queries.ts';
import type { WholeStore } from '../../domain/ports/store/store.ts';
import type { MariadbConnection } from '../../infra/store/mariadb/connection.ts';
import type { Epoch } from '../../infra/store/mariadb/leadership/fence.ts';
import type { Bootstrap } from '../bootstrap.ts';

/**
 * The store the configuration names; not yet connected. Only its own driver is loaded.
 * @param looksOnly makes and changes nothing
 * @param lease by which a leader is told from others; null: nobody else works here
 */
export async function createStore(
  {
    config,
    database,
    log,
    now,
  }: Pick<Bootstrap, 'config' | 'database' | 'log'> & Partial<Pick<Bootstrap, 'now'>>,
  looksOnly = false,
  lease: Epoch | null = null,
): Promise<WholeStore> {
  const { generation, ownTables, changeLogDays, changeLogEntries } = config;
  const changeLog =
    changeLogDays === 0 ? null : { keepS: Math.ceil(changeLogDays * 86_400), keepEntries: changeLogEntries };
  const shared = {
    ...{ generation, ownTables, changeLog, looksOnly, log },
    ...(now !== undefined && { notAfterS: () => now.notAfterS(config.rules.maxClockSkewS) }),
  };
  if (database.backend === 'sqlite') {
    const { createSqliteStore } = await import('../../infra/store/sqlite/store.ts');
    return createSqliteStore({ ...shared, file: database.file });
  }
  const { createMariadbStore } = await import('../../infra/store/mariadb/store.ts');
  const primary = connectionTo(database);
  const store = createMariadbStore({
    ...{ ...shared, connection: primary, lock: config.lock },
    ...(lease !== null && { lease }),
  });
  if (database.read === undefined) return store;
  const { exportingAtReplica, followReplica } =
    await import('../../infra/store/mariadb/export/at-replica.ts');
  const replica = connectionTo(database.read);
  const reading = createMariadbStore({
    ...{ ...shared, looksOnly: true },
    ...{ connection: replica, lock: config.lock },
  });
  return exportingAtReplica(store, reading, followReplica({ primary, replica }), log);
}

/** Begins the change log, and tells the operator when tables were made for it. */
export function announcing(store: ChangeStore, log: Log): ChangeStore {
  return {
    async beginChangeLog() {
      const begun = await store.beginChangeLog();
      if (begun === 'made') log.info({}, OWN_TABLES_MADE);
      return begun;
    },
  };
}

/** The change log for who only reads: whoever writes has begun it. */
export function begunElsewhere(queries: Pick<Queries, 'changesSince'>): ChangeStore {
  return {
    beginChangeLog: async () => ((await queries.changesSince(0, 1)) === null ? 'none' : 'there'),
  };
}

/**
 * The asking side of the same database, of a replica where there is one; nothing is connected before the first question.
 * @param followsLog other processes write, and tell only the change log
 */
export async function createQueries(
  { database }: Pick<Bootstrap, 'database'>,
  followsLog = false,
): Promise<Queries> {
  if (database.backend === 'sqlite' || database.read === undefined)
    return createPrimaryQueries({ database }, followsLog);
  const { createMariadbQueries } = await import('../../infra/store/mariadb/queries/queries.ts');
  return createMariadbQueries(connectionTo(database.read), connectionTo(database), followsLog);
}

/** The same where it is written, also where there is a replica. */
export async function createPrimaryQueries(
  { database }: Pick<Bootstrap, 'database'>,
  followsLog = false,
): Promise<Queries> {
  if (database.backend === 'sqlite') {
    const { createSqliteQueries } = await import('../../infra/store/sqlite/queries/queries.ts');
    return createSqliteQueries(database.file, followsLog);
  }
  const { createMariadbQueries } = await import('../../infra/store/mariadb/queries/queries.ts');
  return createMariadbQueries(connectionTo(database), null, followsLog);
}

type Mariadb = Extract<Bootstrap['database'], { backend: 'mariadb' }>;

export function connectionTo({
  name,
  socket,
  ...connection
}: NonNullable<Mariadb['read']>): MariadbConnection {
  return { ...connection, database: name, ...(socket === undefined ? {} : { socketPath: socket }) };
}
