import { readFileSync } from 'node:fs';
import path from 'node:path';
import mysql, { type Connection } from 'mysql2/promise';
import type { ChangeLimits } from '../../src/domain/ports/store/changes.ts';
import { createMariadbStore } from '../../src/infra/store/mariadb/store.ts';
import { findMariadb, type MariadbBinaries } from '../../test/support/mariadb-binaries.ts';
import { MariadbServer } from '../../test/support/mariadb-server.ts';
import { GOODS } from '../generators/markets.ts';
import { Unavailable } from './types.ts';

/** As an operator would set it up: every commit is on the disk. The rest are the server's defaults. */
const SETTINGS = ['--innodb-log-file-size=256M', '--local-infile=1'];
/** What the server may keep in memory of a database of some hundred MiB. */
const POOL_MIB = 512;

/** A server of our own, with the id of its process and the programs it comes with. */
export interface BenchServer {
  readonly server: MariadbServer;
  readonly pid: number;
  readonly binaries: MariadbBinaries;
}

/**
 * Runs something with a server, which is there as long.
 * @param poolMiB its memory for the database
 * @throws Unavailable
 */
export async function withServer<T>(
  run: (server: BenchServer) => Promise<T>,
  poolMiB = POOL_MIB,
): Promise<T> {
  const binaries = await findMariadb();
  if (binaries === undefined) throw new Unavailable('there is no MariaDB server');
  const server = new MariadbServer(binaries, {
    durable: true,
    args: [...SETTINGS, `--innodb-buffer-pool-size=${poolMiB}M`],
  });
  await server.create();
  try {
    const pid = Number(readFileSync(path.join(path.dirname(server.socketPath), 'pid'), 'utf8'));
    return await run({ server, pid, binaries });
  } finally {
    await server.destroy();
  }
}

/** What a server gives, or nothing where there is no server. */
export async function orNone<T>(results: Promise<T[]>): Promise<T[]> {
  try {
    return await results;
  } catch (error) {
    if (error instanceof Unavailable) return [];
    throw error;
  }
}

/** The daemon's store, with the daemon's settings. @param changeLog null: it keeps none */
export function mariadbStore(server: MariadbServer, database: string, changeLog: ChangeLimits | null = null) {
  return createMariadbStore({
    connection: server.connection(database),
    generation: 'v12',
    lock: { timeoutMs: 200, maxRetries: 4, backoffStartMs: 50 },
    changeLog,
  });
}

/** A new database in which our goods are known. The caller closes store and connection. */
export async function createGalaxy(server: MariadbServer, changeLog: ChangeLimits | null = null) {
  const database = await server.createDatabase();
  const store = mariadbStore(server, database, changeLog);
  await store.useCatalogue(GOODS);
  return { database, store, connection: await bareConnection(server, database) };
}

/** A connection of the daemon's user with the session settings that the store uses. The caller ends it. */
async function bareConnection(server: MariadbServer, database: string): Promise<Connection> {
  const connection = await mysql.createConnection(server.connection(database));
  await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  await connection.query(
    "SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'",
  );
  return connection;
}

/** Resolves when the server has tidied up behind earlier statements: it does so in the background. */
export async function purged(connection: Connection): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const [rows] = await connection.query("SHOW GLOBAL STATUS LIKE 'Innodb_history_list_length'");
    if (Number((rows as { Value: string }[])[0]?.Value ?? 0) === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
