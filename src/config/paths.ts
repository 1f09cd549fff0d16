import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError, describeError } from '../domain/errors.ts';
import { variable, type Environment } from './environment.ts';

/** Absolute paths of everything the program reads and writes outside of the database. */
export interface Paths {
  readonly configFile: string;
  /** Trade Dangerous' data: the SQLite database, the spool. */
  readonly dataDir: string;
  /** Downloads; may be emptied while the program does not run. */
  readonly tmpDir: string;
  /** Where Trade Dangerous reads its table files. */
  readonly csvDir: string;
  /** `listings.csv`, `listings-live.csv`. */
  readonly exportDir: string;
  readonly spoolFile: string;
  /** The history of prices. */
  readonly historyDir: string;
  readonly diagnosticsFile: string;
  readonly dbMaintCnfFile: string;
  /** Has the newest time that EDDN's gateway told. */
  readonly clockFile: string;
  /** Says when the feed was heard. */
  readonly heardFile: string;
  /** Says which daemon works on the data directory. */
  readonly instanceFile: string;
  /** Says which `tdl import` does. */
  readonly importFile: string;
  /** Says which files of folders have been replayed. */
  readonly replayedFile: string;
  /** Logs of jobs, and what they have not written yet. */
  readonly jobsDir: string;
  /** Where a daemon is asked from the command line. */
  readonly controlSocket: string;
  readonly pidFile: string | null;
  readonly logFile: string | null;
  /** Folders of journals, each once. */
  readonly journalDirs: readonly string[];
}

/**
 * Relative to `cwd`; `~/` is the home directory, for unit files and INI files know no shell.
 * @throws AppError `paths.noHome`
 */
export function resolvePath(cwd: string, path: string): string {
  return resolve(cwd, path.replace(/^~(?=\/|$)/, home));
}

/** Other tools know it, too. */
function journalVariable(env: Environment): string[] {
  const path = variable(env, 'ED_JOURNAL_DIR');
  return path === undefined ? [] : [path];
}

/** Containers run as users that nobody has made: only a path that needs their home directory fails. */
function home(path: string): string {
  try {
    return homedir();
  } catch (cause) {
    throw new AppError('paths.noHome', `${path} is the home directory, and this user has none`, {
      advice: 'set HOME, or write the whole path',
      cause,
    });
  }
}

/** Where everything is. Source: reference, "Configuration and paths". Touches no file. */
export function resolvePaths(from: {
  readonly env: Environment;
  readonly cwd: string;
  readonly configFile: string;
  readonly config: {
    readonly exportPath: string;
    readonly dbMaintCnf: string;
    readonly diagnostics: { readonly path: string | null };
    readonly pidFile: string | null;
    readonly logFile: string | null;
    readonly journalDirs: readonly string[];
  };
  /** From `loadDatabaseConfig`: the INI file has a say in them. */
  readonly database: { readonly dataDir: string; readonly tmpDir: string };
}): Paths {
  const { env, cwd, configFile, config, database } = from;
  const exportDir = resolvePath(cwd, config.exportPath);
  return {
    configFile,
    dataDir: database.dataDir,
    tmpDir: database.tmpDir,
    csvDir: resolvePath(cwd, variable(env, 'TD_CSV') ?? variable(env, 'TD_DATA') ?? 'data'),
    exportDir,
    spoolFile: join(database.dataDir, 'tradedangerous-listener-spool.db'),
    historyDir: join(database.dataDir, 'history'),
    diagnosticsFile:
      config.diagnostics.path === null
        ? join(exportDir, 'listener_diag.jsonl')
        : resolvePath(cwd, config.diagnostics.path),
    dbMaintCnfFile: resolvePath(cwd, config.dbMaintCnf),
    clockFile: join(database.dataDir, 'tradedangerous-listener-clock'),
    heardFile: join(database.dataDir, 'tradedangerous-listener-heard.json'),
    instanceFile: join(database.dataDir, 'tradedangerous-listener.instance.json'),
    importFile: join(database.dataDir, 'tradedangerous-listener.import.json'),
    replayedFile: join(database.dataDir, 'tradedangerous-listener-replayed.json'),
    jobsDir: join(database.dataDir, 'tradedangerous-listener-jobs'),
    controlSocket: join(database.dataDir, 'tradedangerous-listener.sock'),
    pidFile: config.pidFile === null ? null : resolvePath(cwd, config.pidFile),
    logFile: config.logFile === null ? null : resolvePath(cwd, config.logFile),
    journalDirs: [
      ...new Set([...config.journalDirs, ...journalVariable(env)].map((path) => resolvePath(cwd, path))),
    ],
  };
}

/**
 * Creates the directories that do not exist.
 * @param make one, and those above it
 * @throws AppError `paths.notWritable`
 */
export async function createDirectories(
  paths: Paths,
  make: (directory: string) => Promise<unknown>,
): Promise<void> {
  for (const directory of [paths.dataDir, paths.tmpDir, paths.csvDir, paths.exportDir]) {
    try {
      await make(directory);
    } catch (error) {
      throw new AppError('paths.notWritable', `${directory} cannot be created: ${describeError(error)}`, {
        advice: 'check TD_DATA, TD_TMP, TD_CSV, export_path and the rights of this user',
        cause: error,
      });
    }
  }
}
