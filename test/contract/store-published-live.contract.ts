import { expect, test } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import type { PublishedStation } from '../../src/domain/ports/store/galaxy-store.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import {
  FUEL,
  FUEL_ROW,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM_ROW,
  SYSTEM,
  addStations,
  plant,
  snapshot,
  stamp,
  stored,
  useWorld,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

/** Prices 0: no row of the listings. */
const QUIET_ROW: Row = [FUEL, 0, 7, 1, 0, 8, 1];

/** Which stations are live, and how they become baseline. */
export function publishedLiveContract(create: CreateDatabase, generation: Generation): void {
  const world = useWorld(create, generation);

  test('a station is live if a row with a price is', async () => {
    const { db, store } = world();
    await addStations(db, [['9223372036854775807', 'Edge', SYSTEM.Sol]]);
    await plant(db, '9223372036854775807', [GOLD_ROW], stamp(NOON_S), 1);
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S), 0);
    await plant(db, LINCOLN.marketId, [QUIET_ROW], stamp(NOON_S), 1);
    await plant(db, OUTPOST.marketId, [FUEL_ROW], stamp(NOON_S), 1);
    expect(await store.liveStations()).toEqual(
      BigInt64Array.from([BigInt(OUTPOST.marketId), 9223372036854775807n]),
    );
    expect([...(await listed(store, 'live')).keys()]).toEqual([`${OUTPOST.marketId}`, '9223372036854775807']);
  });

  test('without any there are none', async () => {
    const { store } = world();
    expect(await store.liveStations()).toEqual(new BigInt64Array(0));
    expect(await store.demote([])).toBe(0);
  });

  test('the published ones become baseline, no others', async () => {
    const { store, rowsOf } = world();
    await store.writeMarkets([snapshot([GOLD_ROW, FUEL_ROW]), snapshot([PLATINUM_ROW], OUTPOST)]);
    const published = await publishedOf(store);
    expect(await store.demote(published.filter(({ id }) => id === BigInt(LINCOLN.marketId)))).toBe(1);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW, FUEL_ROW], NOON_S, 0));
    expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([PLATINUM_ROW]));
    expect(await store.liveStations()).toEqual(BigInt64Array.from([BigInt(OUTPOST.marketId)]));
  });

  test.each([
    ['later', NOON_S + 1, [GOLD_ROW]],
    ['in the same second, with another price', NOON_S, [[...GOLD_ROW].with(1, 9_999) as unknown as Row]],
    ['in the same second, with another row', NOON_S, [GOLD_ROW, FUEL_ROW]],
  ])('one that was rewritten since stays live: %s', async (_, at, rows) => {
    const { store, rowsOf } = world();
    await store.writeMarkets([snapshot([GOLD_ROW]), snapshot([PLATINUM_ROW], OUTPOST)]);
    const published = await publishedOf(store);
    await store.writeMarkets([snapshot(rows, { at })]);
    expect(await store.demote(published)).toBe(1);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored(rows, at));
    expect(await rowsOf(OUTPOST.marketId)).toEqual(stored([PLATINUM_ROW], NOON_S, 0));
  });

  test('a row without a price was not published: it stays as it is', async () => {
    const { db, store, rowsOf } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW, QUIET_ROW], stamp(NOON_S), 1);
    expect(await store.demote(await publishedOf(store))).toBe(1);
    expect(await rowsOf(LINCOLN.marketId)).toEqual(
      [...stored([GOLD_ROW], NOON_S, 0), ...stored([QUIET_ROW])].sort((a, b) => a[0]! - b[0]!),
    );
    expect(await store.liveStations()).toEqual(new BigInt64Array(0));
  });

  test('baseline stations, unknown and emptied ones do not count', async () => {
    const { store } = world();
    await store.writeMarkets([snapshot([GOLD_ROW]), snapshot([PLATINUM_ROW], OUTPOST)]);
    const published = await publishedOf(store);
    await store.writeMarkets([snapshot([], { ...OUTPOST, at: NOON_S + 1 })]);
    expect(await store.demote([...published, { id: 77n, lines: published[0]!.lines }])).toBe(1);
    expect(await store.demote(published)).toBe(0);
  });

  test('times with a fraction are told by their seconds', async () => {
    const { db, store } = world();
    await plant(db, LINCOLN.marketId, [GOLD_ROW], stamp(NOON_S, '.750000'), 1);
    expect(await store.demote(await publishedOf(store))).toBe(1);
  });

  test('more stations than a transaction holds all become baseline', async () => {
    const { db, store } = world();
    const ids = Array.from({ length: 1_200 }, (_, i) => i + 1);
    await addStations(
      db,
      ids.map((id) => [id, 'S', SYSTEM.Sol]),
    );
    await store.writeMarkets(ids.map((id) => snapshot([GOLD_ROW], { marketId: id, stationName: 'S' })));
    expect(await store.demote(await publishedOf(store))).toBe(1_200);
    expect(await store.stats()).toMatchObject({ totalRows: 1_200, liveRows: 0 });
  });

  test('an aborted signal demotes nothing', async () => {
    const { store, rowsOf } = world();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    const aborted = store.demote(await publishedOf(store), AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
    expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
  });
}

/** Lines by station, without running number and station. */
async function listed(store: Store, scope: 'live' | 'all'): Promise<Map<string, string[]>> {
  let text = '';
  await store.exportListings(scope, (chunk) => Promise.resolve(void (text += Buffer.from(chunk).toString())));
  const rows = text
    .split('\n')
    .slice(1, -1)
    .map((line) => line.split(','));
  const groups = Map.groupBy(rows, ([, stationId]) => stationId!);
  return new Map([...groups].map(([id, group]) => [id, group.map((row) => row.slice(2).join())]));
}

async function publishedOf(store: Store): Promise<PublishedStation[]> {
  return [...(await listed(store, 'all'))].map(([id, lines]) => ({
    id: BigInt(id),
    lines: lines.join('\n'),
  }));
}
