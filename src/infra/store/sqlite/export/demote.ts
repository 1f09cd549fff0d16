import type { DatabaseSync } from 'node:sqlite';
import type { PublishedStation } from '../../../../domain/ports/store/galaxy-store.ts';
import { transact } from '../database.ts';
import { LINES } from './listings.ts';
import { HAS_PRICE } from '../../shared/listing.ts';

/** Makes baseline of those stations of which the listings would say the same now. @returns how many became it */
export function demoteStations(db: DatabaseSync, published: readonly PublishedStation[]): number {
  const select = db.prepare(`SELECT (${LINES}) AS lines FROM Station st WHERE station_id = ?`);
  const update = db.prepare(
    `UPDATE StationItem SET from_live = 0 WHERE station_id = ? AND from_live <> 0 AND ${HAS_PRICE}`,
  );
  return transact(
    db,
    () =>
      published.filter(
        ({ id, lines }) => select.get(id)?.lines === lines && Number(update.run(id).changes) > 0,
      ).length,
  );
}
