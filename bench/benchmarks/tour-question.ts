import { join } from 'node:path';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { createHttpApp } from '../../src/infra/http/app.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createSqliteQueries } from '../../src/infra/store/sqlite/queries/queries.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { makeGalaxy, withDatabase } from '../../test/support/galaxy.ts';
import { silentLog } from '../../test/support/http.ts';
import { SeededRandom } from '../../test/support/random.ts';
import { median } from '../harness/statistics.ts';
import { tempDir } from '../harness/temp-dir.ts';
import type { Benchmark, Figures } from '../harness/types.ts';

/** All systems lie in a cube of this side: some 1,300 markets of 94,000 within 60 ly. */
const SIDE_LY = 400;
const STATIONS_A_SYSTEM = 3;

export const benchmark: Benchmark = {
  about:
    'From the question to the answer of `/tours/plan`: 60 of the markets within 60 ly that nobody has seen for a day, for one ' +
    'commander and for three, SQLite, with the 2 s that the solver may take. The first question loads the galaxy.',
  size: 94_000,
  unit: 'markets',
  rounds: 5,
  run: async ({ size, rounds }) => {
    const file = join(tempDir(), 'TradeDangerous.db');
    await plant(file, size);
    const queries = createSqliteQueries(file);
    const planner = createTourPlanner();
    const app = await createHttpApp(silentLog, [
      (scope) =>
        apiRoutes(scope, {
          ...{ queries, planner, travelTimes: TRAVEL_TIMES, commodities: () => [], now: () => Date.now() },
          ...{ questionsPerMinute: null, version: '' },
        }),
    ]);
    const ask = async (commanders: string): Promise<number> => {
      const startMs = performance.now();
      const answer = await app.inject({ url: '/api/v1/tours/plan', query: { commanders, within: '60' } });
      const { tours } = answer.json<{ tours: readonly { stops: readonly unknown[] }[] }>();
      const stops = tours.reduce((sum, tour) => sum + tour.stops.length, 0);
      if (stops !== 60) throw new Error(`${stops} stops`);
      return (performance.now() - startMs) / 1_000;
    };
    try {
      const first = await ask('a@System 0');
      const figures = async (name: string, commanders: string): Promise<Figures> => {
        const found: number[] = [];
        for (let i = 0; i < rounds; i++) found.push(await ask(commanders));
        return {
          name,
          figures: { 'median s': median(found), 'worst s': Math.max(...found) },
          below: { 'worst s': 3 },
        };
      };
      return [
        { name: 'the first question', figures: { s: first } },
        await figures('60 markets, 1 commander', 'a@System 0'),
        await figures('60 markets, 3 commanders', 'a@System 0,b@System 0,c@System 0@40'),
      ];
    } finally {
      await app.close();
      await planner.close();
      await queries.close();
    }
  },
};

/** Systems at random around the first one, markets of every age. */
async function plant(file: string, markets: number): Promise<void> {
  await makeGalaxy(file, []);
  const random = new SeededRandom(23);
  withDatabase(file, (db) => {
    const [{ item }] = db.prepare('SELECT MIN(item_id) AS item FROM Item').all() as [{ item: number | null }];
    if (item === null) {
      db.exec("INSERT OR IGNORE INTO Category (category_id, name) VALUES (1, 'Metals')");
      db.exec("INSERT INTO Item (item_id, name, category_id) VALUES (128049154, 'Gold', 1)");
    }
    const good = item ?? 128_049_154;
    const system = db.prepare(
      'INSERT INTO System (system_id, name, pos_x, pos_y, pos_z) VALUES (?, ?, ?, ?, ?)',
    );
    const station = db.prepare(
      `INSERT INTO Station (station_id, name, system_id, ls_from_star, max_pad_size, planetary, type_id, market, modified)
       VALUES (?, ?, ?, ?, 'L', 'N', 2, 'Y', '2026-01-01 00:00:00')`,
    );
    const row = db.prepare(
      `INSERT INTO StationItem (station_id, item_id, demand_price, demand_units, demand_level, supply_price, supply_units,
         supply_level, modified, from_live) VALUES (?, ?, 0, 0, 0, 100, 100, 2, ?, 0)`,
    );
    db.exec('BEGIN');
    for (let i = 0; i < markets / STATIONS_A_SYSTEM; i++) {
      const at = () => (i === 0 ? 0 : Math.round(random.between(-SIDE_LY / 2, SIDE_LY / 2) * 32) / 32);
      system.run(i + 1, `System ${i}`, at(), at(), at());
    }
    for (let i = 0; i < markets; i++) {
      const id = 3_200_000_000 + i;
      station.run(
        id,
        `Port ${i}`,
        1 + Math.floor(i / STATIONS_A_SYSTEM),
        Math.round(10 ** random.between(1, 4)),
      );
      const seen = new Date(Date.now() - 1_000 * 10 ** random.between(2, 7));
      row.run(id, good, seen.toISOString().slice(0, 19).replace('T', ' '));
    }
    db.exec('COMMIT');
  });
}
