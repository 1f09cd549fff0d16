import { NEW_STATION } from '../../../../domain/generation.ts';
import type { Galaxy } from '../../../../domain/galaxy/galaxy.ts';
import type { Pad } from '../../../../domain/galaxy/stations/pads.ts';
import {
  STATION_SERVICES,
  type MarketRecord,
  type MarketRow,
  type StationRecord,
  type SystemRecord,
} from '../../../../domain/ports/store/queries.ts';
import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import { flagOf } from './memory/load-galaxy.ts';
import { quoteOf } from './memory/quotes-cache.ts';
import { ratioOf, ratiosOf } from './price-ratios.ts';
import { rowsOf, type Cell, type Dialect, type QueryReader } from './reader.ts';

function systemColumns({ exact, coordinate, epochOf }: Dialect): string {
  const coordinates = ['sy.pos_x', 'sy.pos_y', 'sy.pos_z'].map(coordinate);
  return [exact('sy.system_id'), 'sy.name', ...coordinates, epochOf('sy.modified')].join();
}

function systemOf([id, name, x, y, z, atS]: readonly Cell[]): SystemRecord {
  return {
    id: BigInt(String(id)),
    name: String(name ?? ''),
    ...{ x: Number(x), y: Number(y), z: Number(z) },
    updatedAtS: numberOrNull(atS),
  };
}

function selectSystems(dialect: Dialect, where: string): string {
  return `SELECT ${systemColumns(dialect)} FROM System sy ${where}`;
}

/** @param where on `sy` */
export async function readSystems(reader: QueryReader, where: string): Promise<SystemRecord[]> {
  return (await reader.rows(selectSystems(reader.dialect, where))).map(systemOf);
}

export async function readSystemsById(
  reader: QueryReader,
  ids: readonly bigint[],
): Promise<ReadonlyMap<bigint, SystemRecord>> {
  const rows = await rowsOf(reader, selectSystems(reader.dialect, 'WHERE sy.system_id IN (?)'), ids);
  return new Map(rows.map(systemOf).map((system) => [system.id, system]));
}

const SYSTEM_CELLS = 6;

/**
 * @param where on `st` and `sy`
 * @param ids in the place of `?`
 * @param galaxy knows when markets were seen, which else is looked up in their rows: a page of the table for each
 */
export async function readStations(
  reader: QueryReader,
  kinds: StationKinds,
  where: string,
  ids: readonly number[] | null = null,
  galaxy: Galaxy | null = null,
): Promise<StationRecord[]> {
  const { epochOf } = reader.dialect;
  const ratios = await ratiosOf(reader);
  const market = `, (SELECT ${epochOf('modified')} FROM StationItem WHERE station_id = st.station_id LIMIT 1),
    ${ratios.columns}`;
  const sql = `SELECT ${systemColumns(reader.dialect)}, st.station_id, st.name, st.type_id, st.ls_from_star, st.max_pad_size,
       st.planetary, ${epochOf('st.modified')}, ${STATION_SERVICES.map((service) => `st.${service}`).join()}
       ${galaxy === null ? market : ''}
     FROM Station st JOIN System sy ON sy.system_id = st.system_id ${galaxy === null ? ratios.join : ''} ${where}`;
  const rows = await (ids === null ? reader.rows(sql) : rowsOf(reader, sql, ids));
  return rows.map((cells) => {
    const [id, name, typeId, ls, pad, planetary, updatedAtS, ...rest] = cells.slice(SYSTEM_CELLS);
    const [marketAtS, ...ratio] = rest.slice(STATION_SERVICES.length);
    const kind = kinds.get(Number(typeId));
    return {
      id: Number(id),
      name: String(name ?? ''),
      system: systemOf(cells),
      type: kind?.name ?? null,
      journalType: kind?.journalType ?? null,
      group: kind?.group ?? null,
      lsFromStar: Number(ls) === NEW_STATION.lsFromStar ? null : Number(ls),
      maxPad: pad === '?' ? null : (pad as Pad),
      isPlanetary: flagOf(planetary),
      services: Object.fromEntries(
        STATION_SERVICES.map((service, at) => [service, flagOf(rest[at])]),
      ) as StationRecord['services'],
      updatedAtS: numberOrNull(updatedAtS),
      ...(galaxy === null
        ? { marketAtS: numberOrNull(marketAtS), priceRatio: ratioOf(marketAtS, ratio) }
        : marketIn(galaxy, Number(id))),
    };
  });
}

function marketIn(galaxy: Galaxy, id: number): Pick<StationRecord, 'marketAtS' | 'priceRatio'> {
  const station = galaxy.stationIndex(id);
  if (station === null) return { marketAtS: null, priceRatio: null };
  return { marketAtS: galaxy.marketAtS(station), priceRatio: galaxy.priceRatio(station) };
}

export async function readStationsById(
  reader: QueryReader,
  kinds: StationKinds,
  ids: readonly number[],
  galaxy: Galaxy | null = null,
): Promise<ReadonlyMap<number, StationRecord>> {
  const found = await readStations(reader, kinds, 'WHERE st.station_id IN (?)', ids, galaxy);
  return new Map(found.map((station) => [station.id, station]));
}

/** Whole markets, in the order asked for. */
export async function readMarkets(
  reader: QueryReader,
  kinds: StationKinds,
  ids: readonly number[],
): Promise<MarketRecord[]> {
  const [stations, markets] = await Promise.all([
    readStationsById(reader, kinds, ids),
    readRows(reader, ids),
  ]);
  return ids.flatMap((id) => {
    const station = stations.get(id);
    if (station === undefined) return [];
    const { atS = null, rows = [] } = markets.get(id) ?? {};
    const { marketAtS, priceRatio } = station;
    // It may have been written in between.
    const seen = { marketAtS: atS, priceRatio: marketAtS === atS ? priceRatio : null };
    return [{ station: { ...station, ...seen }, atS, rows }];
  });
}

async function readRows(
  reader: QueryReader,
  ids: readonly number[],
): Promise<ReadonlyMap<number, { readonly atS: number; readonly rows: MarketRow[] }>> {
  const markets = new Map<number, { readonly atS: number; readonly rows: MarketRow[] }>();
  const sql = `SELECT station_id, ${reader.dialect.epochOf('modified')}, item_id, supply_price, supply_units, supply_level,
      demand_price, demand_units, demand_level
    FROM StationItem WHERE station_id IN (?) ORDER BY station_id, item_id`;
  for (const cells of await rowsOf(reader, sql, ids)) {
    const [stationId, atS, itemId] = cells;
    const id = Number(stationId);
    const market = markets.get(id) ?? { atS: Number(atS), rows: [] };
    if (market.rows.push({ itemId: Number(itemId), ...quoteOf(cells, 3) }) === 1) markets.set(id, market);
  }
  return markets;
}

function numberOrNull(cell: Cell | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}
