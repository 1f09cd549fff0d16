import type { StationKinds } from '../../../../domain/galaxy/stations/station-types.ts';
import { ROW, ROW_WIDTH } from '../../../../domain/market/snapshot.ts';
import type { SeenMarket } from '../../../../domain/ports/store/queries.ts';
import type { QueryReader } from './reader.ts';

/** Where each cell goes, from the third one on. */
const CELLS = [
  ...[ROW.itemId, ROW.demandPrice, ROW.demandUnits, ROW.demandLevel],
  ...[ROW.supplyPrice, ROW.supplyUnits, ROW.supplyLevel],
];

/** @param ids some hundred at most: one statement */
export async function readSeenMarkets(
  reader: QueryReader,
  kinds: StationKinds,
  ids: readonly number[],
): Promise<SeenMarket[]> {
  if (ids.length === 0) return [];
  const { epochOf } = reader.dialect;
  const types = await reader.rows(
    `SELECT station_id, type_id FROM Station WHERE station_id IN (${ids.join()})`,
  );
  const typeOf = new Map(types.map(([id, type]) => [Number(id), Number(type)]));
  const cells = await reader.rows(
    `SELECT station_id, ${epochOf('modified')}, item_id, demand_price, demand_units, demand_level,
       supply_price, supply_units, supply_level
     FROM StationItem WHERE station_id IN (${ids.join()}) ORDER BY station_id, item_id`,
  );
  const byMarket = Map.groupBy(cells, ([id]) => Number(id));
  return ids.map((marketId) => {
    const rowsOf = byMarket.get(marketId) ?? [];
    const rows = new Int32Array(rowsOf.length * ROW_WIDTH);
    for (const [at, row] of rowsOf.entries()) {
      for (const [cell, column] of CELLS.entries()) rows[at * ROW_WIDTH + column] = Number(row[cell + 2]);
    }
    const observedAtS = rowsOf.reduce((newest, row) => Math.max(newest, Number(row[1])), 0);
    return {
      marketId,
      observedAtS: rowsOf.length === 0 ? null : observedAtS,
      isCarrier: kinds.get(typeOf.get(marketId) ?? 0)?.group === 'carrier',
      rows,
    };
  });
}
