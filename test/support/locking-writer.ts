import { setTimeout as sleep } from 'node:timers/promises';
import mysql, { type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';
import { ROW, ROW_WIDTH, type Snapshot } from '../../src/domain/market/snapshot.ts';
import { formatTimestamp } from '../../src/domain/timestamp.ts';

/** How a program waits for the lock of a station. */
export interface LockPolicy {
  readonly timeoutS: number;
  /** Attempts before the station is put off. */
  readonly tries: number;
  /** After the n-th busy attempt, n from 0. */
  readonly waitS: (n: number) => number;
  readonly fromLive: 0 | 1;
}

/** The processor of Trade Dangerous' listener. */
export const PROCESSOR: LockPolicy = { timeoutS: 0.2, tries: 4, waitS: (n) => 0.05 * 2 ** n, fromLive: 1 };
/** Its Spansh importer, which never gives up. */
export const IMPORTER: LockPolicy = { timeoutS: 5, tries: Infinity, waitS: () => 0.25, fromLive: 0 };

/** Shares no code with the store: what those programs do, statement by statement, on a connection of its own. */
export class LockingWriter {
  readonly #connection: Connection;
  readonly #policy: LockPolicy;
  /** Attempts that met a lock, or rows, that somebody else held. */
  contended = 0;

  private constructor(connection: Connection, policy: LockPolicy) {
    this.#connection = connection;
    this.#policy = policy;
  }

  static async open(options: ConnectionOptions, policy: LockPolicy): Promise<LockingWriter> {
    const connection = await mysql.createConnection(options);
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    return new LockingWriter(connection, policy);
  }

  close(): Promise<void> {
    return this.#connection.end();
  }

  /**
   * GET_LOCK, DML, COMMIT, RELEASE_LOCK; a station whose rows are newer is left alone.
   *
   * @param holdMs how long the lock is held beside that
   * @returns false: put off
   */
  async write(snapshot: Snapshot, holdMs = 0): Promise<boolean> {
    const name = `'td.station.${snapshot.marketId}'`;
    if (!(await this.#lock(name))) return false;
    try {
      await sleep(holdMs);
      await this.#connection.query('START TRANSACTION');
      await this.#replace(snapshot);
      await this.#connection.query('COMMIT');
      return true;
    } catch (error) {
      await this.#connection.query('ROLLBACK');
      if (![1213, 1205].includes((error as { errno?: number }).errno ?? 0)) throw error;
      this.contended++;
      return false;
    } finally {
      await this.#connection.query(`SELECT RELEASE_LOCK(${name})`);
    }
  }

  async #lock(name: string): Promise<boolean> {
    const { timeoutS, tries, waitS } = this.#policy;
    for (let n = 0; n < tries; n++) {
      const [[row]] = await this.#connection.query<RowDataPacket[]>(
        `SELECT GET_LOCK(${name}, ${timeoutS}) AS got`,
      );
      if (row?.got === 1) return true;
      this.contended++;
      await sleep(waitS(n) * 1000);
    }
    return false;
  }

  async #replace({ marketId, observedAtS, rows }: Snapshot): Promise<void> {
    const query = (sql: string) => this.#connection.query<RowDataPacket[]>(sql);
    const modified = `'${formatTimestamp(observedAtS)}'`;
    const [newer] = await query(
      `SELECT 1 FROM StationItem WHERE station_id = ${marketId} AND modified > ${modified} LIMIT 1`,
    );
    if (newer.length > 0) return;
    const lines = Array.from({ length: rows.length / ROW_WIDTH }, (_, i) =>
      rows.subarray(i * ROW_WIDTH, (i + 1) * ROW_WIDTH),
    );
    // Only the processor knows mean prices.
    for (const line of this.#policy.fromLive === 1 ? lines : []) {
      await query(`UPDATE Item SET avg_price = ${line[ROW.meanPrice]} WHERE item_id = ${line[ROW.itemId]}`);
    }
    await query(`DELETE FROM StationItem WHERE station_id = ${marketId}`);
    for (const line of lines) {
      await query(
        `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
           supply_units, supply_level, modified, from_live)
         VALUES (${marketId}, ${line.subarray(0, ROW.meanPrice).join()}, ${modified}, ${this.#policy.fromLive})`,
      );
    }
  }
}
