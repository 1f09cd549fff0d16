import type { DatabaseSync } from 'node:sqlite';
import type { Generation } from '../../../../domain/generation.ts';
import type { NoteChange } from '../../../../domain/ports/store/changes.ts';
import type { AheadCounts } from '../../../../domain/ports/store/market-store.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import { NO_TIME, timedTables } from '../../shared/times.ts';
import { transact } from '../database.ts';

/** Rows looked at in one purge transaction: some 0.1 s, in which writes wait. */
const PURGE_ROWS = 5_000;

export function countOlder(db: DatabaseSync, olderThanS: number): number {
  const count = db.prepare('SELECT COUNT(*) AS n FROM StationItem WHERE modified < ?');
  return Number(count.get(formatTimestamp(olderThanS))?.n);
}

/** Deletes the old rows of some stations, of each all: an export in between sees whole stations. 0 = done. */
export function purgeBatch(db: DatabaseSync, olderThanS: number, note: NoteChange): number {
  const before = formatTimestamp(olderThanS);
  const select = db.prepare(
    `SELECT DISTINCT station_id FROM
     (SELECT station_id FROM StationItem WHERE modified < ? ORDER BY modified LIMIT ${PURGE_ROWS})`,
  );
  select.setReadBigInts(true);
  const remove = db.prepare('DELETE FROM StationItem WHERE station_id = ? AND modified < ?');
  return transact(db, () =>
    select.all(before).reduce((sum, row) => {
      const stationId = row.station_id as bigint;
      note('market', stationId, null, 'purge');
      return sum + Number(remove.run(stationId, before).changes);
    }, 0),
  );
}

/** Counts what has a time later than this, or mends it. */
export function checkTimes(
  db: DatabaseSync,
  generation: Generation,
  notAfterS: number,
  repair: boolean,
  note: NoteChange,
): AheadCounts {
  const ahead = `modified > '${formatTimestamp(notAfterS + 1)}'`;
  const { rows, names } = timedTables(generation);
  const count = (tables: readonly string[], mend: (table: string) => string) =>
    tables.reduce((sum, table) => {
      if (repair) return sum + Number(db.prepare(`${mend(table)} WHERE ${ahead}`).run().changes);
      return sum + Number(db.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${ahead}`).get()?.n);
    }, 0);
  const check = () => ({
    rows: count(rows, (table) => `DELETE FROM ${table}`),
    names: count(names, (table) => `UPDATE ${table} SET modified = ${NO_TIME}`),
  });
  if (!repair) return check();
  const select = db.prepare(`SELECT DISTINCT station_id FROM StationItem WHERE ${ahead}`);
  select.setReadBigInts(true);
  return transact(db, () => {
    for (const row of select.all()) note('market', row.station_id as bigint, null, 'repair');
    return check();
  });
}
