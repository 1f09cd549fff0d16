import type { Queries } from '../domain/ports/queries.ts';
import type { Store } from '../domain/ports/store.ts';
import type { Bootstrap } from './bootstrap.ts';

/** The store the configuration names; not yet connected. Only its own driver is loaded. */
export async function createStore({ config, database, log, now }: Omit<Bootstrap, 'reload'>): Promise<Store> {
  const notAfterS = () => now.notAfterS(config.rules.maxClockSkewS);
  const { generation, ownTables } = config;
  if (database.backend === 'sqlite') {
    const { createSqliteStore } = await import('../infra/store/sqlite/store.ts');
    return createSqliteStore({ file: database.file, generation, ownTables, notAfterS, log });
  }
  const { createMariadbStore } = await import('../infra/store/mariadb/store.ts');
  return createMariadbStore({
    connection: connectionTo(database),
    generation,
    ownTables,
    notAfterS,
    lock: config.lock,
    log,
  });
}

/** The asking side of the same database; nothing is connected before the first question. */
export async function createQueries({ database }: Pick<Bootstrap, 'database'>): Promise<Queries> {
  if (database.backend === 'sqlite') {
    const { createSqliteQueries } = await import('../infra/store/sqlite/queries/queries.ts');
    return createSqliteQueries(database.file);
  }
  const { createMariadbQueries } = await import('../infra/store/mariadb/queries/queries.ts');
  return createMariadbQueries(connectionTo(database));
}

function connectionTo({
  name,
  socket,
  ...connection
}: Extract<Bootstrap['database'], { backend: 'mariadb' }>) {
  return { ...connection, database: name, ...(socket === undefined ? {} : { socketPath: socket }) };
}
