import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { ROW, ROW_WIDTH, type Snapshot } from '../../src/domain/snapshot.ts';
import type { MariadbServer } from './mariadb-server.ts';

/** How Trade Dangerous' own writers wait for the lock of a station. */
export interface LockPolicy {
  readonly timeoutS: number;
  /** Attempts before it is put off. */
  readonly tries: number;
  /** After the n-th busy attempt, n from 0. */
  readonly waitS: (n: number) => number;
  readonly fromLive: 0 | 1;
}

/** Its listener's processor: four short attempts. */
export const PROCESSOR: LockPolicy = { timeoutS: 0.2, tries: 4, waitS: (n) => 0.05 * 2 ** n, fromLive: 1 };
/** Its Spansh importer: for ever. */
export const IMPORTER: LockPolicy = { timeoutS: 5, tries: Infinity, waitS: () => 0.25, fromLive: 0 };

/** Deadlock and lock wait: another writer was in the way for a moment. */
const RETRYABLE = new Set<unknown>([1213, 1205]);

/**
 * A writer that shares no code with the store: what Trade Dangerous does on a connection of its own, statement by
 * statement (READ COMMITTED, GET_LOCK, DML, COMMIT, RELEASE_LOCK), by the rule that the newest wins.
 */
export class SecondWriter {
  readonly #connection: Connection;
  readonly #policy: LockPolicy;
  /** Attempts at a lock, or whole transactions, that met another writer. */
  contended = 0;

  private constructor(connection: Connection, policy: LockPolicy) {
    this.#connection = connection;
    this.#policy = policy;
  }

  static async open(server: MariadbServer, database: string, policy: LockPolicy): Promise<SecondWriter> {
    const connection = await server.connect(database);
    await connection.query("SET time_zone = '+00:00'");
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    return new SecondWriter(connection, policy);
  }

  /**
   * Stores the snapshot, unless it is older than what is stored.
   *
   * @param holdMs how long the lock is held beside what writing takes
   * @returns false: the lock was not to be had, the station is put off
   */
  async write(snapshot: Snapshot, holdMs = 0): Promise<boolean> {
    if (!(await this.#lock(snapshot.marketId))) return false;
    try {
      if (holdMs > 0) await sleep(holdMs);
      while (!(await this.#replace(snapshot))) this.contended += 1;
    } finally {
      await this.#connection.query(`SELECT RELEASE_LOCK('td.station.${snapshot.marketId}')`);
    }
    return true;
  }

  close(): Promise<void> {
    return this.#connection.end();
  }

  async #lock(marketId: number): Promise<boolean> {
    const { timeoutS, tries, waitS } = this.#policy;
    for (let n = 0; n < tries; n += 1) {
      const [[row]] = await this.#connection.query<RowDataPacket[]>(
        `SELECT GET_LOCK('td.station.${marketId}', ${timeoutS}) AS got`,
      );
      if (Number(row?.got) === 1) return true;
      this.contended += 1;
      await sleep(waitS(n) * 1000);
    }
    return false;
  }

  /** @returns false: rolled back, another transaction was in the way */
  async #replace(snapshot: Snapshot): Promise<boolean> {
    await this.#connection.query('START TRANSACTION');
    try {
      if (!(await this.#isOlder(snapshot))) await this.#writeRows(snapshot);
      await this.#connection.query('COMMIT');
      return true;
    } catch (error) {
      await this.#connection.query('ROLLBACK');
      if (!RETRYABLE.has((error as { errno?: number }).errno)) throw error;
      return false;
    }
  }

  async #isOlder({ marketId, observedAtS }: Snapshot): Promise<boolean> {
    const [[newer]] = await this.#connection.query<RowDataPacket[]>(
      `SELECT COUNT(*) AS n FROM StationItem
       WHERE station_id = ${marketId} AND modified > FROM_UNIXTIME(${observedAtS})`,
    );
    return Number(newer?.n) > 0;
  }

  /** Item ids ascend in a snapshot. */
  async #writeRows({ marketId, observedAtS, rows }: Snapshot): Promise<void> {
    const { fromLive } = this.#policy;
    const query = (sql: string) => this.#connection.query(sql);
    const items = Array.from({ length: rows.length / ROW_WIDTH }, (_, i) =>
      rows.subarray(i * ROW_WIDTH, (i + 1) * ROW_WIDTH),
    );
    if (fromLive === 1) {
      for (const row of items)
        await query(`UPDATE Item SET avg_price = ${row[ROW.meanPrice]} WHERE item_id = ${row[ROW.itemId]}`);
    }
    await query(`DELETE FROM StationItem WHERE station_id = ${marketId}`);
    for (const row of items) {
      await query(
        `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
           supply_units, supply_level, modified, from_live)
         VALUES (${marketId}, ${row.subarray(0, ROW.meanPrice).join()}, FROM_UNIXTIME(${observedAtS}), ${fromLive})`,
      );
    }
  }
}
