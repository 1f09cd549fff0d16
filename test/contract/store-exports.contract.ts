import { describe, expect, test } from 'vitest';
import type { MarketStore } from '../../src/domain/ports/store/market-store.ts';
import {
  FUEL,
  FUEL_ROW,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  NOVELTY,
  OUTPOST,
  PLATINUM,
  PLATINUM_ROW,
  SYSTEM,
  addStations,
  epochS,
  plant,
  plantAll,
  snapshot,
  stamp,
  useWorld,
  type CreateDatabase,
  type Row,
  type TestDatabase,
} from './store-world.ts';

const HEADER =
  'id,station_id,commodity_id,supply,supply_bracket,buy_price,sell_price,demand,demand_bracket,collected_at';

/** The listings files: exact bytes, whole stations, one consistent read. */
export function exportContract(create: CreateDatabase): void {
  const world = useWorld(create);

  test('an empty database gives the header', async () => {
    expect(await exported(world().store, 'all')).toEqual({ text: `${HEADER}\n`, rows: 0, stations: 0 });
    expect(await exported(world().store, 'live')).toEqual({ text: `${HEADER}\n`, rows: 0, stations: 0 });
  });

  test('a row has its numbers in the order clients read them', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [[FUEL, 80, 7, 1, 95, 41_000, 2]], stamp(NOON_S));
    expect((await exported(store, 'all')).text).toBe(
      `${HEADER}\n1,${LINCOLN.marketId},${FUEL},41000,2,95,80,7,1,${NOON_S}\n`,
    );
  });

  test('levels -1 and times with microseconds are exported as integers', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [[FUEL, 80, 7, -1, 95, 1, -1]], stamp(NOON_S, '.999999'));
    expect((await exported(store, 'all')).text).toContain(
      `\n1,${LINCOLN.marketId},${FUEL},1,-1,95,80,7,-1,${NOON_S}\n`,
    );
  });

  test.each(['all', 'live'] as const)('%s equals what the tables say', async (scope) => {
    const { db, store } = world();
    await plantVariety(db);
    const expected = await listing(db, scope);
    expect(expected.rows).toBeGreaterThan(4);
    expect(await exported(store, scope)).toEqual(expected);
  });

  test('rows of unknown stations and items, and rows without a price, are left out', async () => {
    const { db, store } = world();
    await plant(
      db,
      LINCOLN.marketId,
      [GOLD_ROW, [NOVELTY, 1, 1, 1, 0, 0, 0], [FUEL, 0, 5, 1, 0, 5, 1]],
      stamp(NOON_S),
    );
    await plant(db, 4_000_000_000, [GOLD_ROW], stamp(NOON_S));
    await plant(db, OUTPOST.marketId, [[NOVELTY, 1, 1, 1, 0, 0, 0]], stamp(NOON_S));
    const { text, rows, stations } = await exported(store, 'all');
    expect(text.split('\n').slice(1)).toEqual([
      `1,${LINCOLN.marketId},${GOLD},0,0,0,9400,1200,3,${NOON_S}`,
      '',
    ]);
    expect({ rows, stations }).toEqual({ rows: 1, stations: 1 });
  });

  test('station ids of 64 bits are exact', async () => {
    const { db, store } = world();
    const id = '9223372036854775807';
    await addStations(db, [[id, 'Edge', SYSTEM.Sol]]);
    await plant(db, id, [GOLD_ROW], stamp(NOON_S), 1);
    expect((await exported(store, 'live')).text).toContain(`\n1,${id},${GOLD},`);
  });

  test('live holds whole stations: one live row brings its neighbours', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S), 1);
    await plant(db, LINCOLN.marketId, [FUEL_ROW], stamp(NOON_S), 0);
    await plant(db, OUTPOST.marketId, [PLATINUM_ROW], stamp(NOON_S), 0);
    const { text, rows, stations } = await exported(store, 'live');
    expect({ rows, stations }).toEqual({ rows: 2, stations: 1 });
    expect(text).toContain(`,${FUEL},`);
    expect(text).not.toContain(String(PLATINUM));
  });

  describe('of many chunks', () => {
    test('the chunks are of some 256 KiB and come one at a time', async () => {
      const { db, store } = world();
      await plantMany(db);
      const sizes: number[] = [];
      let open = 0;
      await store.exportListings('all', async (chunk) => {
        expect(++open).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        sizes.push(chunk.byteLength);
        open--;
      });
      expect(sizes.length).toBeGreaterThan(2);
      for (const size of sizes.slice(0, -1))
        expect(size / 1024).toSatisfy((kib: number) => kib > 128 && kib < 512);
      expect(sizes.reduce((a, b) => a + b)).toBe((await listing(db, 'all')).text.length);
    });

    test('what is written meanwhile is not in it, and need not wait for it', async () => {
      const { db, store } = world();
      const last = await plantMany(db);
      const before = await listing(db, 'all');
      const chunks: Uint8Array[] = [];
      await store.exportListings('all', async (chunk) => {
        if (chunks.push(chunk) > 1) return;
        const written = await store.writeMarkets([
          snapshot([GOLD_ROW], { marketId: last, stationName: 'S', at: NOON_S + 60 }),
        ]);
        expect(written).toMatchObject([{ status: 'written', station: 'known' }]);
      });
      expect(textOf(chunks)).toBe(before.text);
      expect((await exported(store, 'all')).text).toBe((await listing(db, 'all')).text);
    });

    test('aborting stops it, and the store works on', async () => {
      const { db, store } = world();
      await plantMany(db);
      const abort = new AbortController();
      let chunks = 0;
      const sink = () => {
        chunks++;
        abort.abort();
        return Promise.resolve();
      };
      await expect(store.exportListings('all', sink, abort.signal)).rejects.toMatchObject({
        code: 'aborted',
      });
      expect(chunks).toBe(1);
      expect(await exported(store, 'all')).toEqual(await listing(db, 'all'));
    });

    test('a sink that fails ends the export with its error', async () => {
      const { db, store } = world();
      await plantMany(db);
      const error = new Error('disk full');
      await expect(store.exportListings('all', () => Promise.reject(error))).rejects.toBe(error);
      expect((await exported(store, 'all')).rows).toBeGreaterThan(0);
    });

    test('two exports at once both are whole', async () => {
      const { db, store } = world();
      await plantMany(db);
      const [all, live] = await Promise.all([exported(store, 'all'), exported(store, 'live')]);
      expect(all).toEqual(await listing(db, 'all'));
      expect(live).toEqual(await listing(db, 'live'));
    });

    test('closing the store ends a running export', async () => {
      const { db, store } = world();
      await plantMany(db);
      let closing: Promise<void> | undefined;
      const sink = () => {
        closing ??= store.close();
        return Promise.resolve();
      };
      await expect(store.exportListings('all', sink)).rejects.toMatchObject({ code: 'aborted' });
      await closing;
    });
  });

  test('an aborted signal exports nothing', async () => {
    const sink = () => Promise.reject(new Error('unreachable'));
    const aborted = world().store.exportListings('all', sink, AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
  });
}

