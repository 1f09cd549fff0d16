import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { tempDir } from '../support/temp-dir.ts';
import { storeThreadsHere } from '../support/threads-here.ts';
import {
  DUMP_FUEL,
  DUMP_GOLD,
  EAGLE,
  NO_TABLES,
  SIDEWINDER,
  batch,
  importInto,
  market,
  station,
  stationRow,
  systemRow,
  variety,
  vendor,
  withImport,
} from './store-galaxy-batches.ts';
import { COMMODITIES, GOLD_ROW, LINCOLN, snapshot } from './store-world.ts';

storeThreadsHere();

async function open(generation: Generation = 'v12') {
  const file = join(tempDir(), 'TradeDangerous.db');
  const store = createSqliteStore({ file, generation });
  onTestFinished(() => store.close());
  await store.useCatalogue(COMMODITIES);
  const db = new DatabaseSync(file, { timeout: 5_000 });
  onTestFinished(() => db.close());
  return { store, db };
}

describe.each(['v12', 'v13'] as const)('a galaxy in SQLite (%s)', (generation) => {
  test('an import that brings nothing new does not write to the file', async () => {
    const { store, db } = await open(generation);
    const rares = COMMODITIES.map((item) => ({ ...item, marketId: BigInt(LINCOLN.marketId) }));
    const shipyard = [{ id: 1, symbol: 'S', name: 'N', entitlement: '' }];
    const tables = { ...NO_TABLES, commodities: COMMODITIES.slice(0, 3), rares, shipyard };
    await importInto(store, [variety(generation)], tables);
    const version = db.prepare('PRAGMA data_version').get();
    await importInto(store, [variety(generation)], tables);
    expect(db.prepare('PRAGMA data_version').get()).toEqual(version);
    await importInto(store, [batch({ systems: [systemRow({ name: 'Sol II', modifiedS: 2_000_000_000 })] })]);
    expect(db.prepare('PRAGMA data_version').get()).not.toEqual(version);
  });

  test('live writes need not wait for a whole batch', async () => {
    const { store } = await open(generation);
    const stations = Array.from({ length: 8_000 }, (_, i) =>
      station({ id: BigInt(i + 1), row: stationRow(), market: market([DUMP_GOLD]) }),
    );
    const [first] = stations;
    await importInto(store, [batch({ systems: [systemRow()], stations: [first!] })]);
    await withImport(store, async (running) => {
      const order: string[] = [];
      const applied = running.apply(batch({ stations })).then(() => order.push('batch'));
      const live = snapshot([GOLD_ROW], { marketId: 1 });
      expect(await store.writeMarkets([live])).toMatchObject([{ status: 'written' }]);
      order.push('live');
      await applied;
      expect(order).toEqual(['live', 'batch']);
    });
  });

  test('rows whose time cannot be read give way to any', async () => {
    const { store, db } = await open(generation);
    await importInto(store, [variety(generation)]);
    db.exec(`UPDATE System SET modified = ''; UPDATE Station SET modified = 'never'`);
    const { systems, stations } = await withImport(store, (running) => running.known());
    expect([...systems.modifiedS, ...stations.rowS]).toEqual([-1, -1, -1, -1]);
    await importInto(store, [
      batch({
        systems: [systemRow({ name: 'Old Sol', modifiedS: 5 })],
        stations: [station({ row: stationRow({ name: 'Old', modifiedS: 5 }) })],
      }),
    ]);
    expect(db.prepare('SELECT name FROM System WHERE modified <> ?').get('')).toEqual({ name: 'Old Sol' });
    expect(db.prepare('SELECT name FROM Station WHERE modified <> ?').get('never')).toEqual({ name: 'Old' });
  });

  test('an import survives the store being closed, and the next may begin', async () => {
    const { store, db } = await open(generation);
    const running = await store.beginImport(NO_TABLES);
    await store.close();
    expect(await running.apply(variety(generation))).toMatchObject({ stations: 2 });
    const next = await store.beginImport(NO_TABLES);
    await running.close();
    await expect(store.beginImport(NO_TABLES)).rejects.toMatchObject({ code: 'busy' });
    await next.close();
    await importInto(store, [batch({ stations: [station({ market: market([DUMP_FUEL], 2_000_000_000) })] })]);
    expect(db.prepare('SELECT count(*) AS n FROM StationItem').get()).toEqual({ n: 2 });
  });

  test('the shops of a station are replaced, those of others stay', async () => {
    const { store, db } = await open(generation);
    await importInto(store, [
      variety(generation),
      batch({ stations: [station({ shipyard: vendor([EAGLE.id], 5) })] }),
      batch({ stations: [station({ shipyard: vendor([SIDEWINDER.id], 6) })] }),
    ]);
    const rows = db.prepare('SELECT ship_id, station_id FROM ShipVendor ORDER BY station_id, ship_id').all();
    expect(rows.map((row) => [row.ship_id, row.station_id])).toEqual([
      [SIDEWINDER.id, LINCOLN.marketId],
      [SIDEWINDER.id, 4_300_000_001],
      [EAGLE.id, 4_300_000_001],
    ]);
  });
});
