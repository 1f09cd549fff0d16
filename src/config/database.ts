import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AppError, describeError } from '../domain/errors.ts';
import { variable, type Environment } from './environment.ts';
import { parseIni, type Ini } from './ini.ts';
import { resolvePath } from './paths.ts';

interface SqliteConfig {
  readonly backend: 'sqlite';
  /** Absolute. */
  readonly file: string;
}

interface MariadbConfig extends MariadbAddress {
  readonly backend: 'mariadb';
  readonly charset: string;
  /** A replica, which answers questions instead. */
  readonly read?: MariadbAddress;
}

interface MariadbAddress {
  readonly host: string;
  readonly port: number;
  /** Used instead of host and port when present. */
  readonly socket?: string;
  readonly user: string;
  readonly password: string;
  /** The database. */
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** Absent: no TLS. */
  readonly ssl?: TlsConfig;
  /** Where the PEM texts were read, absolute, for programs that read them themselves. */
  readonly tlsFiles?: TlsFiles;
}

interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** PEM text, read from the files that are named in the INI. */
interface TlsConfig {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Whether a certificate that cannot be verified ends the connection. */
  readonly verify: boolean;
}

export interface LoadedDatabaseConfig {
  readonly database: SqliteConfig | MariadbConfig;
  /** The INI file; null: there is none. */
  readonly file: string | null;
  readonly dataDir: string;
  readonly tmpDir: string;
}

/**
 * Reads the INI file `TD_DB_CONFIG` names, else `db_config.ini` in `cwd` if it exists; never writes one. A key
 * missing in its section is looked up in `[database]`; an empty value is no value.
 *
 * @throws AppError `dbConfig.unreadable`, `dbConfig.invalid` (syntax, unknown backend, a value that is none)
 */
export async function loadDatabaseConfig(env: Environment, cwd: string): Promise<LoadedDatabaseConfig> {
  const named = variable(env, 'TD_DB_CONFIG');
  const file = resolvePath(cwd, named ?? 'db_config.ini');
  const text = await readIni(file, named !== undefined);
  const ini = new IniReader(parseIni(text ?? '', file), file);
  const dataDir = resolvePath(cwd, variable(env, 'TD_DATA') ?? ini.text('paths', 'data_dir', 'data'));
  return {
    database: await databaseConfig(ini, dataDir, cwd),
    file: text === undefined ? null : file,
    dataDir,
    tmpDir: resolvePath(cwd, variable(env, 'TD_TMP') ?? ini.text('paths', 'tmp_dir', 'tmp')),
  };
}

/** Section of a server that only answers questions. */
const REPLICA = 'mariadb-read';

async function databaseConfig(
  ini: IniReader,
  dataDir: string,
  cwd: string,
): Promise<SqliteConfig | MariadbConfig> {
  const backend = ini.text('database', 'backend', 'sqlite');
  switch (backend.toLowerCase()) {
    case 'sqlite':
      return {
        backend: 'sqlite',
        file: resolve(dataDir, ini.text('sqlite', 'sqlite_filename', 'TradeDangerous.db')),
      };
    case 'mariadb':
      return {
        backend: 'mariadb',
        ...(await mariadbAddress(ini, cwd, 'mariadb')),
        charset: ini.text('mariadb', 'charset', 'utf8mb4'),
        ...(ini.has(REPLICA) && { read: await replicaAddress(ini, cwd) }),
      };
    default:
      throw ini.invalid('database', 'backend', 'sqlite or mariadb');
  }
}

function replicaAddress(ini: IniReader, cwd: string): Promise<MariadbAddress> {
  const isNamed = ['host', 'port', 'socket'].some((key) => ini.has(REPLICA, key));
  if (!isNamed) throw ini.invalid(REPLICA, 'host', 'the address of a replica (or leave the section out)');
  return mariadbAddress(ini, cwd, REPLICA);
}

async function mariadbAddress(ini: IniReader, cwd: string, section: string): Promise<MariadbAddress> {
  const socket = ini.text(section, 'socket', '');
  return {
    host: ini.text(section, 'host', '127.0.0.1'),
    port: ini.integer(section, 'port', 3306, 1, 65_535),
    ...(socket === '' ? {} : { socket: resolvePath(cwd, socket) }),
    user: ini.text(section, 'user', ''),
    password: ini.text(section, 'password', ''),
    name: ini.text(section, 'name', 'tradedangerous'),
    connectTimeoutMs: ini.integer('engine', 'connect_timeout', 10, 1, 3600) * 1000,
    ...(await tlsConfig(ini, cwd, section)),
  };
}

/** Naming any of the files turns TLS on, unless `ssl` says no. */
async function tlsConfig(
  ini: IniReader,
  cwd: string,
  section: string,
): Promise<Pick<MariadbAddress, 'ssl' | 'tlsFiles'>> {
  const files = (['ca', 'cert', 'key'] as const)
    .map((part) => [part, ini.text(section, `ssl_${part}`, '')] as const)
    .filter(([, path]) => path !== '');
  if (!ini.boolean(section, 'ssl', files.length > 0)) return {};
  const pem: { ca?: string; cert?: string; key?: string } = {};
  const tlsFiles: typeof pem = {};
  for (const [part, path] of files) {
    try {
      tlsFiles[part] = resolvePath(cwd, path);
      pem[part] = await readFile(tlsFiles[part], 'utf8');
    } catch (error) {
      throw ini.invalid(section, `ssl_${part}`, `a file that can be read (${describeError(error)})`);
    }
  }
  return { ssl: { ...pem, verify: ini.boolean(section, 'ssl_verify', true) }, tlsFiles };
}

async function readIni(file: string, required: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (!required && error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new AppError('dbConfig.unreadable', `${file} cannot be read: ${describeError(error)}`, {
      advice:
        'TD_DB_CONFIG must name the INI file of Trade Dangerous; unset it to use SQLite in the data directory',
      cause: error,
    });
  }
}

/** Typed look-ups with the reference's fall-backs. */
class IniReader {
  readonly #ini: Ini;
  readonly #file: string;

  constructor(ini: Ini, file: string) {
    this.#ini = ini;
    this.#file = file;
  }

  has(section: string, key?: string): boolean {
    const found = this.#ini.get(section);
    return found !== undefined && (key === undefined || found.has(key));
  }

  text(section: string, key: string, fallback: string): string {
    const shared = [...(section === REPLICA ? ['mariadb'] : []), 'DEFAULT', 'database'];
    // A socket leads to one server only.
    const places = section === REPLICA && key === 'socket' ? [section] : [section, ...shared];
    const value = places.map((place) => this.#ini.get(place)?.get(key)).find((found) => found !== undefined);
    return value === undefined || value === '' ? fallback : value;
  }

  integer(section: string, key: string, fallback: number, min: number, max: number): number {
    const value = Number(this.text(section, key, String(fallback)));
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw this.invalid(section, key, `a whole number from ${min} to ${max}`);
  }

  boolean(section: string, key: string, fallback: boolean): boolean {
    const value = this.text(section, key, String(fallback)).toLowerCase();
    if (['1', 'true', 'yes', 'on'].includes(value)) return true;
    if (['0', 'false', 'no', 'off'].includes(value)) return false;
    throw this.invalid(section, key, 'true or false');
  }

  invalid(section: string, key: string, allowed: string): AppError {
    const value = JSON.stringify(this.text(section, key, ''));
    return new AppError('dbConfig.invalid', `${this.#file}: [${section}] ${key} is ${value}`, {
      advice: `allowed: ${allowed}`,
    });
  }
}
