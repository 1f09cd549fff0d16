import { setTimeout as sleep } from 'node:timers/promises';
import type { Generation } from '../../../../domain/generation.ts';
import type { AheadCounts, PurgeOptions } from '../../../../domain/ports/market-store.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { NO_TIME, timedTables } from '../../shared/times.ts';
import type { Link } from '../connection.ts';
import { rowFault } from '../errors.ts';
import { SCAN_TIMEOUT_MS } from '../export/listings.ts';

/** Rows looked at for one purge statement: some 0.1 s, in which writers of these stations wait. */
const PURGE_ROWS = 5_000;

/** How often what met another writer's locks is tried again, each after the server's own wait. */
const TRIES = 5;

/** Deletes whole stations of old rows, some thousand rows at a time, by primary key. @returns rows deleted */
export async function purge(
  link: Link,
  { olderThanS, dryRun, onProgress }: PurgeOptions,
  signal: AbortSignal,
): Promise<number> {
  const old = `modified < '${formatTimestamp(olderThanS)}'`;
  if (dryRun === true) {
    const [[rows] = []] = await link.rows(`SELECT COUNT(*) FROM StationItem WHERE ${old}`, SCAN_TIMEOUT_MS);
    return Number(rows);
  }
  let deletedRows = 0;
  for (;;) {
    signal.throwIfAborted();
    const stations = await link.rows(
      `SELECT DISTINCT station_id FROM
       (SELECT station_id FROM StationItem WHERE ${old} ORDER BY modified LIMIT ${PURGE_ROWS}) oldest`,
    );
    if (stations.length === 0) return deletedRows;
    deletedRows += await patiently(() =>
      link.run(
        `DELETE si FROM StationItem si FORCE INDEX (PRIMARY) WHERE station_id IN (${stations.join()}) AND ${old}`,
      ),
    );
    onProgress?.(deletedRows);
  }
}

/** Counts what has a time later than this, or mends it, some thousand rows at a time. */
export async function checkTimes(
  link: Link,
  generation: Generation,
  notAfterS: number,
  repair: boolean,
): Promise<AheadCounts> {
  const ahead = `modified > '${formatTimestamp(notAfterS + 1)}'`;
  const { rows, names } = timedTables(generation);

  async function mend(statement: string): Promise<number> {
    let changed = 0;
    for (;;) {
      const some = await patiently(() => link.run(`${statement} WHERE ${ahead} LIMIT ${PURGE_ROWS}`));
      if (some === 0) return changed;
      changed += some;
    }
  }
  async function each(tables: readonly string[], statement: (table: string) => string): Promise<number> {
    let sum = 0;
    for (const table of tables) {
      if (repair) sum += await mend(statement(table));
      else {
        const [[n] = []] = await link.rows(`SELECT COUNT(*) FROM ${table} WHERE ${ahead}`, SCAN_TIMEOUT_MS);
        sum += Number(n);
      }
    }
    return sum;
  }
  return {
    rows: await each(rows, (table) => `DELETE FROM ${table}`),
    names: await each(names, (table) => `UPDATE ${table} SET modified = ${NO_TIME}`),
  };
}

/** For what meets other writers' locks for moments only. */
export async function patiently<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (rowFault(error) === undefined || attempt === TRIES) throw error;
      await sleep(100 * attempt);
    }
  }
}
