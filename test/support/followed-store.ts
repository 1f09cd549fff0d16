import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import { addStations, COMMODITIES, SYSTEM } from '../contract/store-world.ts';
import { tempDir } from './temp-dir.ts';

/** A store on SQLite with a change log, which knows these stations, all called `S` and in Sol. */
export async function followedStore(stationIds: readonly number[]) {
  const file = join(tempDir(), 'TradeDangerous.db');
  const db = await createSqliteDatabase(file);
  onTestFinished(() => db.dispose());
  const store = db.store('v12', { changeLog: { keepS: 86_400, keepEntries: 1_000_000 } });
  await store.useCatalogue(COMMODITIES);
  await store.beginChangeLog();
  await db.sql(
    `INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified) VALUES (${SYSTEM.Sol}, 'Sol', 0, 0, 0, '2026-01-01')`,
  );
  await addStations(
    db,
    stationIds.map((id) => [id, 'S', SYSTEM.Sol]),
  );
  return { file, db, store };
}
