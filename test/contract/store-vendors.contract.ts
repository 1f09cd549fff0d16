import { expect, test } from 'vitest';
import type { GalaxyRecord, VendorRecord } from '../../src/domain/galaxy/records.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { factsOf, RANK } from '../../src/domain/galaxy/facts.ts';
import { EAGLE, importInto, LASER, NO_TABLES, SIDEWINDER } from './store-galaxy-batches.ts';
import {
  epochS,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  snapshot,
  STRANGER,
  SYSTEM,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const SHIPS = [
  { ...SIDEWINDER, symbol: 'SideWinder', entitlement: '' },
  { ...EAGLE, symbol: 'Eagle', entitlement: '' },
];
const MODULES = [
  {
    ...{ id: LASER.id, symbol: 'Hpt_PulseLaser', category: 'hardpoint', name: LASER.name },
    ...{ mount: 'Fixed', guidance: '', ship: '', class: '1', rating: 'F', entitlement: '' },
  },
];
/** Another one that nobody knows. */
const ELSEWHERE = 3_700_000_002;

/** What the feed tells of shipyards and outfitters. */
export function vendorContract(create: CreateDatabase, generation: Generation): void {
  const world = useWorld(create, generation);
  const v13 = generation === 'v13';
  const learn = (...records: readonly GalaxyRecord[]) => world().store.learn(records);
  const knowGoods = () =>
    importInto(world().store, [], {
      ...{ ...NO_TABLES, shipyard: SHIPS },
      outfitting: v13 ? null : MODULES,
    });

  function sells(goods: string, fields: Partial<VendorRecord> = {}): VendorRecord {
    return { kind: 'vendor', id: LINCOLN.marketId, wares: 'ships', observedAtS: NOON_S, goods, ...fields };
  }

  /** What stations sell, each with when. */
  async function sold(wares: 'ships' | 'modules' = 'ships') {
    const [table, key] = wares === 'ships' ? ['ShipVendor', 'ship_id'] : ['UpgradeVendor', 'upgrade_id'];
    const rows = await world().db.sql(
      `SELECT station_id, ${key} AS id, modified FROM ${table} ORDER BY station_id, ${key}`,
    );
    return rows.map(({ station_id, id, modified }) => [Number(station_id), Number(id), epochS(modified)]);
  }

  test('ships are told by symbols, whatever their case, and by numbers; what is unknown is left out', async () => {
    await knowGoods();
    await learn(sells(`${SIDEWINDER.id},eagle,nobodyknows`));
    expect(await sold()).toEqual([
      [LINCOLN.marketId, SIDEWINDER.id, NOON_S],
      [LINCOLN.marketId, EAGLE.id, NOON_S],
    ]);
    const ships = await world().db.sql('SELECT ship_id, name FROM Ship ORDER BY ship_id');
    expect(ships).toEqual([SIDEWINDER, EAGLE].map(({ id, name }) => ({ ship_id: String(id), name })));
  });

  test('the newest list counts, as a whole', async () => {
    await knowGoods();
    await learn(sells('eagle,sidewinder'));
    await learn(sells('eagle', { observedAtS: NOON_S - 60 }));
    expect(await sold()).toHaveLength(2);
    await learn(sells('eagle', { observedAtS: NOON_S + 60 }));
    expect(await sold()).toEqual([[LINCOLN.marketId, EAGLE.id, NOON_S + 60]]);
    expect(await world().db.sql('SELECT * FROM tdl_waiting'), 'nothing waits').toEqual([]);
  });

  test('of a station that nobody knows it waits until a market or a docking tells of it, the newest list', async () => {
    await knowGoods();
    for (const id of [STRANGER.marketId, ELSEWHERE]) {
      await learn(sells('sidewinder', { id }));
      await learn(
        sells('eagle', { id, observedAtS: NOON_S + 60 }),
        sells('hpt_pulselaser', { id, wares: 'modules' }),
      );
      await learn(sells('sidewinder', { id, observedAtS: NOON_S + 30 }));
    }
    expect(await sold()).toEqual([]);
    await world().store.writeMarkets([snapshot([GOLD_ROW], STRANGER)]);
    expect(await sold()).toEqual([[STRANGER.marketId, EAGLE.id, NOON_S + 60]]);
    const facts = factsOf(RANK.tells, NOON_S, { name: 'Elsewhere', system: SYSTEM.Sol, type: 'Coriolis' });
    await learn({ kind: 'station', id: ELSEWHERE, facts });
    expect(await sold()).toHaveLength(2);
    if (!v13) {
      expect(await sold('modules')).toEqual(
        [STRANGER.marketId, ELSEWHERE].map((id) => [id, LASER.id, NOON_S]),
      );
    }
    // What has been written waits no longer.
    expect(await world().db.sql('SELECT * FROM tdl_waiting')).toEqual([]);
  });

  test('of goods that nobody knows it waits until they are', async () => {
    await learn(sells('eagle'), sells('hpt_pulselaser', { wares: 'modules' }));
    expect(await sold()).toEqual([]);
    await knowGoods();
    expect(await sold()).toEqual([[LINCOLN.marketId, EAGLE.id, NOON_S]]);
    if (!v13) expect(await sold('modules')).toEqual([[LINCOLN.marketId, LASER.id, NOON_S]]);
    expect(await world().db.sql('SELECT * FROM tdl_waiting')).toEqual([]);
  });
}
