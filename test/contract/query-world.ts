import { beforeAll } from 'vitest';
import type { Generation } from '../../src/domain/generation.ts';
import type { Queries } from '../../src/domain/ports/store/queries.ts';
import type { Store } from '../../src/domain/ports/store/store.ts';
import { SeededRandom } from '../support/random.ts';
import {
  COMMODITIES,
  epochS,
  FUEL,
  GOLD,
  NOON_S,
  PLATINUM,
  stamp,
  type CreateDatabase,
  type TestDatabase,
} from './store-world.ts';

/** A station as the tables have it, read by plain SQL and kept in plain objects. */
export interface PlainStation {
  readonly id: number;
  readonly name: string;
  readonly system: { readonly id: bigint; readonly name: string; readonly at: readonly number[] };
  readonly ls: number | null;
  /** Which it is at. */
  readonly body: string | null;
  readonly pad: string;
  readonly planetary: string;
  readonly typeId: number;
  readonly flags: Readonly<Record<string, string>>;
  /** Services that feed or dump told of. */
  readonly listed: readonly string[];
  /** Its economies, the greatest share first. */
  readonly economies: readonly string[];
  /** Item -> [demand price, units, level, supply price, units, level]. */
  readonly rows: ReadonlyMap<number, readonly number[]>;
  readonly atS: number | null;
  /** Of its prices; null: unknown. */
  readonly ratio: number | null;
}

const FLAGS = ['market', 'shipyard', 'outfitting', 'blackmarket', 'rearm', 'refuel', 'repair'];

/** A galaxy by chance: systems near and far, some of one name, stations of every kind, markets of every age. */
async function plantGalaxy(db: TestDatabase, generation: Generation, seed: number): Promise<void> {
  const random = new SeededRandom(seed);
  const { integer, pick } = {
    integer: (min: number, max: number) => random.integer(min, max),
    pick: <T>(choices: readonly T[]) => random.pick(choices),
  };
  const systems = Array.from({ length: 60 }, (_, i) => {
    const id = i === 0 ? 9_223_372_036_854_775_807n : BigInt(integer(1, 2 ** 40)) * 4096n + BigInt(i);
    const name = i < 6 ? `Twin ${i % 2}` : `${pick(['Col 285 Sector', 'HIP', "Kachirigin's"])} ${i}`;
    // Multiples of 1/32, as the game has them: exact in four bytes.
    const at = [0, 1, 2].map(() => integer(-1600, 1600) / 32);
    return { id, name, at };
  });
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
  await db.sql(`INSERT INTO System (system_id, name, pos_x, pos_y, pos_z, modified) VALUES
    ${systems.map(({ id, name, at }) => `(${id}, ${text(name)}, ${at.join()}, ${stamp(NOON_S)})`).join()}`);
  const types = [0, 1, 2, 9, 11, 13, generation === 'v12' ? 24 : 5];
  const stations = Array.from({ length: 200 }, (_, i) => ({
    id: 3_200_000_000 + i * 7,
    name: `${pick(['Abraham', 'Jameson', 'K7Q-B1N'])} ${integer(1, 40)}`,
    system: pick(systems).id,
    ls: random.chance(0.1) ? 999_999 : integer(0, 400_000),
    pad: pick(['?', 'S', 'M', 'L']),
    planetary: pick(['?', 'Y', 'N']),
    typeId: pick(types),
    flags: FLAGS.map(() => pick(['?', 'Y', 'N'])),
  }));
  await db.sql(`INSERT INTO Station (station_id, name, system_id, ls_from_star, max_pad_size, planetary, type_id, modified,
      ${FLAGS.join()}) VALUES ${stations
        .map(
          (s) =>
            `(${s.id}, ${text(s.name)}, ${s.system}, ${s.ls}, '${s.pad}', '${s.planetary}', ${s.typeId},
             ${stamp(NOON_S)}, ${s.flags.map((flag) => `'${flag}'`).join()})`,
        )
        .join()}`);
  const seenAtS = new Map<number, number>();
  const atOf = (id: number) => seenAtS.get(id) ?? 0;
  const rows = stations.flatMap(({ id }) => {
    if (random.chance(0.25)) return [];
    const atS = NOON_S - integer(0, 100 * 86_400);
    seenAtS.set(id, atS);
    return [GOLD, FUEL, PLATINUM].flatMap((item) =>
      random.chance(0.2) ? [] : [`(${id}, ${item}, ${rowOf(random).join()}, ${stamp(atS)}, 0)`],
    );
  });
  await db.sql(`INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price,
      supply_units, supply_level, modified, from_live) VALUES ${rows.join()}`);
  // Of some the figure is of an older observation, or was not to be had.
  const ratios = stations.map(({ id }) => {
    const ratio = random.pick(['NULL', '0.25', '0.75', '1', '1.5', '4']);
    return `SELECT DISTINCT station_id, ${atOf(id)} - ${random.chance(0.2) ? 1 : 0}, ${ratio} FROM StationItem
      WHERE station_id = ${id}`;
  });
  await db.sql(`INSERT INTO tdl_price (station_id, observed_s, ratio) ${ratios.join(' UNION ALL ')}`);
  // One name is the beginning of another; of some nobody has told.
  const profiles = stations.flatMap(({ id }) => {
    if (random.chance(0.3)) return [];
    const some = ['dock', 'facilitator', 'materialtrader', 'materialtraders', 'searchrescue'];
    const services = random.chance(0.2) ? 'NULL' : `'${some.filter(() => random.chance(0.4)).join()}'`;
    const economies = random.pick([
      'NULL',
      "'agri=1'",
      "'hightech=0.8,agri=0.2'",
      "'refinery=0.5,industrial=0.3,agri=0.2'",
    ]);
    return [`(${id}, ${id % 3 === 0 ? 'NULL' : `'Body ${id % 8}'`}, ${services}, ${economies})`];
  });
  await db.sql(`INSERT INTO tdl_profile (station_id, body, services, economies) VALUES ${profiles.join()}`);
}

