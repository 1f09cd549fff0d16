import type { Generation } from '../../../../domain/generation.ts';
import { NEW_STATION } from '../../../../domain/generation.ts';
import { allocateKnown, NEVER, systemContent, type Known } from '../../../../domain/spansh/known.ts';
import type { Link } from '../connection.ts';
import { SCAN_TIMEOUT_MS } from '../export/listings.ts';
import { epochOf } from '../sql.ts';

/** Reads what an import need not write again, row by row into arrays. In a snapshot. */
export async function readKnown(link: Link, generation: Generation, hasOwnTables: boolean): Promise<Known> {
  const [counts = []] = await link.rows(
    'SELECT (SELECT COUNT(*) FROM System), (SELECT COUNT(*) FROM Station)',
    SCAN_TIMEOUT_MS,
  );
  const known = allocateKnown(Number(counts[0]), Number(counts[1]));
  const { systems, stations } = known;

  let at = 0;
  for await (const rows of link.stream(
    `SELECT system_id, ${epochOf('modified')}, name, CAST(pos_x AS DOUBLE), CAST(pos_y AS DOUBLE), CAST(pos_z AS DOUBLE)
     FROM System FORCE INDEX (PRIMARY) ORDER BY system_id`,
    SCAN_TIMEOUT_MS,
  )) {
    for (const [id, modifiedS, name, x, y, z] of rows) {
      systems.ids[at] = BigInt(String(id));
      systems.modifiedS[at] = Number(modifiedS);
      systems.content[at] = systemContent({ name: String(name), x: Number(x), y: Number(y), z: Number(z) });
      at++;
    }
  }

  at = 0;
  const madeByFeed = `(type_id = ${NEW_STATION.typeId} AND ls_from_star = ${NEW_STATION.lsFromStar})`;
  const rowTime = `${epochOf('modified')} - ${madeByFeed}`;
  // Of what the feed has told about, the time of the last dump's row is kept apart.
  const rowS = hasOwnTables
    ? `IFNULL((SELECT dump_s FROM tdl_fact WHERE station_id = st.station_id), ${rowTime})`
    : rowTime;
  const times = ['StationItem', 'ShipVendor', ...(generation === 'v12' ? ['UpgradeVendor'] : [])].map(timeOf);
  for await (const rows of link.stream(
    `SELECT station_id, ${rowS}, ${times.join()}
     FROM Station st FORCE INDEX (PRIMARY) ORDER BY station_id`,
    SCAN_TIMEOUT_MS,
  )) {
    for (const [id, modifiedS, marketS, shipyardS, outfittingS] of rows) {
      stations.ids[at] = BigInt(String(id));
      stations.rowS[at] = Number(modifiedS);
      stations.marketS[at] = Number(marketS ?? NEVER);
      stations.shipyardS[at] = Number(shipyardS ?? NEVER);
      stations.outfittingS[at] = Number(outfittingS ?? NEVER);
      at++;
    }
  }
  return known;
}

/** The time of any row that a station has in a table. */
function timeOf(table: string): string {
  return epochOf(`(SELECT modified FROM ${table} WHERE station_id = st.station_id LIMIT 1)`);
}
