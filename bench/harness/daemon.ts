import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { startProgram, writeConfig, type Program } from '../../test/support/daemon.ts';
import { writeDbConfig } from '../../test/support/mariadb-galaxy.ts';
import { startRelay, type Relay } from '../../test/support/relay.ts';
import type { BareDatabase } from '../limits/bare-answerer.ts';
import type { Execute } from '../generators/galaxy.ts';
import { GOODS } from '../generators/markets.ts';
import { createGalaxy, orNone, purged, withServer, type BenchServer } from './mariadb.ts';
import { tempDir } from './temp-dir.ts';

/** A database for a daemon, with our goods in it, beside which the benchmark may look into it. */
export interface DaemonDatabase {
  readonly backend: 'SQLite' | 'MariaDB';
  readonly execute: Execute;
  /** Resolves when the database has nothing left to do for what was written so far. */
  readonly settle: () => Promise<void>;
  /** One number a row. */
  readonly numbers: (sql: string) => Promise<number[]>;
  /** How another process reaches it. */
  readonly bare: BareDatabase;
  /** How the program is told of it. */
  readonly env: Readonly<Record<string, string>>;
  /** The server, if it is one. */
  readonly server: BenchServer | null;
  readonly cwd: string;
}

/** Where the program has its SQLite database. */
export function sqliteFile(cwd: string): string {
  return join(cwd, 'data/TradeDangerous.db');
}

/** A directory in which the program finds a configuration and a SQLite database. */
export async function sqliteDatabase(): Promise<DaemonDatabase & { readonly close: () => void }> {
  const cwd = tempDir();
  mkdirSync(join(cwd, 'data'));
  const file = sqliteFile(cwd);
  const store = createSqliteStore({ file, generation: 'v12' });
  await store.useCatalogue(GOODS);
  await store.close();
  const db = new DatabaseSync(file, { timeout: 10_000 });
  return {
    backend: 'SQLite',
    cwd,
    bare: { file },
    env: {},
    server: null,
    execute: (sql) => db.exec(sql),
    settle: () => Promise.resolve(),
    numbers: (sql) => {
      const select = db.prepare(sql);
      select.setReturnArrays(true);
      return Promise.resolve((select.all() as unknown as number[][]).map(([value]) => value!));
    },
    close: () => db.close(),
  };
}

/**
 * Runs something for each kind of database; MariaDB is left out where there is none.
 * @param poolMiB memory of its server for the database
 */
export async function onBoth<T>(
  run: (database: DaemonDatabase) => Promise<T[]>,
  poolMiB?: number,
): Promise<T[]> {
  const database = await sqliteDatabase();
  const results = await run(database);
  database.close();
  return [...results, ...(await orNone(onMariadb(run, poolMiB)))];
}

/** The same with a server only. @throws Unavailable */
export async function onMariadb<T>(
  run: (database: DaemonDatabase) => Promise<T[]>,
  poolMiB?: number,
): Promise<T[]> {
  return withServer(async (bench) => {
    const { server } = bench;
    const { database, store, connection } = await createGalaxy(server);
    await store.close();
    const cwd = tempDir();
    try {
      return await run({
        backend: 'MariaDB',
        cwd,
        bare: { connection: server.connection(database) },
        env: { TD_DB_CONFIG: writeDbConfig(cwd, server, database) },
        server: bench,
        execute: (sql) => connection.query(sql),
        settle: async () => {
          await purged(connection);
          // Else its pages are written for a quarter of an hour. The tables are let go of with the connection.
          await server.sql('FLUSH TABLES System, Station, StationItem FOR EXPORT', database);
        },
        numbers: async (sql) => {
          const [rows] = await connection.query({ sql, rowsAsArray: true });
          return (rows as number[][]).map(([value]) => value!);
        },
      });
    } finally {
      connection.destroy();
    }
  }, poolMiB);
}

/** Configuration for our goods and every program's messages; nothing leaves this machine. */
export function configure(cwd: string, more: Readonly<Record<string, unknown>> = {}): void {
  const tables = join(cwd, 'fdevids');
  mkdirSync(tables, { recursive: true });
  const goods = GOODS.map(({ id, symbol, category, name }) => [id, symbol, category, name].join());
  writeFileSync(join(tables, 'commodity.csv'), ['id,symbol,category,name', ...goods, ''].join('\n'));
  const rare = [
    'id,symbol,market_id,category,name',
    '128666746,EraninPearlWhisky,128001536,Legal Drugs,Eranin',
    '',
  ];
  writeFileSync(join(tables, 'rare_commodity.csv'), rare.join('\n'));
  writeConfig(cwd, { edcd_source: tables, listener_processor_rate_every: 1, ...more });
}

/** The real program, and the relay it listens to. */
export interface BenchDaemon {
  readonly program: Program;
  readonly relay: Relay;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

export async function startDaemon(database: DaemonDatabase, config: object = {}): Promise<BenchDaemon> {
  const { cwd, env } = database;
  const relay = await startRelay();
  configure(cwd, { eddn_url: relay.url, ...config });
  const program = startProgram({ cwd, env });
  const killIt = () => program.kill('SIGKILL');
  process.once('exit', killIt);
  await Promise.race([relay.waitForSubscribers(), failure(program)]);
  return {
    program,
    relay,
    pid: program.process.pid!,
    stop: async () => {
      program.kill('SIGTERM');
      await program.exit;
      process.off('exit', killIt);
      relay.close();
    },
  };
}

async function failure(program: Program): Promise<never> {
  const { code, stdout, stderr } = await program.exit;
  throw new Error(`the program ended with ${code}:\n${stdout}${stderr}`);
}
