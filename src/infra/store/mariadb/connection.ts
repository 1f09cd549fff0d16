import { isIP, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import mysql, { type PoolConnection, type ResultSetHeader } from 'mysql2/promise';
import { isConnectionLost, isNotPrepared } from './errors.ts';
import { prepareSession } from './session.ts';
import { text } from './sql.ts';

/** Where the server is and who we are there. Names are sent as utf8mb4 whatever charset the database has. */
export interface MariadbConnection {
  readonly host: string;
  readonly port: number;
  /** Used instead of host and port when present. */
  readonly socketPath?: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Until the server has let us in. */
  readonly connectTimeoutMs?: number;
  /** PEM texts; absent: no TLS. */
  readonly ssl?: {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
    readonly verify: boolean;
  };
}

/** For messages: the server, and the database on it. */
export function addressOf({ host, port, socketPath, database }: MariadbConnection): string {
  return `${socketPath ?? `${host}:${port}`}/${database}`;
}

/** A value of a row: 64-bit integers and decimals are text, so that ids stay exact. */
export type Cell = string | number | null;

/** Two for writing, one for an import, the others for exports, purging and questions. */
const MAX_CONNECTIONS = 8;

/** Rows that {@link Link.stream} gives at a time. */
const ROWS_AT_ONCE = 1_000;

class ConnectionDroppedError extends Error {
  readonly code = 'PROTOCOL_CONNECTION_LOST';
}

interface DriverPacket {
  readonly buffer: Buffer;
  length(): number;
  /** Shares the buffer. */
  clone(): DriverPacket;
}

/** What the driver's types leave out. */
interface DriverConnection {
  readonly stream: Socket;
  writePacket(packet: DriverPacket): void;
}

const HEADER_BYTES = 4;

/**
 * The driver has one empty packet for the ends of all loads on all connections, into which it writes the number of the
 * packet: where a socket still waits to send it and another load ends, the server gets a wrong number, and waits for ever.
 */
function sendOwnEmptyPackets(connection: DriverConnection): void {
  const write = connection.writePacket.bind(connection);
  connection.writePacket = (packet) => {
    const isEmpty = packet.length() === HEADER_BYTES;
    write(isEmpty ? Object.assign(packet.clone(), { buffer: Buffer.from(packet.buffer) }) : packet);
  };
}

/** Of the socket: what the driver listens to during a load. */
const LOAD_EVENTS = ['pause', 'drain'] as const;

/** A statement that writes rows. */
const WRITES = /^\s*(?:INSERT|UPDATE|DELETE|REPLACE|LOAD)\b/i;

/** One connection with its session set up. After an error that costs the connection it is {@link lost}. */
export class Link {
  readonly #connection: PoolConnection;
  /** How long a statement may take, unless it says otherwise. */
  readonly timeoutMs: number;
  #lost = false;
  /** While it is set nothing is written but in a transaction, each of which begins with it. */
  guard: (() => Promise<void>) | null = null;
  #inTransaction = false;
  /** Of {@link stream}: the driver does not tell it that its connection is gone. */
  #answer: Readable | undefined;
  /** Names of statements that the server keeps for this connection. */
  readonly #kept = new Map<string, string>();

  constructor(connection: PoolConnection, timeoutMs: number) {
    this.#connection = connection;
    this.timeoutMs = timeoutMs;
    const lose = () => {
      this.#lost = true;
      this.#answer?.destroy(new ConnectionDroppedError('the connection was lost'));
    };
    connection.on('error', lose).on('end', lose);
    sendOwnEmptyPackets(connection.connection as unknown as DriverConnection);
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Rows as arrays of cells. Statements that take long by nature say how long they may. */
  async rows(sql: string, timeoutMs = this.timeoutMs): Promise<Cell[][]> {
    return (await this.#query(sql, timeoutMs)) as Cell[][];
  }

  /**
   * The same for one id, in the place of `?`, by a statement that the server keeps: reading and understanding it again takes
   * a fifth of what it takes to answer it.
   */
  async rowsOfOne(sql: string, id: number | bigint): Promise<Cell[][]> {
    try {
      return await this.rows(`EXECUTE ${await this.#keep(sql)} USING ${id}`);
    } catch (error) {
      if (!isNotPrepared(error)) throw error;
      this.#kept.clear();
      return this.rows(sql.replace('?', String(id)));
    }
  }

  async #keep(sql: string): Promise<string> {
    const known = this.#kept.get(sql);
    if (known !== undefined) return known;
    const name = `tdl_${this.#kept.size}`;
    await this.run(`PREPARE ${name} FROM ${text(sql)}`);
    this.#kept.set(sql, name);
    return name;
  }

  /** @returns how many rows were matched (UPDATE) or affected */
  async run(sql: string, timeoutMs = this.timeoutMs): Promise<number> {
    if (this.#isGuardedWrite(sql)) return this.transaction(() => this.run(sql, timeoutMs));
    return ((await this.#query(sql, timeoutMs)) as ResultSetHeader).affectedRows;
  }

  /** Runs a LOAD DATA LOCAL. @param chunks of its text, made while the server reads the ones before */
  async load(sql: string, chunks: Iterable<Buffer>): Promise<ResultSetHeader> {
    if (this.#isGuardedWrite(sql)) return this.transaction(() => this.load(sql, chunks));
    const { stream } = this.#connection.connection as unknown as DriverConnection;
    const before = LOAD_EVENTS.map((event) => stream.listeners(event));
    try {
      return (await this.#query(sql, this.timeoutMs, () => Readable.from(chunks))) as ResultSetHeader;
    } finally {
      // After a refused load the driver leaves its listeners on the socket.
      LOAD_EVENTS.forEach((event, i) => {
        for (const listener of stream.listeners(event))
          if (!before[i]?.includes(listener)) stream.off(event, listener as () => void);
      });
    }
  }

  /** COMMIT when `run` is done, ROLLBACK when it throws. @param commit ends it with a COMMIT of its own */
  async transaction<T>(run: () => Promise<T>, commit?: () => Promise<void>): Promise<T> {
    await this.run('START TRANSACTION');
    this.#inTransaction = true;
    try {
      await this.guard?.();
      const result = await run();
      await (commit === undefined ? this.run('COMMIT') : commit());
      return result;
    } catch (error) {
      if (!this.#lost) await this.run('ROLLBACK');
      throw error;
    } finally {
      this.#inTransaction = false;
    }
  }

  #isGuardedWrite(sql: string): boolean {
    return this.guard !== null && !this.#inTransaction && WRITES.test(sql);
  }

  /** Rows of a long answer, some at a time: what is not asked for yet is not read. */
  async *stream(sql: string, timeoutMs: number): AsyncGenerator<Cell[][]> {
    // The promises' own type for what they wrap is another.
    const connection = this.#connection.connection as unknown as Connection;
    const answer = connection.query({ sql, rowsAsArray: true }).stream({ highWaterMark: ROWS_AT_ONCE });
    this.#answer = answer;
    const drop = () => this.destroy();
    let timer = setTimeout(drop, timeoutMs);
    try {
      let rows: Cell[][] = [];
      for await (const row of answer as AsyncIterable<Cell[]>) {
        if (rows.push(row) < ROWS_AT_ONCE) continue;
        clearTimeout(timer);
        yield rows;
        rows = [];
        timer = setTimeout(drop, timeoutMs);
      }
      yield rows;
    } catch (error) {
      if (isConnectionLost(error)) this.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#answer = undefined;
    }
  }

  /** Back to the pool, unless lost. */
  release(): void {
    if (!this.#lost) this.#connection.release();
  }

  /** Drops the connection at once, whatever runs on it; the server rolls back and frees its locks. */
  destroy(): void {
    if (this.#lost) return;
    this.#lost = true;
    // The driver's own destroy() says goodbye and lets a statement underway wait for ever.
    const { stream } = this.#connection.connection as unknown as DriverConnection;
    const reason = new ConnectionDroppedError('the connection was dropped');
    stream.destroy(reason);
    this.#answer?.destroy(reason);
  }

  async #query(sql: string, timeout: number, infileStreamFactory?: () => Readable): Promise<unknown> {
    try {
      const [result] = await this.#connection.query({
        sql,
        timeout,
        rowsAsArray: true,
        ...(infileStreamFactory && { infileStreamFactory }),
      });
      return result;
    } catch (error) {
      // A server that does not answer in time may be frozen, and what it was told may still happen later.
      if (isConnectionLost(error)) this.destroy();
      // The statement may be megabytes long: nothing for a log.
      if (error instanceof Error && 'sql' in error) delete error.sql;
      throw error;
    }
  }
}

export interface Pool {
  acquire(): Promise<Link>;
  /** Ends every connection; those that run something are dropped. */
  close(): Promise<void>;
}

/** For a server that does not take leave. */
const GOODBYE_MS = 500;

export function createPool(connection: MariadbConnection, statementTimeoutMs: number): Pool {
  const { host, port, socketPath, user, password, database, connectTimeoutMs = 10_000, ssl } = connection;
  const pool = mysql.createPool({
    ...(socketPath === undefined ? { host, port } : { socketPath }),
    user,
    password,
    database,
    connectTimeout: connectTimeoutMs,
    connectionLimit: MAX_CONNECTIONS,
    charset: 'UTF8MB4_UNICODE_CI',
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    // None is prepared here, and the driver keeps room for its 16,000: half a MiB a connection.
    maxPreparedStatements: 1,
    // No stack trace is taken before every statement.
    trace: false,
    // Nor is it looked through for places to fill: there are none.
    queryFormat: (sql: string) => sql,
    // For an address the driver would look for the name `localhost` in the certificate: there its signer has to do.
    ...(ssl && {
      ssl: { ...ssl, rejectUnauthorized: ssl.verify, verifyIdentity: ssl.verify && isIP(host) === 0 },
    }),
  });
  const links = new WeakMap<object, Link>();
  const open = new Set<Link>();
  return {
    async acquire() {
      const pooled = await pool.getConnection();
      const known = links.get(pooled.connection);
      if (known !== undefined) return known;
      const link = new Link(pooled, statementTimeoutMs);
      for (const old of open) if (old.lost) open.delete(old);
      open.add(link);
      try {
        await prepareSession(link, database, addressOf(connection));
      } catch (error) {
        link.destroy();
        throw error;
      }
      links.set(pooled.connection, link);
      return link;
    },
    async close() {
      // A connection that is lost already makes it fail; the others end all the same.
      const ended = pool.end().catch(() => undefined);
      await Promise.race([ended, sleep(GOODBYE_MS)]);
      for (const link of open) link.destroy();
    },
  };
}
