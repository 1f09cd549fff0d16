import { expect, test } from 'vitest';
import type { ChangedListings } from '../../src/domain/ports/store/galaxy-store.ts';
import type { LogPosition } from '../../src/domain/ports/store/changes.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { SeededRandom } from '../support/random.ts';
import { batch, DUMP_FUEL, importInto, market, station, stationRow } from './store-galaxy-batches.ts';
import {
  FUEL_ROW,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM_ROW,
  STRANGER,
  SYSTEM,
  addStations,
  plant,
  snapshot,
  stamp,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const KEPT = { keepS: 86_400, keepEntries: 100_000 };

const NOTHING = { read: null, listings: null };

/** Lines without the running number, by station id. */
type Listings = Map<string, string[]>;

function parse(chunks: readonly Uint8Array[]): Listings {
  const lines = Buffer.concat(chunks).toString().split('\n');
  expect(lines.shift()).toMatch(/^id,station_id,/);
  expect(lines.pop()).toBe('');
  const listings: Listings = new Map();
  lines.forEach((line, i) => {
    const [id, stationId = ''] = line.split(',');
    expect(Number(id)).toBe(i + 1);
    listings.set(stationId, [...(listings.get(stationId) ?? []), line.slice(line.indexOf(',') + 1)]);
  });
  return listings;
}

async function full(store: Store): Promise<{ listings: Listings; position: LogPosition | null }> {
  const chunks: Uint8Array[] = [];
  const { position } = await store.exportSet((file) => (chunk) => {
    if (file === 'listings') chunks.push(Uint8Array.from(chunk));
    return Promise.resolve();
  });
  return { listings: parse(chunks), position };
}

async function changed(
  store: Store,
  since: LogPosition,
): Promise<{ read: ChangedListings | null; listings: Listings | null }> {
  const chunks: Uint8Array[] = [];
  const read = await store.exportChanges(since, (chunk) => {
    chunks.push(Uint8Array.from(chunk));
    return Promise.resolve();
  });
  return { read, listings: chunks.length === 0 ? null : parse(chunks) };
}

/** What has changed since a position of the change log, in the lines of the listings. */
export function changedListingsContract(create: CreateDatabase): void {
  const world = useWorld(create);

  async function keeping(changeLog = KEPT): Promise<Store> {
    const store = world().db.store('auto', { changeLog });
    await store.beginChangeLog();
    return store;
  }

  test('without a log there is neither a position nor a change', async () => {
    const { store } = world();
    expect((await full(store)).position).toBeNull();
    expect(await store.changePosition()).toBeNull();
    expect(await changed(store, { logId: '', seq: 0 })).toEqual(NOTHING);
  });

  test('where it is; a position that nobody can go on from', async () => {
    const store = await keeping();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    const { position } = await full(store);
    expect(position).toMatchObject({ seq: 1 });
    expect(await store.changePosition()).toEqual(position);
    expect(await changed(store, { logId: 'another', seq: 0 })).toEqual(NOTHING);
    expect(await changed(store, { logId: position!.logId, seq: 2 })).toEqual(NOTHING);
    expect((await changed(store, position!)).read).toMatchObject({ rows: 0, emptied: [], placed: [] });
    await world().db.sql('DELETE FROM tdl_change WHERE seq = 1');
    expect(await changed(store, { logId: position!.logId, seq: 0 })).toEqual(NOTHING);
    expect((await changed(store, position!)).read).toMatchObject({ rows: 0 });
    await world().db.sql('DELETE FROM tdl_log');
    expect(await store.changePosition(), 'a log that is broken is none').toBeNull();
    expect(await changed(store, position!)).toEqual(NOTHING);
  });

  test('whole markets that have changed, those that are empty, and where stations are', async () => {
    const { db } = world();
    const store = await keeping();
    await store.writeMarkets([
      snapshot([GOLD_ROW, FUEL_ROW]),
      snapshot([GOLD_ROW], OUTPOST),
      snapshot([PLATINUM_ROW], STRANGER),
    ]);
    const { position } = await full(store);
    await store.writeMarkets([snapshot([FUEL_ROW, PLATINUM_ROW], { at: NOON_S + 1 })]);
    await store.writeMarkets([snapshot([], { ...OUTPOST, at: NOON_S + 2 })]);
    await store.writeMarkets([snapshot([GOLD_ROW], { ...STRANGER, systemName: 'Sol', at: NOON_S + 3 })]);
    const { read, listings } = await changed(store, position!);
    expect(listings?.keys().toArray()).toEqual([String(LINCOLN.marketId), String(STRANGER.marketId)]);
    expect(listings?.get(String(LINCOLN.marketId))).toHaveLength(2);
    expect(read).toEqual({
      position: { logId: position!.logId, seq: 4 + 2 + 2 },
      ...{ rows: 3, stations: 2, emptied: [String(OUTPOST.marketId)] },
      placed: [[String(STRANGER.marketId), SYSTEM.Sol]],
    });
    // Rows whose commodity is in no file are in no listing.
    await db.sql(`DELETE FROM Item WHERE item_id = ${GOLD_ROW[0]}`);
    expect((await changed(store, position!)).read).toMatchObject({
      rows: 2,
      emptied: [String(OUTPOST.marketId), String(STRANGER.marketId)],
    });
  });

  test('from one moment: what is written meanwhile comes the next time', async () => {
    const store = await keeping();
    const start = (await full(store)).position;
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    let chunks = 0;
    const read = await store.exportChanges(start!, async () => {
      if (chunks++ === 0) await store.writeMarkets([snapshot([FUEL_ROW], OUTPOST)]);
    });
    expect(read).toMatchObject({ position: { seq: 1 }, stations: 1 });
    expect((await changed(store, read!.position)).listings?.keys().toArray()).toEqual([
      String(OUTPOST.marketId),
    ]);
  });

  test('a full file and whatever changed since then are what the database says, whatever is done', async () => {
    const { db } = world();
    const store = await keeping();
    const random = new SeededRandom(11);
    const ids = Array.from({ length: 12 }, (_, i) => 4_000 + i);
    await addStations(
      db,
      ids.map((id) => [id, `Station ${id}`, SYSTEM.Sol]),
    );
    // As another program has left them.
    for (const id of ids.slice(0, 4)) await plant(db, id, [GOLD_ROW], stamp(NOON_S - 100_000));
    const systemsOf = async () =>
      new Map(
        (await db.sql('SELECT station_id, system_id FROM Station')).map((row) => [
          row.station_id!,
          row.system_id!,
        ]),
      );

    const base = await full(store);
    const mine = { listings: base.listings, places: await systemsOf() };
    let at = base.position!;
    for (let round = 0; round < 12; round++) {
      for (let step = random.integer(1, 6); step > 0; step--) {
        const id = random.pick(ids);
        const atS = NOON_S + round * 100 + step;
        const named = { marketId: id, stationName: `Station ${id}`, systemName: 'Sol' };
        const rows = [GOLD_ROW, FUEL_ROW, PLATINUM_ROW].filter(() => random.chance(0.5));
        switch (random.integer(0, 4)) {
          case 0:
            await store.writeMarkets([snapshot([], { ...named, at: atS })]);
            break;
          case 1:
            await store.purge({ olderThanS: NOON_S + (round - 3) * 100 });
            break;
          case 2:
            await store.writeMarkets([
              snapshot(rows.length > 0 ? rows : [GOLD_ROW], { ...named, systemName: 'Alioth', at: atS }),
            ]);
            break;
          case 3:
            await importInto(store, [
              batch({
                stations: [
                  station({
                    id: BigInt(id),
                    row: stationRow({
                      name: named.stationName,
                      systemId: BigInt(SYSTEM.Alioth),
                      modifiedS: atS,
                    }),
                    market: market([DUMP_FUEL], atS),
                  }),
                ],
              }),
            ]);
            break;
          default:
            if (rows.length > 0) await store.writeMarkets([snapshot(rows, { ...named, at: atS })]);
        }
      }
      // Sometimes from further back than where one is: what is known already is only told again.
      const since = random.chance(0.2) ? base.position! : at;
      const { read, listings } = await changed(store, since);
      at = read!.position;
      for (const id of read!.emptied) mine.listings.delete(id);
      for (const [id, lines] of listings!) mine.listings.set(id, lines);
      for (const [id, systemId] of read!.placed) mine.places.set(id, systemId);
      const now = await full(store);
      expect(now.position).toEqual(at);
      expect(Object.fromEntries(mine.listings)).toEqual(Object.fromEntries(now.listings));
      expect(mine.places).toEqual(await systemsOf());
    }
  });
}