async function exported(store: MarketStore, scope: 'all' | 'live') {
  const chunks: Uint8Array[] = [];
  const count = await store.exportListings(scope, (chunk) => {
    chunks.push(chunk);
    return Promise.resolve();
  });
  return { text: textOf(chunks), ...count };
}

function textOf(chunks: readonly Uint8Array[]): string {
  return Buffer.concat(chunks).toString('utf8');
}

/** The file computed from plain reads of the tables. */
async function listing(db: TestDatabase, scope: 'all' | 'live') {
  const ids = async (table: string, column: string) =>
    new Set((await db.sql(`SELECT ${column} AS id FROM ${table}`)).map((row) => row.id));
  const [stations, items] = [await ids('Station', 'station_id'), await ids('Item', 'item_id')];
  const all = await db.sql('SELECT * FROM StationItem ORDER BY station_id, item_id');
  const live = new Set(all.filter((row) => row.from_live === '1').map((row) => row.station_id));
  const rows = all
    .filter((row) => stations.has(row.station_id) && items.has(row.item_id))
    .filter((row) => row.demand_price !== '0' || row.supply_price !== '0')
    .filter((row) => scope === 'all' || live.has(row.station_id));
  const lines = rows.map((row, i) =>
    [
      i + 1,
      row.station_id,
      row.item_id,
      row.supply_units,
      row.supply_level,
      row.supply_price,
      row.demand_price,
      row.demand_units,
      row.demand_level,
      epochS(row.modified),
    ].join(),
  );
  return {
    text: [HEADER, ...lines, ''].join('\n'),
    rows: rows.length,
    stations: new Set(rows.map((row) => row.station_id)).size,
  };
}

/** Stations of every kind: live, baseline, mixed, orphaned, priceless, of both timestamp forms. */
async function plantVariety(db: TestDatabase): Promise<void> {
  await addStations(
    db,
    [11, 12, 13, 14, 4_000_000_001].map((id) => [id, 'S', SYSTEM.Sol]),
  );
  const rows: Row[] = [GOLD_ROW, FUEL_ROW, PLATINUM_ROW];
  await plant(db, LINCOLN.marketId, rows, stamp(NOON_S), 1);
  await plant(db, 11, rows, stamp(NOON_S - 1, '.000000'), 0);
  await plant(db, 12, rows, stamp(NOON_S - 2, '.000000'), 1);
  await plant(db, 13, [GOLD_ROW], stamp(NOON_S - 3), 0);
  await plant(db, 13, [[FUEL, 0, 0, 0, 0, 0, 0], PLATINUM_ROW], stamp(NOON_S - 4), 1);
  await plant(db, 14, [[FUEL, 0, 3, 1, 0, 3, 1]], stamp(NOON_S), 1);
  await plant(db, 99, rows, stamp(NOON_S), 1);
  await plant(db, 4_000_000_001, [...rows, [NOVELTY, 1, 1, 1, 1, 1, 1]], stamp(NOON_S - 5), 1);
}

/** Some 18,000 rows, a third of them live. @returns the last market id */
async function plantMany(db: TestDatabase): Promise<number> {
  const rows = Array.from({ length: 60 }, (_, i): Row => [200_000_000 + i, 10 + i, 2_000 + i, 1, 0, 0, 0]);
  const items = rows.map(([id]) => `(${id}, 'Item ${id}', 1, 0)`);
  await db.sql(`INSERT INTO Item (item_id, name, category_id, ui_order) VALUES ${items.join()}`);
  const ids = Array.from({ length: 300 }, (_, i) => 1_000 + i);
  await addStations(
    db,
    ids.map((id) => [id, 'S', SYSTEM.Sol]),
  );
  await plantAll(
    db,
    ids.map((id) => ({ marketId: id, rows, modified: stamp(NOON_S), fromLive: Number(id % 3 === 0) })),
  );
  return ids.at(-1)!;
}
