import { loadConfig, type Config } from './config/load.ts';
import { loadDatabaseConfig, type LoadedDatabaseConfig } from './config/database.ts';
import type { Environment } from './config/environment.ts';
import { createDirectories, resolvePaths, type Paths } from './config/paths.ts';
import type { Store } from './domain/ports/store.ts';
import { createLog, type LogHandle } from './infra/log.ts';

/** What the daemon and every one-shot begin with. */
export interface Bootstrap {
  readonly config: Config;
  readonly paths: Paths;
  readonly database: LoadedDatabaseConfig['database'];
  readonly log: LogHandle;
}

/**
 * Reads configuration and environment, makes the directories, and opens the log.
 * @param logTo one-shots keep standard output for their answer, and tell only trouble
 * @throws AppError for what only an operator can mend
 */
export async function bootstrap(
  at: { readonly cwd: string; readonly env: Environment },
  logTo: 'stdout' | 'stderr',
): Promise<Bootstrap> {
  const { config, file, created, problems } = await loadConfig(at);
  const { database, dataDir, tmpDir } = await loadDatabaseConfig(at.env, at.cwd);
  const paths = resolvePaths({ ...at, configFile: file, config, database: { dataDir, tmpDir } });
  await createDirectories(paths);
  const log = createLog({
    to: logTo,
    verbose: config.verbose && logTo === 'stdout',
    debug: config.debug,
  });
  if (created) log.info({ file }, `configuration: defaults written to ${file}`);
  for (const { source, key, message } of problems) log.warn({ source, key }, message);
  return { config, paths, database, log };
}

/** The store the configuration names; not yet connected. Only its own driver is loaded. */
export async function createStore({ config, database, log }: Bootstrap): Promise<Store> {
  const { contract } = config;
  if (database.backend === 'sqlite') {
    const { createSqliteStore } = await import('./infra/store/sqlite/store.ts');
    return createSqliteStore({ file: database.file, contract, log });
  }
  const { createMariadbStore } = await import('./infra/store/mariadb/store.ts');
  const { name, socket, ...connection } = database;
  return createMariadbStore({
    connection: { ...connection, database: name, ...(socket === undefined ? {} : { socketPath: socket }) },
    contract,
    lock: config.lock,
    log,
  });
}
