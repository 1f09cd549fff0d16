import { expect, test } from 'vitest';
import { factsOf, RANK, type Facts } from '../../src/domain/galaxy/facts.ts';
import type { GalaxyRecord, StationRecord, SystemRecord } from '../../src/domain/galaxy/records.ts';
import type { Generation } from '../../src/domain/generation.ts';
import { NO_TABLES } from './store-galaxy-batches.ts';
import {
  epochS,
  FUEL_ROW,
  GOLD_ROW,
  LINCOLN,
  NOON_S,
  SEEDED_S,
  snapshot,
  STRANGER,
  SYSTEM,
  useWorld,
  type CreateDatabase,
} from './store-world.ts';

const ACHENAR = '164098653';

function system(id: string, name: string, observedAtS: number): SystemRecord {
  return { kind: 'system', id: BigInt(id), name, x: 67.5, y: -119.46875, z: 24.84375, observedAtS };
}

function station(id: number, facts: Facts): StationRecord {
  return { kind: 'station', id, facts };
}

/** What somebody tells who has docked there. */
function docked(id: number, systemId: string, observedAtS: number): StationRecord {
  const facts = factsOf(RANK.tells, observedAtS, {
    name: 'Dawes Hub',
    system: systemId,
    type: 'Coriolis',
    planetary: 'N',
    pads: 'L',
    ls: 325,
    market: 'Y',
    shipyard: 'N',
    repair: 'Y',
    body: 'Achenar 4',
    services: 'commodities,repair',
    economies: 'agri=0.7,refinery=0.3',
  });
  return station(id, facts);
}

