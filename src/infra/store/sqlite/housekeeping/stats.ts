import type { DatabaseSync } from 'node:sqlite';
import type { StoreStats } from '../../../../domain/ports/store/market-store.ts';
import { countImplausibleSql } from '../../shared/price-judge.ts';
import { hasTable } from '../galaxy/own-tables.ts';
import { parseTimestamp } from '../../../../domain/timestamp.ts';

export function readStats(db: DatabaseSync): StoreStats {
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
    implausibleMarkets: countImplausible(db),
    newestAtS: parseTimestamp(newest?.modified),
  };
}

function countImplausible(db: DatabaseSync): number | null {
  if (!hasTable(db, 'tdl_price')) return null;
  const newest = '(SELECT unixepoch(modified) FROM StationItem WHERE station_id = p.station_id LIMIT 1)';
  return Number(Object.values(db.prepare(countImplausibleSql(newest)).get() ?? {})[0]);
}
