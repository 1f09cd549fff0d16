import type { DatabaseSync } from 'node:sqlite';
import { ROW, ROW_WIDTH } from '../../../../domain/market/snapshot.ts';
import { parseTimestamp } from '../../../../domain/timestamp.ts';

/** item, demand price, units, level, supply price, units, level, modified. */
export type StoredRow = readonly [number, number, number, number, number, number, number, string];

/** The `StationItem` rows of single stations. */
export interface RowStatements {
  read(stationId: number | bigint): StoredRow[];
  /**
   * Makes the rows of a station these ones, with one timestamp.
   *
   * One statement moves the time of the whole station, then only rows that differ are changed, and the price indexes
   * only where a price did. Measured against replacing all rows: the same where every price changed, half the time
   * where only units did, a third where nothing did.
   * @param rows as {@link ROW}
   * @param stored what {@link read} gave
   */
  replace(
    stationId: number | bigint,
    rows: Int32Array,
    stored: readonly StoredRow[],
    modified: string,
    fromLive: 0 | 1,
  ): void;
}

/** @returns epoch seconds; null when there are no rows */
export function newestAtS(stored: readonly StoredRow[]): number | null {
  // Both forms of a timestamp sort as text, and the longer one of a second behind the shorter.
  return parseTimestamp(stored.reduce((max, { [7]: modified }) => (modified > max ? modified : max), ''));
}

/** Whether these very rows are stored, with this time. */
export function isStored(rows: Int32Array, stored: readonly StoredRow[], modified: string): boolean {
  if (stored[0]?.[7] !== modified || stored.length * ROW_WIDTH !== rows.length) return false;
  const listed = new Map<number, Int32Array>();
  for (let at = 0; at < rows.length; at += ROW_WIDTH) {
    listed.set(rows[at + ROW.itemId] ?? 0, rows.subarray(at, at + ROW_WIDTH));
  }
  return stored.every(([itemId, ...rest]) => {
    const row = listed.get(itemId);
    return (
      row !== undefined &&
      rest[6] === modified &&
      rest[0] === row[ROW.demandPrice] &&
      rest[1] === row[ROW.demandUnits] &&
      rest[2] === row[ROW.demandLevel] &&
      rest[3] === row[ROW.supplyPrice] &&
      rest[4] === row[ROW.supplyUnits] &&
      rest[5] === row[ROW.supplyLevel]
    );
  });
}

export function createRowStatements(db: DatabaseSync): RowStatements {
  const select = db.prepare(
    `SELECT item_id, demand_price, demand_units, demand_level, supply_price, supply_units, supply_level, modified
     FROM StationItem WHERE station_id = ?`,
  );
  select.setReturnArrays(true);
  const remove = db.prepare('DELETE FROM StationItem WHERE station_id = ? AND item_id = ?');
  const touch = db.prepare('UPDATE StationItem SET modified = ?, from_live = ? WHERE station_id = ?');
  const insert = db.prepare(
    `INSERT INTO StationItem (demand_price, demand_units, demand_level, supply_price, supply_units, supply_level,
       station_id, item_id, modified, from_live) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const updateAll = db.prepare(
    `UPDATE StationItem SET demand_price = ?, demand_units = ?, demand_level = ?, supply_price = ?, supply_units = ?,
       supply_level = ? WHERE station_id = ? AND item_id = ?`,
  );
  const updateUnits = db.prepare(
    `UPDATE StationItem SET demand_units = ?, demand_level = ?, supply_units = ?, supply_level = ?
     WHERE station_id = ? AND item_id = ?`,
  );

  return {
    read: (stationId) => select.all(stationId) as unknown as StoredRow[],

    replace(stationId, rows, stored, modified, fromLive) {
      const before = new Map(stored.map((row) => [row[0], row]));
      for (let at = 0; at < rows.length; at += ROW_WIDTH) {
        const itemId = rows[at + ROW.itemId] ?? 0;
        const demandPrice = rows[at + ROW.demandPrice] ?? 0;
        const demandUnits = rows[at + ROW.demandUnits] ?? 0;
        const demandLevel = rows[at + ROW.demandLevel] ?? 0;
        const supplyPrice = rows[at + ROW.supplyPrice] ?? 0;
        const supplyUnits = rows[at + ROW.supplyUnits] ?? 0;
        const supplyLevel = rows[at + ROW.supplyLevel] ?? 0;
        const old = before.get(itemId);
        before.delete(itemId);
        if (old === undefined) {
          insert.run(
            demandPrice,
            demandUnits,
            demandLevel,
            supplyPrice,
            supplyUnits,
            supplyLevel,
            stationId,
            itemId,
            modified,
            fromLive,
          );
        } else if (old[1] !== demandPrice || old[4] !== supplyPrice) {
          updateAll.run(
            demandPrice,
            demandUnits,
            demandLevel,
            supplyPrice,
            supplyUnits,
            supplyLevel,
            stationId,
            itemId,
          );
        } else if (
          old[2] !== demandUnits ||
          old[3] !== demandLevel ||
          old[5] !== supplyUnits ||
          old[6] !== supplyLevel
        ) {
          updateUnits.run(demandUnits, demandLevel, supplyUnits, supplyLevel, stationId, itemId);
        }
      }
      for (const itemId of before.keys()) remove.run(stationId, itemId);
      if (before.size < stored.length) touch.run(modified, fromLive, stationId);
    },
  };
}
