import type { LogPosition } from '../../../../domain/ports/store/changes.ts';
import type { ChangedListings } from '../../../../domain/ports/store/galaxy-store.ts';
import type { ChunkSink, ExportCount } from '../../../../domain/ports/store/market-store.ts';
import {
  isKept,
  logStateOf,
  SELECT_POSITION,
  selectChanged,
  type LogState,
} from '../../shared/changed-stations.ts';
import { CHUNK_BYTES, HAS_PRICE, LISTINGS_HEADER, type ListingScope } from '../../shared/listing.ts';
import { isPublished } from '../../shared/table-files.ts';
import type { Cell, Link } from '../connection.ts';
import { epochOf, tableNamed, wholeLines } from '../sql.ts';

/** Stations read at a time: some 100 ms of the server's work, some MB in memory. */
const STATIONS_PER_PAGE = 500;

/** Reads that look at the whole table. */
export const SCAN_TIMEOUT_MS = 10 * 60_000;

/** A row without the running number and the station. GROUP_CONCAT itself takes longer over many values. */
const LINE = `CONCAT_WS(',', item_id, supply_units, supply_level, supply_price, demand_price, demand_units,
  demand_level, ${epochOf('modified')})`;

const STATIONS: Readonly<Record<ListingScope, readonly [rows: string, stations: string]>> = {
  live: [`WHERE from_live = 1 AND ${HAS_PRICE}`, ''],
  all: ['', ''],
  published: ['', `WHERE ${isPublished('Station', 'st')}`],
};

/** Runs reads that all see the database as it is now, and hold no writer up. */
export async function inSnapshot<T>(link: Link, run: () => Promise<T>): Promise<T> {
  await link.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await link.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const result = await run();
  await link.run('COMMIT');
  await link.run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  return result;
}

/** Ids of the stations that may have rows in the listings, ascending. */
export async function readStationIds(link: Link, scope: ListingScope): Promise<string[]> {
  const [rows, stations] = STATIONS[scope];
  const found = await link.rows(
    // Distinct before joined: for all stations an index tells that without a look at every row.
    `SELECT station_id FROM (SELECT DISTINCT station_id FROM StationItem ${rows}) found
     JOIN Station st USING (station_id) ${stations} ORDER BY station_id`,
    SCAN_TIMEOUT_MS,
  );
  return found.map(([id]) => String(id));
}

/** Streams the listings, page by page: what the sink has not taken is not read. In a snapshot. */
export async function writeListings(
  link: Link,
  scope: ListingScope,
  sink: ChunkSink,
  signal: AbortSignal,
): Promise<ExportCount> {
  const stations = await readStationIds(link, scope);
  return writeStations(link, stations, await findUnknownItems(link, scope), sink, signal);
}

async function writeStations(
  link: Link,
  stations: readonly string[],
  unknownItems: readonly Cell[],
  sink: ChunkSink,
  signal: AbortSignal,
  wrote: (id: string) => void = () => undefined,
): Promise<ExportCount> {
  const page = (from: number) =>
    readLines(link, stations.slice(from, from + STATIONS_PER_PAGE), unknownItems);

  const count = { rows: 0, stations: 0 };
  const encoder = new TextEncoder();
  let text = LISTINGS_HEADER;
  const send = async () => {
    signal.throwIfAborted();
    await sink(encoder.encode(text));
    text = '';
  };
  let next = page(0);
  for (let from = 0; from < stations.length; from += STATIONS_PER_PAGE) {
    const rows = await next;
    // The server works on the next page while this one is made into text.
    next = page(from + STATIONS_PER_PAGE);
    next.catch(() => undefined);
    for (const { id, lines } of rows) {
      for (const line of lines) text += `${++count.rows},${id},${line}\n`;
      count.stations++;
      wrote(id);
      if (text.length >= CHUNK_BYTES) await send();
    }
  }
  await send();
  return count;
}

