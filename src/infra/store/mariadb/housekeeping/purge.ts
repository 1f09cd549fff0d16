import { setTimeout as sleep } from 'node:timers/promises';
import type { Generation } from '../../../../domain/generation.ts';
import type { ChangeSource } from '../../../../domain/ports/store/changes.ts';
import type { AheadCounts, PurgeOptions } from '../../../../domain/ports/store/market-store.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { NO_TIME, timedTables } from '../../shared/times.ts';
import type { ChangeLog } from '../change-log.ts';
import type { Link } from '../connection.ts';
import { rowFault } from '../errors.ts';
import { SCAN_TIMEOUT_MS } from '../export/listings.ts';

/** Rows looked at for one purge statement: some 0.1 s, in which writers of these stations wait. */
const PURGE_ROWS = 5_000;

/** How often what met another writer's locks is tried, each after the server's own wait. */
const TRIES = 5;
const PAUSE_MS = 100;

/** Deletes whole stations of old rows, some thousand rows at a time, by primary key. @returns rows deleted */
export async function purge(
  link: Link,
  { olderThanS, dryRun, onProgress }: PurgeOptions,
  signal: AbortSignal,
  changes: ChangeLog,
): Promise<number> {
  const old = `modified < '${formatTimestamp(olderThanS)}'`;
  if (dryRun === true) {
    const [[rows] = []] = await link.rows(`SELECT COUNT(*) FROM StationItem WHERE ${old}`, SCAN_TIMEOUT_MS);
    return Number(rows);
  }
  let deletedRows = 0;
  for (;;) {
    signal.throwIfAborted();
    const rows = await deleteRows(link, old, 'purge', changes);
    if (rows === null) return deletedRows;
    deletedRows += rows;
    onProgress?.(deletedRows);
  }
}

/** Deletes the rows of some stations that fulfil a condition. @returns how many; null: there are none */
async function deleteRows(
  link: Link,
  condition: string,
  source: ChangeSource,
  changes: ChangeLog,
): Promise<number | null> {
  const stations = await link.rows(
    `SELECT DISTINCT station_id FROM
     (SELECT station_id FROM StationItem WHERE ${condition} ORDER BY modified LIMIT ${PURGE_ROWS}) some`,
  );
  if (stations.length === 0) return null;
  const ids = stations.map(([id]) => BigInt(id ?? 0));
  return patiently(() =>
    changes.transaction(link, (note) => {
      for (const id of ids) note('market', id, null, source);
      return link.run(
        `DELETE si FROM StationItem si FORCE INDEX (PRIMARY) WHERE station_id IN (${ids.join()}) AND ${condition}`,
      );
    }),
  );
}

/** Counts what has a time later than this, or mends it, some thousand rows at a time. */
export async function checkTimes(
  link: Link,
  generation: Generation,
  notAfterS: number,
  repair: boolean,
  changes: ChangeLog,
): Promise<AheadCounts> {
  const ahead = `modified > '${formatTimestamp(notAfterS + 1)}'`;
  const { rows, names } = timedTables(generation);

  async function mend(some: () => Promise<number | null>): Promise<number> {
    let changed = 0;
    for (;;) {
      const rows = await patiently(some);
      if (rows === null || rows === 0) return changed;
      changed += rows;
    }
  }
  async function each(tables: readonly string[], statement: (table: string) => string): Promise<number> {
    let sum = 0;
    for (const table of tables) {
      if (repair && table === 'StationItem') {
        sum += await mend(() => deleteRows(link, ahead, 'repair', changes));
      } else if (repair) {
        sum += await mend(() => link.run(`${statement(table)} WHERE ${ahead} LIMIT ${PURGE_ROWS}`));
      } else {
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
export async function patiently<T>(run: () => Promise<T>, pauseMs = PAUSE_MS): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (rowFault(error) === undefined || attempt === TRIES) throw error;
      await sleep(pauseMs * attempt);
    }
  }
}
