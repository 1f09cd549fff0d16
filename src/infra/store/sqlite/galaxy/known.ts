import { setImmediate } from 'node:timers/promises';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { NEW_STATION, type Generation } from '../../../../domain/generation.ts';
import { ownVersion } from './own-tables.ts';
import { allocateKnown, findId, NEVER, systemContent, type Known } from '../../../../domain/spansh/known.ts';

/** Between two looks at the signal. */
const ROWS_AT_ONCE = 20_000;

export interface KnownRequest {
  readonly generation: Generation;
  readonly ownTables: boolean;
}

/** What the database holds, for the readers of a dump. The transaction of `db` makes it one state. */
export async function readKnown(
  db: DatabaseSync,
  { generation, ownTables }: KnownRequest,
  signal: AbortSignal,
): Promise<Known> {
  const count = (table: string) => Number(db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  const known = allocateKnown(count('System'), count('Station'));
  const { systems, stations } = known;

  async function each(select: StatementSync, take: (row: never, index: number) => void): Promise<void> {
    select.setReadBigInts(true);
    select.setReturnArrays(true);
    let index = 0;
    for (const row of select.iterate() as unknown as Iterable<never>) {
      take(row, index++);
      if (index % ROWS_AT_ONCE > 0) continue;
      await setImmediate();
      signal.throwIfAborted();
    }
  }

  const selectSystems = db.prepare(
    'SELECT system_id, name, pos_x, pos_y, pos_z, unixepoch(modified) FROM System ORDER BY system_id',
  );
  type SystemRow = [bigint, string | null, number, number, number, bigint | null];
  await each(selectSystems, ([id, name, x, y, z, modifiedS]: SystemRow, index) => {
    systems.ids[index] = id;
    systems.modifiedS[index] = Number(modifiedS ?? NEVER);
    systems.content[index] = systemContent({ name: name ?? '', x, y, z });
  });

  // The feed tells no type and no distance.
  const isNew = `(type_id = ${NEW_STATION.typeId} AND ls_from_star = ${NEW_STATION.lsFromStar})`;
  const timeOf = (table: string) =>
    `(SELECT unixepoch(modified) FROM ${table} WHERE station_id = st.station_id LIMIT 1)`;
  const rowTime = `unixepoch(modified) - ${isNew}`;
  // Of what the feed has told about, the time of the last dump's row is kept apart.
  const isOwn = ownTables && ownVersion(db) > 0;
  const selectStations = db.prepare(
    `SELECT station_id,
       ${isOwn ? `ifnull((SELECT dump_s FROM tdl_fact WHERE station_id = st.station_id), ${rowTime})` : rowTime},
       ${timeOf('StationItem')},
       ${generation === 'v12' ? timeOf('UpgradeVendor') : 'NULL'}
     FROM Station st ORDER BY station_id`,
  );
  type StationTimes = [bigint, ...timesS: (bigint | null)[]];
  await each(selectStations, ([id, rowS, marketS, outfittingS]: StationTimes, index) => {
    stations.ids[index] = id;
    stations.rowS[index] = Number(rowS ?? NEVER);
    stations.marketS[index] = Number(marketS ?? NEVER);
    stations.outfittingS[index] = Number(outfittingS ?? NEVER);
  });

  // v12 has no index on the station of a ShipVendor.
  const selectShipyards = db.prepare(
    'SELECT station_id, unixepoch(max(modified)) FROM ShipVendor GROUP BY station_id',
  );
  await each(selectShipyards, ([id, atS]: [bigint, bigint | null]) => {
    const index = findId(stations.ids, id);
    if (index >= 0) stations.shipyardS[index] = Number(atS ?? NEVER);
  });
  return known;
}
