import { NO_MARKET, type Galaxy } from '../../../../domain/galaxy/galaxy.ts';
import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import type { Census } from '../../../../domain/ports/store/queries.ts';
import { formatTimestamp } from '../../../../domain/timestamp.ts';
import type { QueryReader } from './reader.ts';

/** Counting all rows takes a second or two of a full galaxy. */
const RECOUNT_MS = 5 * 60_000;

interface RowCounts {
  readonly atMs: number;
  readonly rows: number;
  readonly goods: number;
  readonly lately: number;
}

const counted = new WeakMap<Galaxy, RowCounts>();

export async function takeCensus(
  reader: QueryReader,
  galaxy: Galaxy,
  kinds: StationKinds,
  seenAfterS: number,
): Promise<Census> {
  const types = new Map<string | null, number>();
  for (let station = 0; station < galaxy.stationCount; station++) {
    const type = kinds.get(galaxy.typeId[station] ?? 0)?.journalType ?? null;
    types.set(type, (types.get(type) ?? 0) + 1);
  }
  const systems = new Set<number>();
  let carrierMarkets = 0;
  let markets = 0;
  let lately = 0;
  for (let market = 0; market < galaxy.marketCount; market++) {
    const atS = galaxy.seenAtS[market] ?? 0;
    if (atS === 0 || atS === NO_MARKET) continue;
    const station = galaxy.stationOf[market] ?? 0;
    markets++;
    if (atS >= seenAfterS) lately++;
    if (kinds.get(galaxy.typeId[station] ?? 0)?.group === 'carrier') carrierMarkets++;
    systems.add(galaxy.systemOf[station] ?? 0);
  }
  const rows = await countRows(reader, galaxy, seenAfterS);
  return {
    systems: galaxy.systemCount,
    stationTypes: Array.from(types, ([journalType, stations]) => ({ journalType, stations })),
    marketSystems: systems.size,
    stationMarkets: markets - carrierMarkets,
    carrierMarkets,
    rows: rows.rows,
    goods: rows.goods,
    seenAfterS: { markets: lately, rows: rows.lately },
  };
}

async function countRows(reader: QueryReader, galaxy: Galaxy, seenAfterS: number): Promise<RowCounts> {
  const known = counted.get(galaxy);
  if (known !== undefined && Math.abs(Date.now() - known.atMs) < RECOUNT_MS) return known;
  const [rows = [0]] = await reader.rows('SELECT COUNT(*) FROM StationItem');
  const [goods = [0]] = await reader.rows(
    'SELECT COUNT(*) FROM Item i WHERE EXISTS (SELECT 1 FROM StationItem si WHERE si.item_id = i.item_id)',
  );
  const [lately = [0]] = await reader.rows(
    `SELECT COUNT(*) FROM StationItem WHERE modified >= ${reader.dialect.text(formatTimestamp(seenAfterS))}`,
  );
  const counts = {
    atMs: Date.now(),
    rows: Number(rows[0]),
    goods: Number(goods[0]),
    lately: Number(lately[0]),
  };
  counted.set(galaxy, counts);
  return counts;
}
