import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import type { DumpBatch } from '../../src/domain/spansh/records.ts';
import { times } from '../support/times.ts';
import { batch, importInto, market, station, stationRow, systemRow, vendor } from './store-galaxy-batches.ts';
import { EAGLE, SIDEWINDER } from './store-galaxy-batches.ts';
import {
  FUEL,
  FUEL_ROW,
  GOLD,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM_ROW,
  STRANGER,
  SYSTEM,
  plant,
  snapshot,
  stamp,
  stored,
  useWorld,
  type CreateDatabase,
  type Row,
} from './store-world.ts';

const FUTURE_S = Date.UTC(2099, 0, 1) / 1000;
const REMEMBERED = { status: 'written', rows: 0, station: 'unknown' };

/** The newest observation wins, in whatever order observations come. */
export function orderContract(create: CreateDatabase): void {
  const world = useWorld(create);
  const dumped = (rows: readonly Row[], at: number, id = LINCOLN.marketId) =>
    batch({ stations: [station({ id: BigInt(id), market: market(rows, at) })] });
  const stranger = (rows: readonly Row[], at: number) => snapshot(rows, { ...STRANGER, at });

  describe('empty lists', () => {
    test('one of an unknown market outlasts an older observation, not a newer one', async () => {
      const { store, rowsOf } = world();
      expect(await store.writeMarkets([stranger([], NOON_S)])).toEqual([REMEMBERED]);
      expect(await store.writeMarkets([stranger([GOLD_ROW], NOON_S - 60)])).toEqual([
        { status: 'stale', storedAtS: NOON_S },
      ]);
      expect(await store.writeMarkets([stranger([], NOON_S - 30)])).toMatchObject([{ status: 'stale' }]);
      expect(await store.writeMarkets([stranger([FUEL_ROW], NOON_S + 60)])).toMatchObject([
        { status: 'written', station: 'created' },
      ]);
      expect(await rowsOf(STRANGER.marketId)).toEqual(stored([FUEL_ROW], NOON_S + 60));
      // What was remembered is settled: rows of the purge's making must not come back to life.
      expect(await world().db.sql('SELECT * FROM tdl_memory')).toEqual([]);
    });

    test('one under a wrong id says nothing of the market that has it', async () => {
      const { store, rowsOf } = world();
      await store.writeMarkets([snapshot([], { ...STRANGER, stationName: 'Somewhere Else' })]);
      expect(await store.writeMarkets([stranger([GOLD_ROW], NOON_S - 60)])).toMatchObject([
        { status: 'written', station: 'created' },
      ]);
      expect(await rowsOf(STRANGER.marketId)).toEqual(stored([GOLD_ROW], NOON_S - 60));
    });

    test('one of a known market is remembered in the database: another daemon brings nothing back', async () => {
      const { db, store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      await store.writeMarkets([snapshot([], { at: NOON_S + 60 })]);
      const other = db.store();
      expect(await other.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S + 30 })])).toEqual([
        { status: 'stale', storedAtS: NOON_S + 60 },
      ]);
      await importInto(other, [dumped([GOLD_ROW], NOON_S + 30)]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual([]);
      await importInto(other, [dumped([GOLD_ROW], NOON_S + 90)]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW], NOON_S + 90, 0));
    });

    test('without tables of our own one of an unknown market is refused', async () => {
      const { db } = world();
      const store = db.store('auto', { ownTables: false });
      expect(await store.writeMarkets([stranger([], NOON_S)])).toMatchObject([{ status: 'invalid' }]);
    });
  });

  describe('times that nobody can have observed', () => {
    test('of a stored market give way to any observation', async () => {
      const { db, store, rowsOf } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW, PLATINUM_ROW], stamp(FUTURE_S));
      expect(await store.writeMarkets([snapshot([FUEL_ROW])])).toMatchObject([{ status: 'written' }]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([FUEL_ROW]));
    });

    test('of a stored market, station, system and shipyard give way to a dump', async () => {
      const { db, store, rowsOf } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW, PLATINUM_ROW], stamp(FUTURE_S));
      for (const table of ['Station', 'System'])
        await db.sql(`UPDATE ${table} SET modified = ${stamp(FUTURE_S)}`);
      await importInto(store, [
        batch({ ships: [SIDEWINDER, EAGLE], stations: [station({ shipyard: vendor([EAGLE.id]) })] }),
      ]);
      await db.sql(`UPDATE ShipVendor SET modified = ${stamp(FUTURE_S)}`);
      await importInto(store, [
        batch({
          systems: [systemRow({ name: 'Sol Again' })],
          stations: [
            station({
              ...{ row: stationRow({ name: 'Lincoln' }), market: market([FUEL_ROW]) },
              shipyard: vendor([SIDEWINDER.id]),
            }),
          ],
        }),
      ]);
      expect(await db.sql(`SELECT name FROM System WHERE system_id = ${SYSTEM.Sol}`)).toEqual([
        { name: 'Sol Again' },
      ]);
      expect(await db.sql(`SELECT name FROM Station WHERE station_id = ${LINCOLN.marketId}`)).toEqual([
        { name: 'Lincoln' },
      ]);
      expect((await rowsOf(LINCOLN.marketId)).map(([item]) => item)).toEqual([FUEL]);
      expect(await db.sql('SELECT ship_id FROM ShipVendor')).toEqual([{ ship_id: String(SIDEWINDER.id) }]);
    });

    test('are counted, and mended when that is asked for', async () => {
      const { db, store, rowsOf } = world();
      await plant(db, LINCOLN.marketId, [GOLD_ROW, PLATINUM_ROW], stamp(FUTURE_S));
      await plant(db, OUTPOST.marketId, [GOLD_ROW], stamp(NOON_S));
      const now = db.store('auto', { notAfterS: () => NOON_S });
      expect(await now.checkTimes({ repair: false }), 'what is of now is observed').toMatchObject({
        rows: 2,
      });
      await db.sql(`UPDATE System SET modified = ${stamp(FUTURE_S)} WHERE system_id = ${SYSTEM.Sol}`);
      await db.sql(`UPDATE Station SET modified = ${stamp(FUTURE_S)}`);
      expect(await store.checkTimes({ repair: false })).toEqual({ rows: 2, names: 3 });
      expect(await store.checkTimes({ repair: true })).toEqual({ rows: 2, names: 3 });
      expect(await store.checkTimes({ repair: false })).toEqual({ rows: 0, names: 0 });
      expect(await rowsOf(LINCOLN.marketId)).toEqual([]);
      expect(await rowsOf(OUTPOST.marketId)).toHaveLength(1);
    });

    test('a station of the future moves when it is seen elsewhere', async () => {
      const { db, store, stationOf } = world();
      await db.sql(`UPDATE Station SET modified = ${stamp(FUTURE_S)}`);
      expect(await store.writeMarkets([snapshot([GOLD_ROW], { systemName: 'Alioth' })])).toMatchObject([
        { status: 'written', station: 'moved' },
      ]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({ system_id: SYSTEM.Alioth });
    });

    test('a slow clock that knows better lets no replay win', async () => {
      const { db, rowsOf } = world();
      // By its own clock an hour ago, but the gateway has told the time of now.
      const store = db.store('auto', { notAfterS: () => NOON_S + 300 });
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      expect(await store.writeMarkets([snapshot([FUEL_ROW], { at: NOON_S - 3600 })])).toMatchObject([
        { status: 'stale' },
      ]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
    });
  });

  test('a dump that saw a carrier elsewhere, before its market was last seen where it is, does not move it', async () => {
    const { store, stationOf } = world();
    const carrier = { marketId: 128_000_004, stationName: 'X1X-X1X' };
    const seen = (systemName: string, at: number) => snapshot([GOLD_ROW], { ...carrier, systemName, at });
    await store.writeMarkets([seen('Alioth', NOON_S)]);
    await store.writeMarkets([seen('Alioth', NOON_S + 40)]);
    const row = (modifiedS: number) =>
      station({
        id: BigInt(carrier.marketId),
        row: stationRow({ systemId: BigInt(SYSTEM.Sol), name: carrier.stationName, modifiedS }),
      });
    await importInto(store, [batch({ stations: [row(NOON_S + 10)] })]);
    expect((await stationOf(carrier.marketId))!.system_id).toBe(SYSTEM.Alioth);
    await importInto(store, [batch({ stations: [row(NOON_S + 50)] })]);
    expect((await stationOf(carrier.marketId))!.system_id).toBe(SYSTEM.Sol);
  });

  test('observations, empty lists and dumps of known, unknown, moved and twice-named stations, in any order', async () => {
    const { db, store, rowsOf, stationOf } = world();
    // In one of two systems of its name; and one that flies between two others.
    const twin = { marketId: 128_000_003, systemName: 'Twin', stationName: 'Second Dock' };
    const carrier = { marketId: 128_000_004, systemName: 'Sol', stationName: 'X1X-X1X' };
    const places = [LINCOLN, OUTPOST, STRANGER, twin, carrier];
    const systemOf = { Sol: SYSTEM.Sol, Alioth: SYSTEM.Alioth, Far: SYSTEM.Far, Twin: SYSTEM.Twin[1] };

    const sight = fc.record({
      place: fc.constantFrom(...places),
      kind: fc.constantFrom('rows', 'rows', 'empty', 'dump'),
      price: fc.integer({ min: 1, max: 9 }),
      goods: fc.subarray([GOLD, FUEL], { minLength: 1 }),
      elsewhere: fc.boolean(),
    });
    const story = fc.array(sight, { minLength: 1, maxLength: 10 }).chain((sights) =>
      fc.record({
        sights: fc.constant(sights),
        order: fc.shuffledSubarray(
          sights.map((_, i) => i),
          { minLength: sights.length },
        ),
      }),
    );

    await fc.assert(
      fc.asyncProperty(story, async ({ sights, order }) => {
        await reset();
        const seen = sights.map(({ place, kind, price, goods, elsewhere }, i) => {
          const systemName = place === carrier && elsewhere ? 'Alioth' : place.systemName;
          const rows = goods.map((item): Row => [
            item,
            price,
            1,
            kind === 'dump' ? -1 : 1,
            0,
            0,
            kind === 'dump' ? -1 : 0,
          ]);
          return { ...place, systemName, kind, at: NOON_S + i * 10, rows: kind === 'empty' ? [] : rows };
        });
        const waiting = new Map<number, Snapshot>();
        for (const i of order) {
          const one = seen[i]!;
          if (one.kind === 'dump') await importInto(store, [dumpOf(one)]);
          else await hear(snapshot(one.rows, one), waiting);
          // As the catalogue does it after a dump.
          for (const parked of [...waiting.values()]) await hear(parked, waiting);
        }
        for (const { marketId } of places) {
          const of = seen.filter((one) => one.marketId === marketId);
          const last = of.at(-1);
          if (last === undefined) continue;
          const fromLive = last.kind === 'dump' ? 0 : 1;
          const parked = waiting.get(marketId);
          if (parked === undefined) {
            expect({ marketId, rows: await rowsOf(marketId) }).toEqual({
              marketId,
              rows: stored(last.rows, last.at, fromLive),
            });
          } else {
            // Nobody has said in which of the two systems it is: the newest of its observations waits.
            expect([marketId, parked.observedAtS]).toEqual([twin.marketId, last.at]);
            expect(of.every(({ kind }) => kind !== 'dump')).toBe(true);
          }
          if (marketId === carrier.marketId && last.rows.length > 0)
            expect((await stationOf(marketId))!.system_id).toBe(systemOf[last.systemName as 'Sol']);
        }
      }),
      { numRuns: times(16, 40) },
    );

    async function reset() {
      await db.sql('DELETE FROM StationItem');
      await db.sql(`DELETE FROM Station WHERE station_id NOT IN (${LINCOLN.marketId}, ${OUTPOST.marketId})`);
      await db.sql(`UPDATE Station SET modified = ${stamp(NOON_S - 86_400)}`);
      // Made by the first empty list.
      await store.writeMarkets([snapshot([], { at: NOON_S - 86_000, marketId: 1 })]);
      for (const table of ['tdl_memory', 'tdl_fact']) await db.sql(`DELETE FROM ${table}`);
    }

    /** What has no place yet is parked, the newest of each market; and looked at again. */
    async function hear(one: Snapshot, waiting: Map<number, Snapshot>) {
      const { marketId, observedAtS } = one;
      if ((waiting.get(marketId)?.observedAtS ?? 0) > observedAtS) return;
      const [outcome] = await store.writeMarkets([one]);
      if (outcome!.status === 'unknownSystem') waiting.set(marketId, one);
      else waiting.delete(marketId);
    }

    function dumpOf(one: {
      marketId: number;
      systemName: string;
      stationName: string;
      at: number;
      rows: Row[];
    }): DumpBatch {
      const systemId = BigInt(systemOf[one.systemName as 'Sol']);
      return batch({
        stations: [
          station({
            id: BigInt(one.marketId),
            row: stationRow({ systemId, name: one.stationName, modifiedS: one.at }),
            market: market(one.rows, one.at),
          }),
        ],
      });
    }
  });
}