/** Where the change log is; null: there is none. */
export async function readLog(link: Link): Promise<LogState | null> {
  if ((await link.rows(tableNamed('tdl_change'))).length === 0) return null;
  const [row] = await link.rows(SELECT_POSITION);
  return row === undefined ? null : logStateOf(row);
}

/** Writes the published lines of markets that have changed. In a snapshot. */
export async function writeChanges(
  link: Link,
  since: LogPosition,
  sink: ChunkSink,
  signal: AbortSignal,
): Promise<ChangedListings | null> {
  const found = await readLog(link);
  if (found === null || !isKept(found, since)) return null;
  const changed = (kind: 'market' | 'station') => `(${selectChanged(kind, since)}) changed`;
  const ids = await link.rows(`SELECT id FROM ${changed('market')} ORDER BY id`, SCAN_TIMEOUT_MS);
  const stations = await link.rows(
    `SELECT st.station_id FROM ${changed('market')} JOIN Station st ON st.station_id = changed.id
     ${STATIONS.published[1]} ORDER BY st.station_id`,
    SCAN_TIMEOUT_MS,
  );
  const emptied = new Set(ids.map(([id]) => String(id)));
  const count = await writeStations(
    link,
    stations.map(([id]) => String(id)),
    await findUnknownItems(link, 'published'),
    sink,
    signal,
    (id) => emptied.delete(id),
  );
  const placed = await link.rows(
    `SELECT st.station_id, st.system_id FROM ${changed('station')} JOIN Station st ON st.station_id = changed.id
     ORDER BY st.station_id`,
    SCAN_TIMEOUT_MS,
  );
  return {
    ...{ ...count, position: found.position, emptied: [...emptied] },
    placed: placed.map(([stationId, systemId]) => [String(stationId), String(systemId)]),
  };
}

/** Foreign keys let none be, but Trade Dangerous' bulk sessions switch them off. Read from an index alone. */
export async function findUnknownItems(link: Link, scope: ListingScope = 'all'): Promise<Cell[]> {
  const rows = await link.rows(
    `SELECT item_id FROM (SELECT DISTINCT item_id FROM StationItem) used
     WHERE item_id NOT IN (
       SELECT item_id FROM Item it ${scope === 'published' ? `WHERE ${isPublished('Item', 'it')}` : ''})`,
    SCAN_TIMEOUT_MS,
  );
  return rows.flat();
}

/** A station and its lines, without running number and station id. */
export interface StationLines {
  readonly id: string;
  readonly lines: readonly string[];
  readonly isLive: boolean;
}

/** @param lock `FOR UPDATE`, or nothing. @returns those that have lines, ascending */
export async function readLines(
  link: Link,
  stations: readonly (string | bigint)[],
  unknownItems: readonly Cell[],
  lock: 'FOR UPDATE' | '' = '',
): Promise<StationLines[]> {
  if (stations.length === 0) return [];
  const from = (ids: readonly unknown[]) => `FROM StationItem FORCE INDEX (PRIMARY)
     WHERE station_id IN (${ids.join()}) AND ${HAS_PRICE}
       ${unknownItems.length > 0 ? `AND item_id NOT IN (${unknownItems.join()})` : ''}`;
  // One value a station crosses into JavaScript instead of nine a row; by the primary key, so they come in its order.
  const rows = await link.rows(
    `SELECT station_id, COUNT(*), GROUP_CONCAT(${LINE}, '\n' SEPARATOR ''), MAX(from_live) ${from(stations)}
     GROUP BY station_id ORDER BY station_id ${lock}`,
  );
  const found: StationLines[] = [];
  for (const [id, count, text, fromLive] of rows) {
    // The server cuts off what does not fit into its packets.
    const lines =
      wholeLines(String(text), Number(count)) ??
      (await link.rows(`SELECT ${LINE} ${from([id])} ORDER BY item_id`)).map(([line]) => String(line));
    found.push({ id: String(id), lines, isLive: Number(fromLive) !== 0 });
  }
  return found;
}
