import type { Queries, StationRecord, SystemRecord } from '../../ports/store/queries.ts';
import { isConstruction } from './construction.ts';
import { emptySite, type Site } from './site.ts';

/** How construction sites are called; not every database knows their type. */
const NAMES = [
  'Orbital Construction Site:',
  'Planetary Construction Site:',
  'System Colonisation Ship',
  '$EXT_PANEL_ColonisationShip',
];
/** Stations of a system that are looked through. */
const STATIONS = 1_000;

/**
 * Construction sites that the galaxy (feed and dump) knows: where they are is all that is known of them.
 * @param systems only in these; null: in all, by name
 */
export async function galaxySites(
  queries: Pick<Queries, 'stations' | 'stationsByPrefix'>,
  systems: readonly SystemRecord[] | null,
  limit: number,
): Promise<Site[]> {
  const pages = await Promise.all(
    systems === null
      ? NAMES.map(async (name) => (await queries.stationsByPrefix(name, limit, null)).entries)
      : systems.map(async ({ id }) => {
          const { entries } = await queries.stations({ systemId: id }, { limit: STATIONS, after: null });
          return entries.map(({ station }) => station);
        }),
  );
  const found = pages
    .flat()
    .filter(({ name, journalType }) => isConstruction({ name, type: journalType, services: [] }));
  return found.slice(0, limit).map(siteOfStation);
}

function siteOfStation({ id, name, journalType, system, updatedAtS }: StationRecord): Site {
  const place = { atS: updatedAtS ?? 0, name, type: journalType, systemName: system.name };
  return { ...emptySite(id), place: { ...place, systemId: String(system.id) } };
}
