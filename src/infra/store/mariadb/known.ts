import type { Contract } from '../../../domain/contract.ts';
import { NEW_STATION } from '../../../domain/contract.ts';
import { allocateKnown, findId, systemContent, type Known } from '../../../domain/spansh/known.ts';
import type { Link } from './connection.ts';
import { SCAN_TIMEOUT_MS } from './export.ts';
import { epochOf } from './sql.ts';

/** Reads what an import need not write again, row by row into arrays. In a snapshot. */
export async function readKnown(link: Link, contract: Contract): Promise<Known> {
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
  for await (const rows of link.stream(
    `SELECT station_id, ${epochOf('modified')} - ${madeByFeed}
     FROM Station FORCE INDEX (PRIMARY) ORDER BY station_id`,
    SCAN_TIMEOUT_MS,
  )) {
    for (const [id, modifiedS] of rows) {
      stations.ids[at] = BigInt(String(id));
      stations.rowS[at] = Number(modifiedS);
      at++;
    }
  }

  await readNewest(link, 'StationItem FORCE INDEX (PRIMARY)', stations.ids, stations.marketS);
  await readNewest(link, 'ShipVendor', stations.ids, stations.shipyardS);
  if (contract === 'v12') await readNewest(link, 'UpgradeVendor', stations.ids, stations.outfittingS);
  return known;
}

/** The newest `modified` of each station into its place. */
async function readNewest(link: Link, table: string, ids: BigInt64Array, into: Float64Array): Promise<void> {
  const newest = `SELECT station_id, ${epochOf('MAX(modified)')} FROM ${table} GROUP BY station_id`;
  for await (const rows of link.stream(newest, SCAN_TIMEOUT_MS)) {
    for (const [id, modifiedS] of rows) {
      const index = findId(ids, BigInt(String(id)));
      if (index >= 0) into[index] = Number(modifiedS);
    }
  }
}
