import { hasOwnTable } from '../own-table.ts';
import type { QueryReader } from '../reader.ts';

/** Which bodies stations are at, by the station's id; one that nobody has told of is left out. */
export async function readBodies(
  reader: QueryReader,
  stationIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (stationIds.length === 0 || !(await hasOwnTable(reader, 'tdl_profile'))) return new Map();
  const rows = await reader.rows(
    `SELECT station_id, body FROM tdl_profile WHERE body IS NOT NULL AND station_id IN (${stationIds.join()})`,
  );
  return new Map(rows.map(([id, body]) => [Number(id), String(body)]));
}
