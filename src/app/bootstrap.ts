import { inspectConfig, loadConfig, type Config } from '../config/load.ts';
import { loadDatabaseConfig, type LoadedDatabaseConfig } from '../config/database.ts';
import type { Environment } from '../config/environment.ts';
import { createDirectories, resolvePaths, type Paths } from '../config/paths.ts';
import { changedKeys, livePart, type ChangedKeys } from '../config/reload.ts';
import { describeError } from '../domain/errors.ts';
import type { Now } from '../domain/now.ts';
import { createLog, type LogHandle } from '../infra/log/log.ts';
import type { LogFileOptions } from '../infra/log/log-file.ts';
import { makeDirectory } from '../infra/process/ownership.ts';
import { readNow } from './now.ts';

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

/** What the daemon and every one-shot begin with. */
export interface Bootstrap {
  /** Where it was started, and with what. */
  readonly at: { readonly cwd: string; readonly env: Environment };
  /** In force: the parts of it that can change while the program runs do, by {@link reload}. */
  readonly config: Config;
  readonly paths: Paths;
  readonly database: LoadedDatabaseConfig['database'];
  readonly log: LogHandle;
  readonly now: Now;
  /**
   * Reads the configuration file again, and puts in force what can be.
   * @returns what has taken effect, and what has changed since the start without taking any
   * @throws AppError when the file is broken; everything stays as it was
   */
  readonly reload: () => Promise<ChangedKeys>;
}

/** What the command line sets instead of the file. */
export type Overrides = Partial<Pick<Config, 'pidFile' | 'logFile' | 'logLevel'>>;

interface BootstrapOptions {
  /** The daemon logs to standard output, or to its log file; one-shots keep standard output for their answer, and tell only trouble. */
  readonly logTo: 'stdout' | 'stderr';
  readonly overrides?: Overrides;
  /** Neither the configuration nor directories are written. */
  readonly looksOnly?: boolean;
}

/**
 * Reads configuration and environment, makes the directories, and opens the log.
 * @throws AppError for what only an operator can mend
 */
export async function bootstrap(
  at: { readonly cwd: string; readonly env: Environment },
  { logTo, overrides = {}, looksOnly = false }: BootstrapOptions,
): Promise<Bootstrap> {
  const {
    config: loaded,
    file,
    written,
    created,
    problems,
  } = looksOnly ? { ...(await inspectConfig(at)), created: false } : await loadConfig(at);
  const config = { ...loaded, ...overrides };
  const { database, dataDir, tmpDir } = await loadDatabaseConfig(at.env, at.cwd);
  const paths = resolvePaths({ ...at, configFile: file, config, database: { dataDir, tmpDir } });
  if (!looksOnly) await createDirectories(paths, makeDirectory);
  const verbosity = () => ({
    verbose: config.verbose && logTo === 'stdout',
    debug: config.debug,
    level: config.logLevel,
  });
  const log = createLog({
    to: logTo,
    ...verbosity(),
    // Only one process may put it aside.
    file: paths.logFile !== null && logTo === 'stdout' ? logFile(config, paths.logFile) : null,
  });
  if (created) log.info({ file }, `configuration: defaults written to ${file}`);
  const tell = (each: typeof problems) => {
    for (const { source, key, message } of each) log.warn({ source, key }, message);
  };
  tell(problems);

  let inForce = written;
  return {
    at,
    config,
    paths,
    database,
    log,
    now: await readNow(paths.clockFile),
    async reload() {
      const fresh = await inspectConfig(at);
      tell(fresh.problems);
      Object.assign(config, livePart(fresh.config), overrides);
      log.setVerbosity(verbosity());
      const { live } = changedKeys(inForce, fresh.written);
      inForce = fresh.written;
      return { live, needRestart: changedKeys(written, fresh.written).needRestart };
    },
  };
}

/**
 * Reads the configuration again. Never rejects: a file that is broken leaves everything as it is.
 * @param apply puts in force what is not looked up in it
 */
export async function readAgain(base: Bootstrap, apply: () => Promise<void>): Promise<void> {
  const { log, paths } = base;
  try {
    const { live, needRestart } = await base.reload();
    await apply();
    log.info(
      { file: paths.configFile, live, needRestart },
      `configuration read again: ${live.length === 0 ? 'nothing has changed' : `${live.join(', ')} in force`}`,
    );
    if (needRestart.length > 0) {
      log.warn({ needRestart }, `configuration: ${needRestart.join(', ')} changed, which takes a restart`);
    }
  } catch (error) {
    log.error({}, `the configuration stays as it was: ${describeError(error)}`);
  }
}

function logFile({ logRotateMb, logKeepDays, logCompress }: Config, file: string): LogFileOptions {
  return { file, rotateBytes: logRotateMb * MIB, keepMs: logKeepDays * DAY_MS, compress: logCompress };
}
