import type { Galaxy } from '../../../../domain/galaxy/galaxy.ts';
import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import type { EconomyCensus, Profile } from '../../../../domain/ports/store/queries.ts';
import { hasOwnTable } from './own-table.ts';
import { rowsOf, type QueryReader } from './reader.ts';

/** What feed and dumps told of stations besides what Trade Dangerous keeps; of whom nobody has told is left out. */
export async function readProfiles(
  reader: QueryReader,
  stationIds: readonly number[],
): Promise<ReadonlyMap<number, Profile>> {
  const profiles = new Map<number, Profile>();
  if (stationIds.length === 0 || !(await hasOwnTable(reader, 'tdl_profile'))) return profiles;
  const sql = 'SELECT station_id, body, economies FROM tdl_profile WHERE station_id IN (?)';
  for (const [id, body, economies] of await rowsOf(reader, sql, stationIds)) {
    profiles.set(Number(id), {
      body: body === null || body === undefined ? null : String(body),
      economies: namesOf(economies),
    });
  }
  return profiles;
}

/** Stations that are no fleet carriers by their economies: every profile is read. */
export async function countEconomies(
  reader: QueryReader,
  galaxy: Galaxy,
  kinds: StationKinds,
): Promise<EconomyCensus> {
  const primary = new Map<string | null, number>();
  const secondary = new Map<string | null, number>();
  let carriers = 0;
  const isCarrier = (station: number) => kinds.get(galaxy.typeId[station] ?? 0)?.group === 'carrier';
  for (let station = 0; station < galaxy.stationCount; station++) if (isCarrier(station)) carriers++;
  primary.set(null, galaxy.stationCount - carriers);
  secondary.set(null, galaxy.stationCount - carriers);
  if (await hasOwnTable(reader, 'tdl_profile')) {
    await reader.each(
      'SELECT station_id, economies FROM tdl_profile WHERE economies IS NOT NULL',
      ([id, economies]) => {
        const station = galaxy.stationIndex(Number(id));
        if (station === null || isCarrier(station)) return;
        const [first, second] = namesOf(economies);
        move(primary, first);
        move(secondary, second);
      },
    );
  }
  return { primary: [...primary], secondary: [...secondary], carriers };
}

function move(counts: Map<string | null, number>, name: string | undefined): void {
  if (name === undefined) return;
  counts.set(null, (counts.get(null) ?? 0) - 1);
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** @param economies `agri=0.8,refinery=0.2`, the greatest share first */
function namesOf(economies: string | number | null | undefined): string[] {
  if (economies === null || economies === undefined) return [];
  return String(economies)
    .split(',')
    .map((each) => each.slice(0, each.indexOf('=')));
}
