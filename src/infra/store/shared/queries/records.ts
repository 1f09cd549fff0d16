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
import { QUOTE_COLUMNS } from './memory/quotes-cache.ts';
import { nextRow } from './packed-markets.ts';
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

/** What is read of stations, and how it is taken apart. */
interface StationSelect {
  readonly columns: string;
  /** `st` and `sy`, and what else the columns are from. */
  readonly tables: string;
  /** @param cells of the columns; others may follow */
  readonly stationOf: (cells: readonly Cell[]) => StationRecord;
}

/** @param galaxy knows when markets were seen, which else is looked up in their rows: a page of the table for each */
async function selectStations(
  reader: QueryReader,
  kinds: StationKinds,
  galaxy: Galaxy | null = null,
): Promise<StationSelect> {
  const { epochOf } = reader.dialect;
  const ratios = await ratiosOf(reader);
  const market = `, (SELECT ${epochOf('modified')} FROM StationItem WHERE station_id = st.station_id LIMIT 1),
    ${ratios.columns}`;
  return {
    columns: `${systemColumns(reader.dialect)}, st.station_id, st.name, st.type_id, st.ls_from_star, st.max_pad_size,
       st.planetary, ${epochOf('st.modified')}, ${STATION_SERVICES.map((service) => `st.${service}`).join()}
       ${galaxy === null ? market : ''}`,
    tables: `Station st JOIN System sy ON sy.system_id = st.system_id ${galaxy === null ? ratios.join : ''}`,
    stationOf(cells) {
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
    },
  };
}

/** @param where on `st` and `sy` */
export async function readStations(
  reader: QueryReader,
  kinds: StationKinds,
  where: string,
): Promise<StationRecord[]> {
  const { columns, tables, stationOf } = await selectStations(reader, kinds);
  return (await reader.rows(`SELECT ${columns} FROM ${tables} ${where}`)).map(stationOf);
}

function marketIn(galaxy: Galaxy, id: number): Pick<StationRecord, 'marketAtS' | 'priceRatio'> {
  const station = galaxy.stationIndex(id);
  if (station === null) return { marketAtS: null, priceRatio: null };
  return { marketAtS: galaxy.marketAtS(station), priceRatio: galaxy.priceRatio(station) };
}

/** @param galaxy as for {@link selectStations} */
export async function readStationsById(
  reader: QueryReader,
  kinds: StationKinds,
  ids: readonly number[],
  galaxy: Galaxy | null = null,
): Promise<ReadonlyMap<number, StationRecord>> {
  const { columns, tables, stationOf } = await selectStations(reader, kinds, galaxy);
  const found = await rowsOf(reader, `SELECT ${columns} FROM ${tables} WHERE st.station_id IN (?)`, ids);
  return new Map(found.map(stationOf).map((station) => [station.id, station]));
}

/** Of a row, whole numbers all. */
const ROW_COLUMNS = ['item_id', ...QUOTE_COLUMNS];

/**
 * Whole markets, in the order asked for. The rows of each are one text, which costs a third less than cells; what is told
 * of station and rows is of one moment.
 */
export async function readMarkets(
  reader: QueryReader,
  kinds: StationKinds,
  ids: readonly number[],
): Promise<MarketRecord[]> {
  const { columns, tables, stationOf } = await selectStations(reader, kinds);
  const sql = `SELECT ${columns},
      (SELECT GROUP_CONCAT(CONCAT_WS(',', ${ROW_COLUMNS.join()})) FROM StationItem WHERE station_id = st.station_id)
    FROM ${tables} WHERE st.station_id IN (?)`;
  const markets = new Map(
    (await rowsOf(reader, sql, ids)).map((cells) => {
      const station = stationOf(cells);
      return [station.id, { station, atS: station.marketAtS, rows: marketRows(cells.at(-1) ?? null) }];
    }),
  );
  return ids.flatMap((id) => markets.get(id) ?? []);
}

/** @param text whole numbers with commas between; null: there are none. @returns ascending item id */
function marketRows(text: Cell): MarketRow[] {
  if (text === null) return [];
  const cells = JSON.parse(`[${text}]`) as number[];
  let at = 0;
  const next = () => cells[at++] ?? 0;
  const rows: MarketRow[] = [];
  while (at < cells.length) rows.push(nextRow(next));
  // In which order a text has them neither database promises.
  return rows.sort((a, b) => a.itemId - b.itemId);
}

function numberOrNull(cell: Cell | undefined): number | null {
  return cell === null || cell === undefined ? null : Number(cell);
}
