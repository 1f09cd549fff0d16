import { expect, test } from 'vitest';
import type { ScoutTourPool } from '../../src/actors/scout-tour/pool.ts';
import { crew, holder, openMarkets, type ScoutTour } from '../../src/domain/tours/scout-tour.ts';
import { SeededRandom } from '../support/random.ts';
import { tourCommander } from '../support/scout-tour.ts';
import { tourOrder, TourWorld } from '../support/tour-world.ts';
import { ProcessTime } from '../support/virtual-time.ts';

const SEEDS = 5;
const MARKETS = 500;
const NAMES = Array.from({ length: 12 }, (_, i) => `Commander ${i}`);
const DAY_MS = 86_400_000;
const LIFE_MS = 4 * DAY_MS;
const STEP_MS = 2 * 3_600_000;

/** One daemon after the other for four days, in a region where people look at markets as they please. */
class Life {
  readonly random: SeededRandom;
  readonly world = new TourWorld();
  /** By market: every observation, epoch seconds. */
  readonly observations = new Map<number, number[]>();
  readonly ended = new Map<string, ScoutTour>();
  #process!: ProcessTime;
  pool!: ScoutTourPool;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.#begin();
  }

  async step(): Promise<void> {
    const { random, world } = this;
    world.isAway = random.chance(0.1);
    for (let left = STEP_MS; left > 0;) {
      const ms = Math.min(left, random.between(10_000, 900_000));
      await world.time.advance(ms);
      left -= ms;
      // Who flies a tour looks where it says.
      const busy = [...this.pool.busyMarkets()];
      const isOnTour = busy.length > 0 && random.chance(0.8);
      this.#look(isOnTour ? random.pick(busy) : random.integer(1, MARKETS), random.chance(0.9));
      if (random.chance(0.005)) await this.#kill();
    }
    if (random.chance(0.3)) this.#order();
    if (random.chance(0.1)) this.#change();
    await world.time.advance(1_000);
    this.check();
  }

  /** Somebody opens a market; what the process misses is in the database all the same. */
  #look(marketId: number, isHeard: boolean): void {
    const observedAtS = this.world.nowS;
    this.observations.set(marketId, [...(this.observations.get(marketId) ?? []), observedAtS]);
    this.world.seenAtS.set(marketId, observedAtS);
    if (isHeard) this.pool.observed([{ marketId, observedAtS }]);
  }

  #order(): void {
    const { pool, random } = this;
    const free = NAMES.filter((name) => pool.tourOf(name) === undefined);
    const names = free.slice(0, random.integer(1, 3));
    const busy = pool.busyMarkets();
    const markets = Array.from({ length: MARKETS }, (_, i) => i + 1).filter((id) => !busy.has(id));
    if (names.length > 0) void pool.offer(tourOrder(markets.slice(0, random.integer(1, 40)), ...names));
  }

  #change(): void {
    const { pool, random } = this;
    const open = pool.list().filter(({ endedAtS }) => endedAtS === null);
    if (open.length === 0) return;
    const tour = random.pick(open);
    if (random.chance(0.3)) return void pool.withdraw(tour.id);
    const join = NAMES.filter((name) => pool.tourOf(name) === undefined).slice(0, 1);
    const [leaving] = crew(tour);
    const leave = join.length === 0 || leaving === undefined ? [] : [leaving.name];
    void pool.reconfigure(tour.id, { join: join.map(tourCommander), leave });
  }

  async #kill(): Promise<void> {
    this.#process.kill();
    await this.world.time.advance(this.random.between(0, 3_600_000));
    this.#begin();
    // Until the database has told what there is.
    this.world.isAway = false;
    await this.world.time.advance(31_000);
  }

  #begin(): void {
    this.#process = new ProcessTime(this.world.time, () => 0);
    this.pool = this.world.pool(this.#process);
    this.pool.start();
  }

  check(): void {
    const onLists = new Map<number, string>();
    for (const tour of this.pool.list()) {
      for (const market of tour.markets) {
        const seen = this.observations.get(market.marketId) ?? [];
        if (market.doneAtS !== null) {
          expect(seen, 'closed by an observation').toContain(market.doneAtS);
          expect(market.doneAtS).toBeGreaterThanOrEqual(tour.madeAtS);
        }
        const ends = market.assignments.filter(({ why }) => why === 'observed');
        expect(ends.length, 'closed once').toBeLessThanOrEqual(market.doneAtS === null ? 0 : 1);
        if (holder(market) === null) continue;
        expect(onLists.get(market.marketId), 'on one list').toBeUndefined();
        onLists.set(market.marketId, tour.id);
      }
      if (tour.state === 'finished') expect(openMarkets(tour)).toEqual([]);
      if (tour.endedAtS !== null) {
        expect(this.ended.get(tour.id) ?? tour, 'what has ended stays').toEqual(tour);
        this.ended.set(tour.id, tour);
      }
    }
  }
}

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
  'days of tours: each market closed by its observation, whatever is killed or away (seed %i)',
  async (seed) => {
    const life = new Life(seed);
    for (let ms = 0; ms < LIFE_MS; ms += STEP_MS) await life.step();
    life.world.isAway = false;
    await life.world.time.advance(120_000);
    life.check();
    const tours = life.pool.list();
    expect(tours.filter(({ state }) => state === 'finished').length).toBeGreaterThan(0);
    for (const tour of tours.filter(({ endedAtS }) => endedAtS === null)) {
      expect(JSON.parse(life.world.kept.get(tour.id)!.json), 'kept as it is').toEqual(tour);
      for (const { marketId } of openMarkets(tour)) {
        const newest = life.observations.get(marketId)?.at(-1) ?? 0;
        expect(newest, 'what is open, nobody has seen since').toBeLessThan(tour.madeAtS);
      }
    }
    await life.pool.close();
  },
);
