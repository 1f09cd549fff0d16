import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { Galaxy, NO_MARKET } from '../../src/domain/galaxy/galaxy.ts';
import { serviceBits } from '../../src/domain/ports/store/queries.ts';
import { loadGalaxy, refreshStations } from '../../src/infra/store/shared/queries/memory/load-galaxy.ts';
import { SqliteReader } from '../../src/infra/store/sqlite/queries/reader.ts';
import { GOLD, NOON_S, stamp, SYSTEM } from '../contract/store-world.ts';
import { followedStore } from '../support/followed-store.ts';
import { storeThreadsHere } from '../support/threads-here.ts';

storeThreadsHere();

const ids = Array.from({ length: 600 }, (_, i) => 11 + i);

async function world() {
  const { file, db } = await followedStore(ids);
  const sqlite = new DatabaseSync(file, { readOnly: true });
  onTestFinished(() => sqlite.close());
  const reader = new SqliteReader(sqlite);
  const loaded = async () => {
    const galaxy = new Galaxy();
    await loadGalaxy(reader, galaxy);
    return galaxy;
  };
  return { db, reader, loaded };
}

/** What is kept of a station. */
function keptOf(galaxy: Galaxy, id: number) {
  const station = galaxy.stationIndex(id)!;
  const market = galaxy.marketIndex(station);
  return {
    system: galaxy.systemIds[galaxy.systemOf[station]!],
    ls: galaxy.lsFromStar(station),
    pad: galaxy.pad[station],
    planetary: galaxy.planetary[station],
    typeId: galaxy.typeId[station],
    services: galaxy.services[station],
    ratio: galaxy.priceRatio(station),
    seenAtS: market === null || galaxy.seenAtS[market] === NO_MARKET ? null : galaxy.seenAtS[market],
  };
}

const CHANGES = `
  UPDATE Station SET ls_from_star = 999999, max_pad_size = 'M', planetary = 'Y', type_id = 11, market = 'N', rearm = 'Y',
    repair = 'Y', refuel = '?' WHERE station_id = 11;
  UPDATE Station SET max_pad_size = 'L', planetary = 'N', system_id = 77 WHERE station_id = 610;
  INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified)
    VALUES (77, 'Far', 3, 4, 12, ${stamp(NOON_S)});
  INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units,
    supply_level, modified, from_live) VALUES (610, ${GOLD}, 0, 0, 0, 9, 9, 1, ${stamp(NOON_S)}, 1);
  INSERT INTO tdl_price (station_id, observed_s, ratio) VALUES (610, ${NOON_S}, 0.5)`;

async function change(db: { sql: (sql: string) => Promise<unknown> }) {
  for (const sql of CHANGES.split(';')) await db.sql(sql);
}

test('of a station is kept what a search may ask, and what nobody knows is told from what is not so', async () => {
  const { db, loaded } = await world();
  await change(db);
  const galaxy = await loaded();
  expect(keptOf(galaxy, 11)).toEqual({
    ...{ system: BigInt(SYSTEM.Sol), ls: null, pad: 2, planetary: 2, typeId: 11 },
    ...{ services: serviceBits(['rearm', 'repair']), ratio: null, seenAtS: null },
  });
  // A market that nobody has seen.
  expect(keptOf(galaxy, 12)).toEqual({
    ...{ system: BigInt(SYSTEM.Sol), ls: 496, pad: 0, planetary: 0, typeId: 0 },
    ...{ services: serviceBits(['market']), ratio: null, seenAtS: 0 },
  });
  expect(keptOf(galaxy, 610)).toEqual({
    ...{ system: 77n, ls: 496, pad: 3, planetary: 1, typeId: 0 },
    ...{ services: serviceBits(['market']), ratio: 0.5, seenAtS: NOON_S },
  });
  expect(galaxy.distance(galaxy.systemIndex(77n)!, { x: 0, y: 0, z: 0 })).toBe(13);
});

test('what has changed is read again, with systems that are new, and nothing else', async () => {
  const { db, reader, loaded } = await world();
  const galaxy = await loaded();
  await change(db);
  await refreshStations(reader, galaxy, []);
  expect(keptOf(galaxy, 610).seenAtS).toBe(0);
  await refreshStations(reader, galaxy, ids.slice(1));
  const fresh = await loaded();
  expect(keptOf(galaxy, 610)).toEqual(keptOf(fresh, 610));
  expect(galaxy.distance(galaxy.systemIndex(77n)!, { x: 0, y: 0, z: 0 })).toBe(13);
  expect(keptOf(galaxy, 11)).not.toEqual(keptOf(fresh, 11));
  await refreshStations(reader, galaxy, [11]);
  expect(keptOf(galaxy, 11)).toEqual(keptOf(fresh, 11));
});
