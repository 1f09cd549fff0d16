import type { Galaxy } from '../../../../../domain/galaxy/galaxy.ts';
import { PADS } from '../../../../../domain/galaxy/stations/pads.ts';
import { serviceBits, STATION_SERVICES } from '../../../../../domain/ports/store/queries.ts';
import { NEW_STATION } from '../../../../../domain/generation.ts';
import { RATIO_CELLS, ratioOf, ratiosOf, type Ratios } from '../price-ratios.ts';
import type { Cell, Dialect, QueryReader } from '../reader.ts';

/** Ids of a statement. */
const IDS_AT_ONCE = 500;

/** Reads all systems and stations. */
export async function loadGalaxy(reader: QueryReader, galaxy: Galaxy): Promise<void> {
  await reader.each(selectSystems(reader.dialect), (row) => setSystem(galaxy, row));
  await reader.each(selectStations(reader.dialect, await ratiosOf(reader)), (row) => setStation(galaxy, row));
}

/** Reads these stations, and the systems they are in, again. */
export async function refreshStations(
  reader: QueryReader,
  galaxy: Galaxy,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  const ratios = await ratiosOf(reader);
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    const some = ids.slice(at, at + IDS_AT_ONCE).join();
    const systems = `WHERE system_id IN (SELECT system_id FROM Station WHERE station_id IN (${some}))`;
    for (const row of await reader.rows(selectSystems(reader.dialect, systems))) setSystem(galaxy, row);
    const where = `WHERE st.station_id IN (${some})`;
    const stations = await reader.rows(selectStations(reader.dialect, ratios, where));
    for (const row of stations) setStation(galaxy, row);
  }
}

function selectSystems({ exact, coordinate }: Dialect, where = ''): string {
  return `SELECT ${exact('system_id')}, ${['pos_x', 'pos_y', 'pos_z'].map(coordinate).join()} FROM System ${where}`;
}

function setSystem(galaxy: Galaxy, [id, x, y, z]: readonly Cell[]): void {
  galaxy.setSystem(BigInt(String(id)), { x: Number(x), y: Number(y), z: Number(z) });
}

/** One row tells the time of a market: all of a station have the same. */
function selectStations({ exact, epochOf }: Dialect, ratios: Ratios, where = ''): string {
  return `SELECT st.station_id, ${exact('system_id')}, ls_from_star, max_pad_size, planetary, type_id,
      (SELECT ${epochOf('modified')} FROM StationItem WHERE station_id = st.station_id LIMIT 1),
      ${ratios.columns}, ${STATION_SERVICES.join()}
    FROM Station st ${ratios.join} ${where}`;
}

function setStation(galaxy: Galaxy, cells: readonly Cell[]): void {
  const [id, system, ls, pad, planetary, type, atS, ...rest] = cells;
  const flags = rest.slice(RATIO_CELLS);
  const services = STATION_SERVICES.filter((_, at) => flags[at] === 'Y');
  galaxy.setStation({
    id: Number(id),
    systemId: BigInt(String(system)),
    lsFromStar: Number(ls) === NEW_STATION.lsFromStar ? null : Number(ls),
    pad: Math.max(0, PADS.indexOf(pad as (typeof PADS)[number])),
    isPlanetary: flagOf(planetary),
    typeId: Number(type),
    services: serviceBits(services),
    priceRatio: ratioOf(atS, rest),
    marketAtS: atS === null || atS === undefined ? (services.includes('market') ? 0 : null) : Number(atS),
  });
}

export function flagOf(cell: Cell | undefined): boolean | null {
  return cell === 'Y' ? true : cell === 'N' ? false : null;
}
