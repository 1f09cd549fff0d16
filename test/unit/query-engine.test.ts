import { expect, test } from 'vitest';
import { GOLD, NOON_S, snapshot } from '../contract/store-world.ts';
import { followedStore } from '../support/followed-store.ts';
import { engineOn } from '../support/query-engine.ts';

const MARKETS = [11, 12, 13];

/** An engine on a real database, and what it asks of it. */
async function world({ hasLog }: { readonly hasLog: boolean }) {
  const { file, db, store } = await followedStore(MARKETS, { hasLog });
  const write = (marketId: number, atS: number, price: number) =>
    store.writeMarkets([
      snapshot([[GOLD, 0, 0, 0, price, 900, 3]], { marketId, stationName: 'S', systemName: 'Sol', at: atS }),
    ]);
  if (hasLog) for (const id of MARKETS) await write(id, NOON_S, id);
  const { engine, asked } = engineOn(file);
  const sellers = async () => {
    asked.length = 0;
    const page = await engine.trades(GOLD, { side: 'supply', sort: 'price' }, { limit: 10, after: null });
    return page.entries.map(({ station, quote }) => [station.id, quote.supplyPrice, station.marketAtS]);
  };
  /** The log is looked at four times a second. */
  const afterALook = () => new Promise((resolve) => setTimeout(resolve, 300));
  return { db, store, write, engine, asked, sellers, afterALook };
}

test('what is found in memory is described without a look at its rows', async () => {
  const { sellers, asked } = await world({ hasLog: true });
  const found = MARKETS.map((id) => [id, id, NOON_S]);
  expect(await sellers()).toEqual(found);
  expect(asked.some((sql) => sql.includes('StationItem'))).toBe(true);
  expect(await sellers()).toEqual(found);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((sql) => sql.includes('StationItem'))).toEqual([]);
});

test('what the log tells of is read once, whoever else tells of it', async () => {
  const { sellers, asked, write, engine, afterALook } = await world({ hasLog: true });
  const rowsRead = () => asked.filter((sql) => sql.includes('StationItem'));
  await sellers();
  await write(12, NOON_S + 60, 5);
  engine.noteChanged([12]);
  // It is not waited for: who writes and asks is told what was written.
  expect((await sellers())[0]).toEqual([12, 5, NOON_S + 60]);
  expect(rowsRead().length).toBeGreaterThan(0);
  expect(rowsRead().every((sql) => sql.includes('station_id IN (12)'))).toBe(true);
  await afterALook();
  await sellers();
  expect(rowsRead()).toEqual([]);
});

test.each([true, false])(
  'of two who ask at once none is told what was before; with a log: %s',
  async (hasLog) => {
    const { engine, write } = await world({ hasLog });
    const seen = async () => {
      const page = await engine.stations({}, { limit: 10, after: null });
      return page.entries.find(({ station }) => station.id === 12)?.station.marketAtS;
    };
    await seen();
    for (let atS = NOON_S + 60; atS < NOON_S + 300; atS += 60) {
      await write(12, atS, 5);
      engine.noteChanged([12]);
      expect(await Promise.all([seen(), seen(), seen()])).toEqual([atS, atS, atS]);
    }
  },
);

test('a log that is begun later tells what has happened since: nothing else is read again', async () => {
  const { sellers, asked, write, store, engine, afterALook } = await world({ hasLog: false });
  expect(await sellers()).toEqual([]);
  await afterALook();
  await store.beginChangeLog();
  await write(13, NOON_S, 7);
  expect(await sellers()).toEqual([[13, 7, NOON_S]]);
  expect(asked.filter((sql) => sql.includes('FROM Station st') && !sql.includes('IN (13)'))).toEqual([]);
  // Until then nobody but the daemon told.
  engine.noteChanged([11]);
  await sellers();
  expect(asked.filter((sql) => sql.includes('IN (11)'))).toEqual([]);
});

test('a log that is gone takes nothing with it: what it may have told of is read again', async () => {
  const { db, engine, sellers } = await world({ hasLog: true });
  await sellers();
  await db.sql(`UPDATE StationItem SET supply_price = 5 WHERE station_id = 12`);
  await db.sql('DROP TABLE tdl_change');
  engine.noteChanged([12]);
  expect((await sellers())[0]).toEqual([12, 5, NOON_S]);
});
