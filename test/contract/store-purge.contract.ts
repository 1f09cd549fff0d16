import { expect, test } from 'vitest';
import {
  FUEL_ROW,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM_ROW,
  SYSTEM,
  addStations,
  plant,
  plantAll,
  stamp,
  stored,
  useWorld,
  type CreateDatabase,
  type Row,
  type TestDatabase,
} from './store-world.ts';

/** Deleting by age, and counting. */
export function purgeContract(create: CreateDatabase): void {
  const world = useWorld(create);
  const rowsLeft = async () => Number((await world().db.sql('SELECT COUNT(*) AS n FROM StationItem'))[0]!.n);

  test.each(['', '.000000'])(
    'rows observed before the instant go, others stay (time ending in "%s")',
    async (fraction) => {
      const { db, store, rowsOf } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW, FUEL_ROW], stamp(NOON_S - 1, fraction));
      await plant(db, OUTPOST.marketId, [PLATINUM_ROW], stamp(NOON_S, fraction));
      expect(await store.purge({ olderThanS: NOON_S })).toBe(2);
      expect(await rowsOf(LINCOLN.marketId)).toEqual([]);
      expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([PLATINUM_ROW], NOON_S, 0));
    },
  );

  test('a fraction of a second before the instant is before it', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S - 1, '.999999'));
    expect(await store.purge({ olderThanS: NOON_S })).toBe(1);
  });

  test('of a station with rows of several ages, those go that it is about, and no others', async () => {
    const { db, store, rowsOf } = world();
    const year2100S = Date.UTC(2100) / 1000;
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S - 1));
    await plant(db, LINCOLN.marketId, [FUEL_ROW], stamp(NOON_S));
    await plant(db, LINCOLN.marketId, [PLATINUM_ROW], stamp(year2100S));
    const times = async () => (await rowsOf(LINCOLN.marketId)).map((row) => row.at(-2)).sort();
    expect(await store.purge({ olderThanS: NOON_S })).toBe(1);
    expect(await times()).toEqual([NOON_S, year2100S]);
    expect(await store.checkTimes({ repair: true })).toMatchObject({ rows: 1 });
    expect(await times()).toEqual([NOON_S]);
  });

  test('of a station whose id needs 64 bits', async () => {
    const { db, store, rowsOf } = world();
    const id = '9223372036854775807';
    await addStations(db, [[id, 'Edge', SYSTEM.Far]]);
    await plant(db, id, [GOLD_ROW], stamp(NOON_S - 1));
    expect(await store.purge({ olderThanS: NOON_S })).toBe(1);
    await plant(db, id, [GOLD_ROW], stamp(Date.UTC(2100) / 1000));
    expect(await store.checkTimes({ repair: true })).toMatchObject({ rows: 1 });
    expect(await rowsOf(id)).toEqual([]);
  });

  test('live rows age like others', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S - 1), 1);
    expect(await store.purge({ olderThanS: NOON_S })).toBe(1);
  });

  test('stations stay when their rows go', async () => {
    const { db, store, stationOf } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S - 1));
    await store.purge({ olderThanS: NOON_S });
    expect(await stationOf(LINCOLN.marketId)).toBeDefined();
  });

  test('a dry run counts and deletes nothing', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW, FUEL_ROW], stamp(NOON_S - 1));
    expect(await store.purge({ olderThanS: NOON_S, dryRun: true })).toBe(2);
    expect(await rowsLeft()).toBe(2);
  });

  test('nothing to purge is no error', async () => {
    expect(await world().store.purge({ olderThanS: NOON_S })).toBe(0);
  });

  test('many rows go in bounded batches, the progress adding up', async () => {
    const { db, store } = world();
    const planted = await plantMany(db);
    const progress: number[] = [];
    const purged = await store.purge({ olderThanS: NOON_S, onProgress: (n) => progress.push(n) });
    expect(purged).toBe(planted);
    expect(progress.length).toBeGreaterThan(1);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(planted);
    expect(await rowsLeft()).toBe(0);
  });

  test('aborting keeps what is not deleted yet', async () => {
    const { db, store } = world();
    const planted = await plantMany(db);
    const abort = new AbortController();
    const purge = store.purge({ olderThanS: NOON_S, signal: abort.signal, onProgress: () => abort.abort() });
    await expect(purge).rejects.toMatchObject({ code: 'aborted' });
    expect(await rowsLeft()).toBeLessThan(planted);
    expect(await rowsLeft()).toBeGreaterThan(0);
  });

  test('stats of an empty database', async () => {
    expect(await world().store.stats()).toEqual({
      totalRows: 0,
      liveRows: 0,
      stations: 0,
      liveStations: 0,
      implausibleMarkets: null,
      newestAtS: null,
    });
  });

  test('stats count rows and the stations that have rows', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW, FUEL_ROW], stamp(NOON_S, '.000000'), 1);
    await plant(db, OUTPOST.marketId, [PLATINUM_ROW], stamp(NOON_S + 9));
    expect(await store.stats()).toEqual({
      totalRows: 3,
      liveRows: 2,
      stations: 2,
      liveStations: 1,
      implausibleMarkets: null,
      newestAtS: NOON_S + 9,
    });
  });
}

/** Old rows, more than any store deletes in one batch (20,000). @returns how many */
async function plantMany(db: TestDatabase): Promise<number> {
  const rows = Array.from({ length: 100 }, (_, i): Row => [200_000_000 + i, 10, 20, 1, 0, 0, 0]);
  const items = rows.map(([id]) => `(${id}, 'Item ${id}', 1, 0)`);
  await db.sql(`INSERT INTO Item (item_id, name, category_id, ui_order) VALUES ${items.join()}`);
  const ids = Array.from({ length: 201 }, (_, i) => 1_000 + i);
  await addStations(
    db,
    ids.map((id) => [id, 'S', SYSTEM.Sol]),
  );
  await plantAll(
    db,
    ids.map((id) => ({ marketId: id, rows, modified: stamp(NOON_S - id) })),
  );
  return ids.length * rows.length;
}
