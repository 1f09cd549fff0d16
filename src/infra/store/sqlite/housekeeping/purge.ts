import type { DatabaseSync } from 'node:sqlite';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { transact } from '../database.ts';

/** Rows looked at in one purge transaction: some 0.1 s, in which writes wait. */
const PURGE_ROWS = 5_000;

export function countOlder(db: DatabaseSync, olderThanS: number): number {
  const count = db.prepare('SELECT COUNT(*) AS n FROM StationItem WHERE modified < ?');
  return Number(count.get(formatTimestamp(olderThanS))?.n);
}

/** Deletes the old rows of some stations, of each all: an export in between sees whole stations. 0 = done. */
export function purgeBatch(db: DatabaseSync, olderThanS: number): number {
  const before = formatTimestamp(olderThanS);
  const select = db.prepare(
    `SELECT DISTINCT station_id FROM
     (SELECT station_id FROM StationItem WHERE modified < ? ORDER BY modified LIMIT ${PURGE_ROWS})`,
  );
  select.setReadBigInts(true);
  const remove = db.prepare('DELETE FROM StationItem WHERE station_id = ? AND modified < ?');
  return transact(db, () =>
    select
      .all(before)
      .reduce((sum, row) => sum + Number(remove.run(row.station_id ?? null, before).changes), 0),
  );
}
