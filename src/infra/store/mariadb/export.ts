import type { ChunkSink, ExportCount } from '../../../domain/ports/market-store.ts';
import { CHUNK_BYTES, LISTINGS_HEADER } from '../listing.ts';
import type { Cell, Link } from './connection.ts';
import { epochOf } from './sql.ts';

/** Stations read at a time: some 100 ms of the server's work, some MB in memory. */
const STATIONS_PER_PAGE = 500;

/** Reads that look at the whole table. */
export const SCAN_TIMEOUT_MS = 10 * 60_000;

/**
 * The rows of a station in one text: a line a row without the running number and the station. One value a station
 * crosses into JavaScript instead of nine a row. Read by the primary key, so they come in its order.
 */
const LINES = `GROUP_CONCAT(item_id, ',', supply_units, ',', supply_level, ',', supply_price, ',', demand_price, ',',
  demand_units, ',', demand_level, ',', ${epochOf('modified')} SEPARATOR '\\n')`;

/**
 * Streams the listings from one consistent read that holds no writer up, page by page: what the sink has not taken
 * is not read.
 */
export async function exportListings(
  link: Link,
  scope: 'live' | 'all',
  sink: ChunkSink,
  signal: AbortSignal,
): Promise<ExportCount> {
  await link.run('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  await link.run('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
  const stations = await link.rows(
    // Distinct before joined: for all stations an index tells that without a look at every row.
    `SELECT station_id FROM (SELECT DISTINCT station_id FROM StationItem ${scope === 'live' ? 'WHERE from_live = 1' : ''}) found
     JOIN Station USING (station_id) ORDER BY station_id`,
    SCAN_TIMEOUT_MS,
  );
  const unknownItems = await findUnknownItems(link);
  const page = (from: number) => readPage(link, stations.slice(from, from + STATIONS_PER_PAGE), unknownItems);

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
    for (const [id, expected, lines] of rows) {
      const first = count.rows;
      for (const line of String(lines).split('\n')) text += `${++count.rows},${id},${line}\n`;
      // group_concat_max_len cuts silently.
      if (count.rows - first !== Number(expected)) throw new Error(`the rows of station ${id} were cut`);
      count.stations++;
      if (text.length >= CHUNK_BYTES) await send();
    }
  }
  await send();
  await link.run('COMMIT');
  await link.run('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  return count;
}

/** Foreign keys let none be, but Trade Dangerous' bulk sessions switch them off. Read from an index alone. */
async function findUnknownItems(link: Link): Promise<Cell[]> {
  const rows = await link.rows(
    `SELECT item_id FROM (SELECT DISTINCT item_id FROM StationItem) used
     WHERE item_id NOT IN (SELECT item_id FROM Item)`,
    SCAN_TIMEOUT_MS,
  );
  return rows.flat();
}

/** Station, number of rows, lines. */
async function readPage(
  link: Link,
  stations: readonly Cell[][],
  unknownItems: readonly Cell[],
): Promise<Cell[][]> {
  if (stations.length === 0) return [];
  return link.rows(
    `SELECT station_id, COUNT(*), ${LINES} FROM StationItem FORCE INDEX (PRIMARY)
     WHERE station_id IN (${stations.join()}) AND (demand_price <> 0 OR supply_price <> 0)
       ${unknownItems.length > 0 ? `AND item_id NOT IN (${unknownItems.join()})` : ''}
     GROUP BY station_id ORDER BY station_id`,
  );
}