/** Prices repeat, so that the order among equals is seen. */
function rowOf(random: SeededRandom): number[] {
  const side = () =>
    random.chance(0.3)
      ? [0, 0, 0]
      : [random.integer(1, 30) * 100, random.pick([0, 1, 500, 2_000_000_000]), random.integer(-1, 3)];
  return [...side(), ...side()];
}

/** Everything, by plain SQL. */
async function readPlainly(db: TestDatabase): Promise<PlainStation[]> {
  const stations = await db.sql(
    `SELECT st.*, sy.name AS system_name, sy.pos_x + 0.0 AS x, sy.pos_y + 0.0 AS y, sy.pos_z + 0.0 AS z
     FROM Station st JOIN System sy ON sy.system_id = st.system_id ORDER BY st.station_id`,
  );
  const rows = await db.sql('SELECT * FROM StationItem ORDER BY station_id, item_id');
  const prices = await db.sql('SELECT * FROM tdl_price WHERE ratio IS NOT NULL');
  const profiles = await db.sql('SELECT * FROM tdl_profile');
  return stations.map((station) => {
    const profile = profiles.find(({ station_id }) => station_id === station.station_id);
    const own = rows.filter((row) => row.station_id === station.station_id);
    return {
      id: Number(station.station_id),
      name: station.name!,
      system: {
        id: BigInt(station.system_id!),
        name: station.system_name!,
        at: [Number(station.x), Number(station.y), Number(station.z)],
      },
      ls: Number(station.ls_from_star) === 999_999 ? null : Number(station.ls_from_star),
      pad: station.max_pad_size!,
      planetary: station.planetary!,
      typeId: Number(station.type_id),
      body: profile?.body ?? null,
      listed: profile?.services?.split(',') ?? [],
      economies: profile?.economies?.split(',').map((share) => share.replace(/=.*/, '')) ?? [],
      flags: Object.fromEntries(FLAGS.map((flag) => [flag, station[flag]!])),
      rows: new Map(
        own.map((row) => [
          Number(row.item_id),
          [
            'demand_price',
            'demand_units',
            'demand_level',
            'supply_price',
            'supply_units',
            'supply_level',
          ].map((column) => Number(row[column])),
        ]),
      ),
      atS: own.length === 0 ? null : epochS(own[0]!.modified),
      ratio:
        prices
          .filter(
            ({ station_id, observed_s }) =>
              station_id === station.station_id && Number(observed_s) === epochS(own[0]?.modified),
          )
          .map(({ ratio }) => Number(ratio))[0] ?? null,
    };
  });
}

export interface QueryWorld {
  readonly db: TestDatabase;
  readonly store: Store;
  readonly queries: Queries;
  readonly plain: readonly PlainStation[];
}

/** One galaxy for the tests of the enclosing `describe`, which only read it; and what plain SQL says of it. */
export function useQueryWorld(create: CreateDatabase, generation: Generation): () => QueryWorld {
  let world: QueryWorld;
  beforeAll(async () => {
    const db = await create();
    const store = db.store(generation);
    await store.open();
    await store.useCatalogue(COMMODITIES);
    await store.learn([]);
    await plantGalaxy(db, generation, 20_260_301);
    world = { db, store, queries: db.queries(), plain: await readPlainly(db) };
    return () => db.dispose();
  });
  return () => world;
}
