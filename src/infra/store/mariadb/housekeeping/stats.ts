import type { StoreStats } from '../../../../domain/ports/store/market-store.ts';
import { countImplausibleSql } from '../../shared/price-judge.ts';
import { hasTable } from '../galaxy/own-tables.ts';
import type { Link } from '../connection.ts';
import { SCAN_TIMEOUT_MS } from '../export/listings.ts';
import { epochOf } from '../sql.ts';

export async function readStats(link: Link): Promise<StoreStats> {
  const [[totalRows, liveRows, stations, liveStations, newestAtS] = []] = await link.rows(
    `SELECT SUM(n), SUM(live), COUNT(*), SUM(live > 0), ${epochOf('MAX(newest)')}
     FROM (SELECT COUNT(*) AS n, SUM(from_live = 1) AS live, MAX(modified) AS newest
           FROM StationItem GROUP BY station_id) s`,
    SCAN_TIMEOUT_MS,
  );
  return {
    totalRows: Number(totalRows),
    liveRows: Number(liveRows),
    stations: Number(stations),
    liveStations: Number(liveStations),
    implausibleMarkets: await countImplausible(link),
    newestAtS: newestAtS === null || newestAtS === undefined ? null : Number(newestAtS),
  };
}

async function countImplausible(link: Link): Promise<number | null> {
  if (!(await hasTable(link, 'tdl_price'))) return null;
  const newest = `(SELECT ${epochOf('modified')} FROM StationItem WHERE station_id = p.station_id LIMIT 1)`;
  const [[count] = []] = await link.rows(countImplausibleSql(newest), SCAN_TIMEOUT_MS);
  return Number(count);
}