/** What is learned from the feed, and how it stands beside what markets and dumps tell. */
export function learningContract(create: CreateDatabase, generation: Generation): void {
  const world = useWorld(create, generation);
  const id = 3_500_000_001;
  const typeIds =
    generation === 'v12' ? { Coriolis: '2', FleetCarrier: '24' } : { Coriolis: '2', FleetCarrier: '5' };
  const learn = (...records: readonly GalaxyRecord[]) => world().store.learn(records);

  test('makes tables of its own by the first record, and says so once', async () => {
    const { db, store } = world();
    const tables = () => db.sql('SELECT * FROM tdl_fact');
    await expect(tables()).rejects.toThrow();
    expect([(await learn()).madeTables, (await learn()).madeTables]).toEqual([true, false]);
    expect(await tables()).toEqual([]);
    await store.close();
    expect((await learn()).madeTables).toBe(false);
  });

  test('makes a system once, exactly', async () => {
    const far = '9223372036854775806';
    expect((await learn(system(far, 'Achenar', NOON_S))).systems).toEqual(['Achenar']);
    expect((await learn(system(far, 'Achenar', NOON_S + 5))).systems).toEqual([]);
    const rows = await world().db.sql(`SELECT * FROM System WHERE system_id = ${far}`);
    expect(rows).toMatchObject([{ system_id: far, name: 'Achenar', pos_y: '-119.46875' }]);
    expect(epochS(rows[0]!.modified)).toBe(NOON_S + 5);
  });

  test('renames a system, whatever comes first', async () => {
    await learn(system(ACHENAR, 'New', NOON_S + 10));
    expect((await learn(system(ACHENAR, 'Old', NOON_S))).systems).toEqual([]);
    const [row] = await world().db.sql(`SELECT name FROM System WHERE system_id = ${ACHENAR}`);
    expect(row).toEqual({ name: 'New' });
  });

  test('makes a station complete', async () => {
    await learn(system(ACHENAR, 'Achenar', NOON_S), docked(id, ACHENAR, NOON_S));
    expect(await world().stationOf(id)).toMatchObject({
      name: 'Dawes Hub',
      system_id: ACHENAR,
      type_id: typeIds.Coriolis,
      ls_from_star: '325',
      max_pad_size: 'L',
      planetary: 'N',
      market: 'Y',
      shipyard: 'N',
      repair: 'Y',
      rearm: '?',
    });
    const { db } = world();
    expect(
      await db.sql(`SELECT body, services, economies FROM tdl_profile WHERE station_id = ${id}`),
    ).toEqual([{ body: 'Achenar 4', services: 'commodities,repair', economies: 'agri=0.7,refinery=0.3' }]);
  });

  test('tables of an older version of this program are brought up to date, with what is in them', async () => {
    await learn(system(ACHENAR, 'Achenar', NOON_S), docked(id, ACHENAR, NOON_S));
    const { db, store } = world();
    const profiles = () => db.sql('SELECT * FROM tdl_profile');
    const before = await profiles();
    await store.close();
    await db.sql('DROP TABLE tdl_profile');
    await db.sql('CREATE TABLE tdl_service (station_id BIGINT NOT NULL, service VARCHAR(64) NOT NULL)');
    await db.sql('UPDATE tdl_version SET version = 7');
    await store.open();
    await learn();
    expect(before).toHaveLength(1);
    expect(await profiles()).toEqual(before);
    await expect(db.sql('SELECT * FROM tdl_service')).rejects.toThrow();
  });

  test('makes no station of what only fills, and remembers it for who comes', async () => {
    const type = factsOf(RANK.fills, NOON_S, { type: 'FleetCarrier' });
    await learn(station(STRANGER.marketId, type));
    expect(await world().stationOf(STRANGER.marketId)).toBeUndefined();
    await world().store.writeMarkets([snapshot([GOLD_ROW], STRANGER)]);
    expect(await world().stationOf(STRANGER.marketId)).toMatchObject({
      name: STRANGER.stationName,
      system_id: SYSTEM.Alioth,
      type_id: typeIds.FleetCarrier,
      ls_from_star: '999999',
      market: 'Y',
    });
  });

  test('completes a station that a market made', async () => {
    await learn(system(ACHENAR, 'Achenar', NOON_S));
    const market = snapshot([GOLD_ROW], { marketId: id, systemName: 'Achenar', stationName: 'Dawes Hub' });
    expect(await world().store.writeMarkets([market])).toMatchObject([{ station: 'created' }]);
    await learn(docked(id, ACHENAR, NOON_S - 60));
    expect(await world().stationOf(id)).toMatchObject({ type_id: typeIds.Coriolis, ls_from_star: '325' });
  });

  test('never puts the unknown over the known, nor the filling over the told', async () => {
    await learn(docked(LINCOLN.marketId, SYSTEM.Sol, NOON_S));
    const fills = factsOf(RANK.fills, NOON_S + 100, { type: 'Outpost', pads: 'M', rearm: 'Y' });
    await learn(station(LINCOLN.marketId, fills));
    expect(await world().stationOf(LINCOLN.marketId)).toMatchObject({
      type_id: typeIds.Coriolis,
      max_pad_size: 'L',
      rearm: 'Y',
    });
  });

  test('a carrier jumps, and a late market of where it was does not bring it back', async () => {
    const { store } = world();
    await store.writeMarkets([snapshot([GOLD_ROW], STRANGER)]);
    const jumped = factsOf(RANK.tells, NOON_S + 60, { name: STRANGER.stationName, system: SYSTEM.Sol });
    await learn(station(STRANGER.marketId, jumped));
    const late = snapshot([FUEL_ROW], { ...STRANGER, at: NOON_S + 30 });
    await learn(station(STRANGER.marketId, factsOf(RANK.tells, NOON_S + 30, { seenIn: 'Alioth' })));
    expect(await store.writeMarkets([late])).toMatchObject([{ status: 'written' }]);
    expect(await world().stationOf(STRANGER.marketId)).toMatchObject({ system_id: SYSTEM.Sol });
    await store.writeMarkets([snapshot([FUEL_ROW], { ...STRANGER, at: NOON_S + 90 })]);
    expect(await world().stationOf(STRANGER.marketId)).toMatchObject({ system_id: SYSTEM.Alioth });
  });

  test('who was seen trading later stays where he was, and moves when somebody tells so later still', async () => {
    const { store, stationOf } = world();
    const at = async () => (await stationOf(LINCOLN.marketId))?.system_id;
    const isIn = (facts: Parameters<typeof factsOf>[2], atS: number) =>
      learn(station(LINCOLN.marketId, factsOf(RANK.tells, atS, facts)));
    await learn();
    await store.writeMarkets([snapshot([GOLD_ROW])]);
    await isIn({ system: SYSTEM.Alioth }, NOON_S - 60);
    expect(await at()).toBe(SYSTEM.Sol);
    await isIn({ system: SYSTEM.Alioth }, NOON_S + 60);
    expect(await at()).toBe(SYSTEM.Alioth);
    // By its name, which one system has.
    await isIn({ seenIn: 'SOL' }, NOON_S + 120);
    expect(await at()).toBe(SYSTEM.Sol);
  });

  test('a dump is held against what a dump told of a station, not against what the feed has told since', async () => {
    await learn(docked(LINCOLN.marketId, SYSTEM.Sol, NOON_S));
    const running = await world().store.beginImport(NO_TABLES);
    const { stations } = await running.known();
    await running.close();
    expect(stations.rowS[stations.ids.indexOf(BigInt(LINCOLN.marketId))]).toBe(SEEDED_S);
  });

  test('a name that several systems bear places nothing anew', async () => {
    await learn(station(LINCOLN.marketId, factsOf(RANK.tells, NOON_S, { seenIn: 'Twin' })));
    expect(await world().stationOf(LINCOLN.marketId)).toMatchObject({ system_id: SYSTEM.Sol });
  });

  test('keeps what another program wrote into the row', async () => {
    await learn(docked(LINCOLN.marketId, SYSTEM.Sol, SEEDED_S + 10));
    const later = new Date((NOON_S + 100) * 1000).toISOString().slice(0, 19).replace('T', ' ');
    await world().db.sql(
      `UPDATE Station SET ls_from_star = 77, max_pad_size = '?', modified = '${later}' WHERE station_id = ${LINCOLN.marketId}`,
    );
    await learn(docked(LINCOLN.marketId, SYSTEM.Sol, SEEDED_S + 20));
    expect(await world().stationOf(LINCOLN.marketId)).toMatchObject({
      ls_from_star: '77',
      max_pad_size: 'L',
    });
  });

  test('counts who told of a market, and how often', async () => {
    const market = (software: string, observedAtS: number, updates: number): GalaxyRecord => {
      return { kind: 'market', id, software, observedAtS, updates };
    };
    await learn(market('EDDiscovery', NOON_S, 2));
    await learn(market('EDDLite', NOON_S - 1, 1));
    expect(await world().db.sql(`SELECT software, updates FROM tdl_market WHERE station_id = ${id}`)).toEqual(
      [{ software: 'EDDiscovery', updates: '3' }],
    );
  });
}
