import { DatabaseSync } from 'node:sqlite';
import { workerData } from 'node:worker_threads';
import type { ExportCount, StoreStats } from '../../../domain/ports/market-store.ts';
import { serveThread, type CallContext } from '../../thread-rpc.ts';
import { CHUNK_BYTES, LISTINGS_HEADER } from '../listing.ts';
import { parseTimestamp } from '../../../domain/timestamp.ts';
import { BUSY_MS } from './database.ts';
import { toStoreError } from './errors.ts';

const { file } = workerData as { readonly file: string };

/**
 * The rows of a station in one text: a line a row without the running number and the station. One value a station
 * crosses into JavaScript instead of nine a row, which takes half the time. `unixepoch` drops fractions of a second.
 */
const LINES = `
  SELECT group_concat(line, char(10)) FROM (
    SELECT concat_ws(',', item_id, supply_units, supply_level, supply_price, demand_price, demand_units, demand_level,
      coalesce(unixepoch(modified), 0)) AS line
    FROM StationItem AS si
    WHERE station_id = st.station_id AND (demand_price <> 0 OR supply_price <> 0)
      AND EXISTS (SELECT 1 FROM Item WHERE item_id = si.item_id)
    ORDER BY item_id)`;

const IS_LIVE = 'EXISTS (SELECT 1 FROM StationItem WHERE station_id = st.station_id AND from_live = 1)';

const methods = {
  async exportListings(scope: 'live' | 'all', { emit }: CallContext): Promise<ExportCount> {
    using db = openReader();
    const stations = db.prepare(
      `SELECT CAST(station_id AS TEXT) AS id, (${LINES}) AS lines FROM Station st
       ${scope === 'live' ? `WHERE ${IS_LIVE}` : ''} ORDER BY station_id`,
    );
    stations.setReturnArrays(true);
    const count = { rows: 0, stations: 0 };
    const encoder = new TextEncoder();
    let text = LISTINGS_HEADER;
    let received: Promise<void> = Promise.resolve();
    const send = async () => {
      await received;
      const chunk = encoder.encode(text);
      text = '';
      // The receiver works on this chunk while the next one is made; a failure shows when that is to be sent.
      received = emit(chunk, [chunk.buffer]);
      received.catch(() => undefined);
    };
    try {
      for (const [id, lines] of stations.iterate() as unknown as Iterable<[string, string | null]>) {
        if (lines === null) continue;
        count.stations++;
        for (const line of lines.split('\n')) text += `${++count.rows},${id},${line}\n`;
        if (text.length >= CHUNK_BYTES) await send();
      }
      await send();
      await received;
      return count;
    } catch (error) {
      throw toStoreError(error, file);
    }
  },

  stats(): StoreStats {
    using db = openReader();
    try {
      const counts = db
        .prepare(
          `SELECT total(n) AS totalRows, total(live) AS liveRows, count(*) AS stations,
             count(*) FILTER (WHERE live > 0) AS liveStations
           FROM (SELECT count(*) AS n, count(*) FILTER (WHERE from_live = 1) AS live
                 FROM StationItem GROUP BY station_id)`,
        )
        .get();
      const newest = db.prepare('SELECT max(modified) AS modified FROM StationItem').get();
      return {
        totalRows: Number(counts?.totalRows),
        liveRows: Number(counts?.liveRows),
        stations: Number(counts?.stations),
        liveStations: Number(counts?.liveStations),
        newestAtS: parseTimestamp(newest?.modified),
      };
    } catch (error) {
      throw toStoreError(error, file);
    }
  },
};

/** A read transaction of its own: in WAL mode it sees one state and holds nobody up. */
function openReader(): DatabaseSync {
  try {
    const db = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
    db.exec('BEGIN');
    return db;
  } catch (error) {
    throw toStoreError(error, file);
  }
}

export type ReaderMethods = typeof methods;

serveThread<ReaderMethods>(methods);
