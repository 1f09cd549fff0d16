import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { fastFolder } from './fast-folder.ts';
import { freePort } from './free-port.ts';
import type { MariadbBinaries } from './mariadb-binaries.ts';
import { asWhom, systemTables } from './mariadb-tables.ts';

/** The account the store uses: no SUPER, all rights on databases named `tdl_...` only. */
const USER = { user: 'tdl', password: 'p%ss;w#rd' };

/** Fast, and safe against SIGKILL of the server: only a crash of the machine could lose commits. */
const FAST = [
  '--innodb-flush-log-at-trx-commit=2',
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-file-size=32M',
  '--skip-log-bin',
  '--performance-schema=OFF',
  // A test has a database of its own: what is kept about its twenty tables is a third of making them.
  '--innodb-stats-persistent=OFF',
  '--innodb-file-per-table=OFF',
];

export interface ServerOptions {
  /** Also listen on a port of 127.0.0.1. */
  readonly tcp?: boolean;
  /** Further options of mariadbd, e.g. `--max-allowed-packet=1M`; with `durable` nothing is tuned for tests. */
  readonly args?: readonly string[];
  readonly durable?: boolean;
}

/** @returns the rows of a statement on a connection of {@link MariadbServer.connect} */
export async function sqlOn(
  connection: Connection,
  statement: string,
): Promise<Record<string, string | null>[]> {
  const [rows] = await connection.query<RowDataPacket[]>(statement);
  return rows;
}

/** A private mariadbd on a temporary directory and a unix socket. */
export class MariadbServer {
  #folder = '';
  readonly #binaries: MariadbBinaries;
  readonly #options: ServerOptions;
  /** 0 without `tcp`. */
  port = 0;
  #process: ChildProcess | undefined;
  readonly #endWithUs = (): void => {
    this.#process?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  };

  constructor(binaries: MariadbBinaries, options: ServerOptions = {}) {
    this.#binaries = binaries;
    this.#options = options;
  }

  get folder(): string {
    return this.#folder;
  }

  get socketPath(): string {
    return path.join(this.#folder, 's.sock');
  }

  async create(): Promise<void> {
    this.#folder = mkdtempSync(
      path.join(this.#options.durable === true ? tmpdir() : fastFolder(), 'tdl-maria-'),
    );
    process.once('exit', this.#endWithUs);
    if (this.#options.tcp === true) this.port = await freePort();
    // Copied at once, 20 MB in memory: the programs that make them take half a second of processor time.
    cpSync(await systemTables(this.#binaries, USER), path.join(this.#folder, 'data'), { recursive: true });
    await this.start();
  }

  /** Uses the one that another process has created in a folder, and will destroy. */
  join(folder: string): void {
    this.#folder = folder;
  }

  /** Starts, or starts again on the same data, socket and port. */
  async start(): Promise<void> {
    const { server, baseDir, env } = this.#binaries;
    const log = path.join(this.#folder, 'error.log');
    const child = spawn(
      server,
      [
        '--no-defaults',
        `--datadir=${this.#folder}/data`,
        `--socket=${this.socketPath}`,
        `--pid-file=${this.#folder}/pid`,
        `--log-error=${log}`,
        `--tmpdir=${this.#folder}`,
        '--skip-name-resolve',
        '--character-set-server=utf8mb4',
        '--collation-server=utf8mb4_unicode_ci',
        ...(this.port === 0 ? ['--skip-networking'] : ['--bind-address=127.0.0.1', `--port=${this.port}`]),
        ...(baseDir === undefined ? [] : [`--basedir=${baseDir}`]),
        ...(this.#options.durable === true ? [] : FAST),
        ...(this.#options.args ?? []),
        ...asWhom(),
      ],
      { env, stdio: 'ignore' },
    );
    this.#process = child;
    for (;;) {
      try {
        await this.sql('DO 1');
        return;
      } catch (error) {
        if (child.exitCode !== null) {
          throw new Error(`mariadbd ended at start:\n${readFileSync(log, 'utf8').slice(-2000)}`, {
            cause: error,
          });
        }
        await sleep(20);
      }
    }
  }

  /** Ends it in order. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Freezes it: connections stay open, nothing answers. */
  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Ends it and removes its data. */
  async destroy(): Promise<void> {
    this.resume();
    await this.kill();
    process.off('exit', this.#endWithUs);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A connection of root's, foreign keys unchecked. Every value comes back as text, NULL as null. The caller ends it. */
  async connect(database?: string): Promise<Connection> {
    const connection = await mysql.createConnection({
      socketPath: this.socketPath,
      user: 'root',
      typeCast: (field) => field.string(),
      maxPreparedStatements: 1,
      ...(database === undefined ? {} : { database }),
    });
    await connection.query("SET foreign_key_checks = 0, time_zone = '+00:00'");
    return connection;
  }

  /** Runs a statement on such a connection. */
  async sql(statement: string, database?: string): Promise<Record<string, string | null>[]> {
    const connection = await this.connect(database);
    try {
      return await sqlOn(connection, statement);
    } finally {
      connection.destroy();
    }
  }

  /** A new, empty database the ordinary user may do everything in. @returns its name */
  async createDatabase(): Promise<string> {
    const name = `tdl_${randomBytes(6).toString('hex')}`;
    await this.sql(`CREATE DATABASE ${name}`);
    return name;
  }

  async dropDatabase(name: string): Promise<void> {
    await this.sql(`DROP DATABASE IF EXISTS ${name}`);
  }

  /** How the ordinary user connects, over the socket or (`tcp`) over the port. */
  connection(database: string, via: 'socket' | 'tcp' = 'socket') {
    const address = { host: '127.0.0.1', port: this.port };
    return {
      ...(via === 'tcp' ? address : { ...address, socketPath: this.socketPath }),
      ...USER,
      database,
      charset: 'utf8mb4',
    };
  }

  /** Arguments with which the command line client connects as root. */
  clientArgs(): readonly string[] {
    return ['--no-defaults', `--socket=${this.socketPath}`, '--user=root'];
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
