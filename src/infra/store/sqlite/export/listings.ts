import type { DatabaseSync } from 'node:sqlite';
import type { LogPosition } from '../../../../domain/ports/store/changes.ts';
import type { ChangedListings } from '../../../../domain/ports/store/galaxy-store.ts';
import type { ExportCount } from '../../../../domain/ports/store/market-store.ts';
import {
  isKept,
  logStateOf,
  SELECT_POSITION,
  selectChanged,
  type LogState,
} from '../../shared/changed-stations.ts';
import { HAS_PRICE, LISTINGS_HEADER, type ListingScope } from '../../shared/listing.ts';
import { isPublished } from '../../shared/table-files.ts';
import { hasTable } from '../galaxy/own-tables.ts';
import type { TextSender } from './text-sender.ts';

/**
 * The rows of a station `st` in one text: a line a row without the running number and the station. One value a station
 * crosses into JavaScript instead of nine a row, which takes half the time. `unixepoch` drops fractions of a second.
 */
export const LINES = lines();

/** @param hidden ids of items whose rows are left out */
function lines(hidden: readonly number[] = []): string {
  return `
  SELECT group_concat(line, char(10)) FROM (
    SELECT concat_ws(',', item_id, supply_units, supply_level, supply_price, demand_price, demand_units, demand_level,
      coalesce(unixepoch(modified), 0)) AS line
    FROM StationItem AS si
    WHERE station_id = st.station_id AND ${HAS_PRICE}
      AND EXISTS (SELECT 1 FROM Item WHERE item_id = si.item_id) AND item_id NOT IN (${hidden.join()})
    ORDER BY item_id)`;
}

const IS_LIVE = `EXISTS (
  SELECT 1 FROM StationItem WHERE station_id = st.station_id AND from_live = 1 AND ${HAS_PRICE})`;

const STATIONS: Readonly<Record<ListingScope, string>> = {
  live: IS_LIVE,
  all: '1',
  published: isPublished('Station', 'st'),
};

export function writeListings<File extends string>(
  db: DatabaseSync,
  scope: ListingScope,
  sender: TextSender<File>,
): Promise<ExportCount> {
  return writeStations(db, scope, STATIONS[scope], sender, () => undefined);
}

/** @param wrote is told of every station that has lines */
async function writeStations<File extends string>(
  db: DatabaseSync,
  scope: ListingScope,
  wanted: string,
  sender: TextSender<File>,
  wrote: (id: string) => void,
): Promise<ExportCount> {
  const hidden = scope === 'published' ? hiddenItems(db) : [];
  const stations = db.prepare(
    `SELECT CAST(station_id AS TEXT) AS id, (${lines(hidden)}) AS lines
     FROM Station st WHERE ${wanted} ORDER BY station_id`,
  );
  stations.setReturnArrays(true);
  const count = { rows: 0, stations: 0 };
  sender.text += LISTINGS_HEADER;
  for (const [id, lines] of stations.iterate() as unknown as Iterable<[string, string | null]>) {
    if (lines === null) continue;
    wrote(id);
    count.stations++;
    for (const line of lines.split('\n')) sender.text += `${++count.rows},${id},${line}\n`;
    if (sender.isFull) await sender.send();
  }
  await sender.end();
  return count;
}

/** Where the change log is; null: there is none. */
export function readLog(db: DatabaseSync): LogState | null {
  if (!hasTable(db, 'tdl_change')) return null;
  const select = db.prepare(SELECT_POSITION);
  select.setReturnArrays(true);
  const row = select.get() as unknown as [string, number, number | null] | undefined;
  return row === undefined ? null : logStateOf(row);
}

/** Writes the published lines of markets that have changed. In a read transaction. */
export async function writeChanges<File extends string>(
  db: DatabaseSync,
  since: LogPosition,
  sender: TextSender<File>,
): Promise<ChangedListings | null> {
  const found = readLog(db);
  if (found === null || !isKept(found, since)) return null;
  const idsOf = (kind: 'market' | 'station') => `station_id IN (${selectChanged(kind, since)})`;
  const ids = db.prepare(
    `SELECT CAST(id AS TEXT) AS id FROM (${selectChanged('market', since)}) ORDER BY id`,
  );
  const emptied = new Set(ids.all().map(({ id }) => String(id)));
  const count = await writeStations(
    db,
    'published',
    `${idsOf('market')} AND ${STATIONS.published}`,
    sender,
    (id) => emptied.delete(id),
  );
  const placed = db.prepare(
    `SELECT CAST(station_id AS TEXT), CAST(system_id AS TEXT) FROM Station WHERE ${idsOf('station')}
     ORDER BY station_id`,
  );
  placed.setReturnArrays(true);
  return {
    ...{ ...count, position: found.position, emptied: [...emptied] },
    placed: placed.all() as unknown as [string, string][],
  };
}

/** Items that are not in their file; as a rule there are none. */
function hiddenItems(db: DatabaseSync): number[] {
  const select = db.prepare(`SELECT item_id FROM Item t WHERE (${isPublished('Item', 't')}) IS NOT TRUE`);
  return select.all().map((row) => Number(row.item_id));
}

/** Ids of the stations that are in the live listings, ascending. */
export function selectLiveStations(db: DatabaseSync): BigInt64Array<ArrayBuffer> {
  const select = db.prepare(`SELECT station_id FROM Station st WHERE ${IS_LIVE} ORDER BY station_id`);
  select.setReadBigInts(true);
  return BigInt64Array.from(select.all(), (row) => row.station_id as bigint);
}
