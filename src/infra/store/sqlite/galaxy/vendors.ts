import type { DatabaseSync } from 'node:sqlite';
import type { StagedVendor } from '../../../../domain/spansh/records.ts';
import { formatTimestamp, parseTimestamp } from '../../../../domain/timestamp.ts';
import { isNewer } from '../../../../domain/market/write-rule.ts';

/** `ShipVendor` or `UpgradeVendor`, and the table it refers to. */
interface VendorTable {
  readonly name: 'ShipVendor' | 'UpgradeVendor';
  readonly goods: 'Ship' | 'Upgrade';
  readonly goodsId: 'ship_id' | 'upgrade_id';
}

export const SHIPYARD: VendorTable = { name: 'ShipVendor', goods: 'Ship', goodsId: 'ship_id' };
export const OUTFITTING: VendorTable = { name: 'UpgradeVendor', goods: 'Upgrade', goodsId: 'upgrade_id' };

/**
 * Prepares the writing of a station's goods: whole, and only if observed after the newest stored row.
 * @returns whether it was written. `orGreater`: of the same second the greater list is
 */
export function createVendorWriter(
  db: DatabaseSync,
  { name, goods, goodsId }: VendorTable,
  notAfterS: () => number,
) {
  // v12 has no index on the station of a ShipVendor: there its primary key is asked for each of the few ships.
  const where =
    name === 'ShipVendor'
      ? `station_id = ? AND ${goodsId} IN (SELECT ${goodsId} FROM ${goods})`
      : 'station_id = ?';
  const select = db.prepare(`SELECT ${goodsId}, modified FROM ${name} WHERE ${where}`);
  select.setReturnArrays(true);
  const touch = db.prepare(`UPDATE ${name} SET modified = ? WHERE ${where}`);
  const remove = db.prepare(`DELETE FROM ${name} WHERE ${goodsId} = ? AND station_id = ?`);
  const insert = db.prepare(`INSERT INTO ${name} (${goodsId}, station_id, modified) VALUES (?, ?, ?)`);

  return (stationId: bigint, { ids, observedAtS }: StagedVendor, orGreater = false): boolean => {
    const stored = select.all(stationId) as unknown as (readonly [number, string])[];
    const newestAtS = Math.max(-1, ...stored.map(([, modified]) => parseTimestamp(modified) ?? -1));
    const isEqual = observedAtS === newestAtS && orGreater && isGreaterList(ids, stored);
    if (!isEqual && !isNewer(observedAtS, newestAtS, notAfterS())) return false;
    const modified = formatTimestamp(observedAtS);
    const gone = new Set(stored.map(([id]) => id));
    if (gone.size > 0) touch.run(modified, stationId);
    for (const id of ids) if (!gone.delete(id)) insert.run(id, stationId, modified);
    for (const id of gone) remove.run(id, stationId);
    return true;
  };
}

/** As text, so that of two lists one is greater, whichever comes first. */
function isGreaterList(ids: Int32Array, stored: readonly (readonly [number, string])[]): boolean {
  return (
    ids.join() >
    stored
      .map(([id]) => id)
      .sort((a, b) => a - b)
      .join()
  );
}
