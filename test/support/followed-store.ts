import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createSqliteDatabase } from '../contract/sqlite-database.ts';
import { addSol, addStations, COMMODITIES, SYSTEM } from '../contract/store-world.ts';
import { tempDir } from './temp-dir.ts';

/** A store on SQLite with a change log (or where it may begin one), which knows these stations, all called `S` and in Sol. */
export async function followedStore(stationIds: readonly number[], { hasLog = true } = {}) {
  const file = join(tempDir(), 'TradeDangerous.db');
  const db = await createSqliteDatabase(file);
  onTestFinished(() => db.dispose());
  const store = db.store('v12', { changeLog: { keepS: 86_400, keepEntries: 1_000_000 } });
  await store.useCatalogue(COMMODITIES);
  if (hasLog) await store.beginChangeLog();
  await addSol(db);
  await addStations(
    db,
    stationIds.map((id) => [id, 'S', SYSTEM.Sol]),
  );
  return { file, db, store };
}
