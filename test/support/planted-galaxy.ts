import { createSqliteStore } from '../../src/infra/store/sqlite/store.ts';
import { makeGalaxy, withDatabase } from './galaxy.ts';
import { testCatalogue } from './messages.ts';
import { SeededRandom } from './random.ts';

const DAY_S = 86_400;
/** A name that two systems bear. */
export const TWIN = 'Twin Reach';

/** v12: id, largest pad, on a planet. */
const TYPES = [
  [2, 'L', 'N'],
  [3, 'L', 'N'],
  [4, 'L', 'N'],
  [1, 'M', 'N'],
  [11, 'M', 'Y'],
  [12, 'L', 'Y'],
  [25, 'S', 'Y'],
  [24, 'L', 'N'],
  [0, '?', '?'],
] as const;
const SURNAMES = [
  'Abasheli',
  'Bering',
  'Chaviano',
  'Dalton',
  'Esposito',
  'Fujimori',
  'Galvani',
  'Hooper',
  'Irvine',
];
const KINDS = ['Port', 'Orbital', 'Terminal', 'Dock', 'Hub', 'Landing', 'Station', 'Ring'];

export interface PlantedGalaxy {
  readonly stations: readonly { readonly id: number; readonly name: string; readonly system: string }[];
  /** Mean prices by symbol. */
  readonly means: ReadonlyMap<string, number>;
}

/**
 * Systems around Sol with stations of every kind, markets of every age, and facts that are not known.
 * @param size.reachLy half the side of the cube they are in
 */
export async function plantGalaxy(
  file: string,
  nowS: number,
  { systems: systemCount = 160, stations: stationCount = 480, reachLy = 1_500 / 32 } = {},
): Promise<PlantedGalaxy> {
  await makeGalaxy(file, []);
  const { commodities } = testCatalogue();
  const store = createSqliteStore({ file, generation: 'v12' });
  await store.open();
  await store.useCatalogue(commodities);
  await store.close();

  const random = new SeededRandom(7);
  const stamp = (atS: number) => new Date(atS * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const systems = Array.from({ length: systemCount }, (_, i) => ({
    id: 10_477_373_803 + i * 4_096,
    name: i === 0 ? 'Sol' : i < 3 ? TWIN : `${random.pick(['HIP', 'LHS', 'Wolf', 'Ross'])} ${100 + i * 37}`,
    at: i === 0 ? [0, 0, 0] : [0, 1, 2].map(() => random.integer(-reachLy * 32, reachLy * 32) / 32),
  }));
  const stations = Array.from({ length: stationCount }, (_, i) => {
    const system = i < 6 ? systems[0]! : random.pick(systems);
    const [type, pad, planetary] = random.pick(TYPES);
    const name = `${random.pick(SURNAMES)} ${random.pick(KINDS)}`;
    return { id: 128_016_384 + i * 256, name, system, type, pad, planetary };
  });
  const means = new Map(commodities.map(({ id }) => [id, random.integer(20, 1_200) * 40]));
  withDatabase(file, (db) => {
    const run = (sql: string, rows: readonly (readonly (string | number)[])[]) => {
      const statement = db.prepare(sql);
      for (const row of rows) statement.run(...row);
    };
    db.exec('BEGIN');
    run(
      'UPDATE Item SET avg_price = ? WHERE item_id = ?',
      Array.from(means, ([id, mean]) => [mean, id]),
    );
    run(
      'INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (?, ?, ?, ?, ?)',
      systems.map(({ id, name, at }) => [id, name, ...at]),
    );
    run(
      `INSERT INTO Station (station_id, name, system_id, ls_from_star, max_pad_size, planetary, type_id, market, shipyard,
         outfitting, blackmarket, rearm, refuel, repair, modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      stations.map(({ id, name, system, type, pad, planetary }) => {
        const ls = random.chance(0.1) ? 999_999 : Math.round(10 ** random.between(1, 5));
        const services = Array.from({ length: 6 }, () => random.pick(['Y', 'Y', 'Y', 'N', '?']));
        return [id, name, system.id, ls, pad, planetary, type, 'Y', ...services, stamp(nowS - 3 * DAY_S)];
      }),
    );
    const items = db
      .prepare('SELECT item_id FROM Item')
      .all()
      .map((row) => Number(row.item_id));
    for (const { id } of stations) {
      if (random.chance(0.08)) continue;
      // From minutes to months.
      const atS = nowS - Math.round(10 ** random.between(2.3, 7));
      const rows = items.flatMap((item) => {
        if (random.chance(0.35)) return [];
        const mean = means.get(item) ?? 1_000;
        const sells = random.chance(0.5);
        const buys = !sells || random.chance(0.1);
        const price = (low: number, high: number) => Math.round(mean * random.between(low, high));
        const units = () => Math.round(10 ** random.between(1, 5));
        return [
          [
            ...[id, item],
            ...(buys ? [price(0.8, 1.25), units(), random.integer(1, 3)] : [0, 0, 0]),
            ...(sells ? [price(0.7, 1.05), units(), random.integer(-1, 3)] : [0, 0, 0]),
            stamp(atS),
          ],
        ];
      });
      run(
        `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units,
           supply_level, modified, from_live) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
        rows,
      );
    }
    db.exec('COMMIT');
  });
  return {
    stations: stations.map(({ id, name, system }) => ({ id, name, system: system.name })),
    means: new Map(commodities.map(({ id, symbol }) => [symbol.toLowerCase(), means.get(id) ?? 1_000])),
  };
}
