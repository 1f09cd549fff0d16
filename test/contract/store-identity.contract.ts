import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/domain/market/snapshot.ts';
import { batch, importInto, station, stationRow } from './store-galaxy-batches.ts';
import {
  FUEL_ROW,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  OUTPOST,
  PLATINUM_ROW,
  SYSTEM,
  snapshot,
  stored,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const HELD = { status: 'unconfirmed' };
const MOVED = { status: 'written', station: 'moved', rows: 1 };

/** One message gives a known station another name and another system. */
export function identityContract(create: CreateDatabase): void {
  describe.each(['v12', 'v13'] as const)('%s', (generation) => {
    const world = useWorld(create, generation);
    /** Under the id of Abraham Lincoln, which is in Sol, another one's name and system. */
    const mixed = (at: number, names: Partial<Snapshot> = {}) =>
      snapshot([FUEL_ROW], { at, stationName: 'Irkutsk', systemName: 'Alioth', ...names });
    const lincoln = { name: LINCOLN.stationName, system_id: SYSTEM.Sol };
    const irkutsk = { name: 'Irkutsk', system_id: SYSTEM.Alioth };

    test('moves nothing, and its rows are not written', async () => {
      const { store, rowsOf, stationOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      expect(await store.writeMarkets([mixed(NOON_S + 60)])).toEqual([HELD]);
      expect(await store.writeMarkets([mixed(NOON_S + 60)])).toEqual([HELD]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject(lincoln);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([GOLD_ROW]));
    });

    test('a second one confirms it', async () => {
      const { store, rowsOf, stationOf } = world();
      await store.writeMarkets([mixed(NOON_S)]);
      expect(await store.writeMarkets([mixed(NOON_S + 60)])).toEqual([MOVED]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({
        ...irkutsk,
        ...(generation === 'v13' && { lookup_name: 'IRKUTSK' }),
      });
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([FUEL_ROW], NOON_S + 60));
    });

    test('one that an earlier one gave way to is confirmed', async () => {
      const { store, rowsOf } = world();
      await store.writeMarkets([snapshot([GOLD_ROW])]);
      expect(await store.writeMarkets([{ ...mixed(NOON_S + 60), isConfirmed: true }])).toEqual([MOVED]);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([FUEL_ROW], NOON_S + 60));
    });

    test('a second one of other names does not', async () => {
      const { store } = world();
      await store.writeMarkets([mixed(NOON_S)]);
      expect(await store.writeMarkets([mixed(NOON_S + 60, { stationName: 'Gagarin' })])).toEqual([HELD]);
      expect(await store.writeMarkets([mixed(NOON_S + 90)])).toEqual([HELD]);
      expect(await store.writeMarkets([mixed(NOON_S + 120)])).toEqual([MOVED]);
    });

    test('one under the known names in between withdraws it', async () => {
      const { store, stationOf } = world();
      await store.writeMarkets([mixed(NOON_S)]);
      await store.writeMarkets([snapshot([GOLD_ROW], { at: NOON_S + 30 })]);
      expect(await store.writeMarkets([mixed(NOON_S + 60)])).toEqual([HELD]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject(lincoln);
    });

    test('a dump confirms it', async () => {
      const { store, rowsOf, stationOf } = world();
      expect(await store.writeMarkets([mixed(NOON_S)])).toEqual([HELD]);
      const row = stationRow({ name: 'Irkutsk', systemId: BigInt(SYSTEM.Alioth), modifiedS: NOON_S + 10 });
      await importInto(store, [batch({ stations: [station({ row })] })]);
      expect(await store.writeMarkets([mixed(NOON_S)])).toMatchObject([{ status: 'written' }]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject(irkutsk);
      expect(await rowsOf(LINCOLN.marketId)).toEqual(stored([FUEL_ROW]));
    });

    test("a carrier's type confirms it", async () => {
      const { db, store, stationOf } = world();
      await db.sql(`UPDATE Station SET type_id = ${generation === 'v12' ? 24 : 5}`);
      expect(await store.writeMarkets([mixed(NOON_S)])).toEqual([MOVED]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({ system_id: SYSTEM.Alioth });
    });

    test('another name alone, or another system alone, is no such thing', async () => {
      const { store, stationOf } = world();
      expect(await store.writeMarkets([mixed(NOON_S, { systemName: 'Sol' })])).toMatchObject([
        { status: 'written', station: 'known' },
      ]);
      expect(await store.writeMarkets([mixed(NOON_S + 1, { stationName: LINCOLN.stationName })])).toEqual([
        MOVED,
      ]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({ system_id: SYSTEM.Alioth });
    });

    test('two stations that really exchange their ids come right', async () => {
      const { store, rowsOf, stationOf } = world();
      const [first, second] = [LINCOLN, OUTPOST];
      const exchanged = (at: number) => [
        snapshot([GOLD_ROW], { ...second, marketId: first.marketId, at }),
        snapshot([PLATINUM_ROW], { ...first, marketId: second.marketId, at }),
      ];
      expect(await store.writeMarkets(exchanged(NOON_S))).toEqual([HELD, HELD]);
      expect(await store.writeMarkets(exchanged(NOON_S + 60))).toEqual([MOVED, MOVED]);
      expect(await stationOf(first.marketId)).toMatchObject({
        name: second.stationName,
        system_id: SYSTEM.Far,
      });
      expect(await stationOf(second.marketId)).toMatchObject(lincoln);
      expect(await rowsOf(first.marketId)).toEqual(stored([GOLD_ROW], NOON_S + 60));
      expect(await rowsOf(second.marketId)).toEqual(stored([PLATINUM_ROW], NOON_S + 60));
    });

    test('what is learned in passing of such a message is left alone, too', async () => {
      const { store, stationOf } = world();
      const facts = {
        name: [1, NOON_S, 'Irkutsk'] as const,
        type: [2, NOON_S, 'Outpost'] as const,
        seenIn: [2, NOON_S, 'Alioth'] as const,
      };
      await store.learn([{ kind: 'station', id: LINCOLN.marketId, facts }]);
      expect(await stationOf(LINCOLN.marketId)).toMatchObject({ ...lincoln, type_id: '0' });
    });

    test('without tables of our own it waits for the dump', async () => {
      const store = world().db.store('auto', { ownTables: false });
      expect(await store.writeMarkets([mixed(NOON_S)])).toEqual([HELD]);
      expect(await store.writeMarkets([mixed(NOON_S + 60)])).toEqual([HELD]);
    });
  });
}
