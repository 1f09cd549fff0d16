import assert from 'node:assert/strict';
import type { PatrolPool } from '../../src/actors/patrol/pool.ts';
import type { ScoutTourPool } from '../../src/actors/scout-tour/pool.ts';
import { crew, holder, openMarkets, type ScoutTour } from '../../src/domain/tours/scout-tour.ts';
import { SeededRandom } from '../support/random.ts';
import { patrolOrder, TourWorld } from '../support/tour-world.ts';
import { ProcessTime } from '../support/virtual-time.ts';

const MARKETS = 500;
const HOUR_MS = 3_600_000;
const MAX_AGE_S = 72 * 3_600;
const STEP_MS = HOUR_MS / 6;
const DAY_MS = 24 * HOUR_MS;
/** In which all fly as they should. */
const QUIET_MS = 7 * DAY_MS;
/** A tour that was begun in trouble, and what it left behind. */
const SETTLED_MS = (2 * MAX_AGE_S * 1_000) / 3;
/** The second in which a timer fires. */
const MOMENT_S = 2;

const NAMES = Array.from({ length: 8 }, (_, i) => `Commander ${i}`);
/** Two regions that overlap, on a line of markets a light year apart. */
const REGIONS = [
  { name: 'west', x: 0, withinLy: 260 },
  { name: 'east', x: MARKETS, withinLy: 260 },
] as const;

export interface PatrolMonth {
  readonly observations: number;
  readonly tours: number;
  readonly closed: number;
  readonly kills: number;
  /** Looks of both patrols at the end of each step, by state. */
  readonly states: Readonly<Record<string, number>>;
}

/** Days of trouble with two patrols, and then a week without. @throws AssertionError: a promise was not kept */
export async function simulatePatrols(seed: number, troubledDays = 23): Promise<PatrolMonth> {
  const month = new Month(seed);
  return month.run(troubledDays * DAY_MS);
}

class Month {
  readonly #random: SeededRandom;
  readonly #world = new TourWorld();
  readonly #seen = new Map<number, Set<number>>();
  /** When each commander is at his next market. */
  readonly #readyAtMs = new Map<string, number>();
  readonly #tours = new Map<string, ScoutTour>();
  readonly #states: Record<string, number> = {};
  #observations = 0;
  #kills = 0;
  #isQuiet = false;
  #process!: ProcessTime;
  #pool!: ScoutTourPool;
  #patrols!: PatrolPool;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    const { nowS } = this.#world;
    for (let id = 1; id <= MARKETS; id++) {
      this.#world.seenAtS.set(id, nowS - this.#random.integer(0, MAX_AGE_S * 1.2));
    }
    this.#begin();
  }

  async run(troubledMs: number): Promise<PatrolMonth> {
    await this.#world.time.advance(0);
    for (const { name } of REGIONS) await this.#order(name, NAMES.slice(0, this.#random.integer(0, 4)));
    for (let ms = 0; ms < troubledMs; ms += STEP_MS) await this.#step();
    this.#isQuiet = true;
    this.#world.isAway = false;
    await this.#world.time.advance(61_000);
    await this.#order('west', NAMES.slice(0, 4));
    await this.#order('east', NAMES.slice(4));
    for (const { name } of REGIONS) {
      const { needed } = this.#patrols.get(name)!.look!;
      assert.ok(needed !== null && needed <= 4, `${name} takes ${needed} commanders`);
    }
    for (let ms = 0; ms < QUIET_MS; ms += STEP_MS) {
      await this.#step();
      if (ms < SETTLED_MS) continue;
      for (const { order, state, look } of this.#patrols.list()) {
        assert.equal(state, 'kept', `enough who fly keep ${order.name}: ${JSON.stringify(look)}`);
      }
    }
    await this.#patrols.close();
    await this.#pool.close();
    const closed = [...this.#tours.values()].flatMap(({ markets }) =>
      markets.filter(({ doneAtS }) => doneAtS !== null),
    );
    return {
      ...{ observations: this.#observations, tours: this.#tours.size, closed: closed.length },
      ...{ kills: this.#kills, states: this.#states },
    };
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const isTrouble = !this.#isQuiet;
    this.#world.isAway = isTrouble && random.chance(0.05);
    await this.#world.time.advance(STEP_MS);
    for (const name of NAMES) this.#fly(name);
    // Strangers look as they please, and messages get lost on the way to us.
    if (random.chance(0.5)) this.#look(random.integer(1, MARKETS), random.chance(0.9));
    if (isTrouble && random.chance(0.01)) await this.#change();
    if (isTrouble && random.chance(0.004)) await this.#kill();
    await this.#world.time.advance(1_000 * MOMENT_S);
    this.#check();
  }

  /** Whoever is on a tour looks at the next market of his list; in trouble some sleep, or go elsewhere. */
  #fly(name: string): void {
    const nowMs = this.#world.time.now();
    if ((this.#readyAtMs.get(name) ?? 0) > nowMs) return;
    const tour = this.#pool.tourOf(name);
    const open = new Map((tour === undefined ? [] : openMarkets(tour)).map((each) => [each.marketId, each]));
    const own = tour?.plan?.tours.find(({ commander }) => commander === name)?.stops ?? [];
    const next = own.find(({ marketId }) => open.has(marketId) && holder(open.get(marketId)!) === name);
    if (next === undefined) return;
    const random = this.#random;
    const tempo = this.#isQuiet ? random.between(0.7, 1) : random.between(0.6, 2);
    const sleepMs = !this.#isQuiet && random.chance(0.02) ? random.between(0, 20) * HOUR_MS : 0;
    this.#readyAtMs.set(name, nowMs - STEP_MS + next.seconds * 1_000 * tempo + sleepMs);
    const isLost = !this.#isQuiet && random.chance(0.05);
    this.#look(isLost ? random.integer(1, MARKETS) : next.marketId, random.chance(0.95));
    // Legs are shorter than a step.
    this.#fly(name);
  }

  #look(marketId: number, isHeard: boolean): void {
    const observedAtS = this.#world.nowS;
    this.#observations += 1;
    this.#seen.set(marketId, (this.#seen.get(marketId) ?? new Set()).add(observedAtS));
    this.#world.seenAtS.set(marketId, observedAtS);
    if (isHeard) this.#pool.observed([{ marketId, observedAtS }]);
  }

  async #change(): Promise<void> {
    const random = this.#random;
    const { name } = random.pick(REGIONS);
    const names = NAMES.filter(() => random.chance(0.4));
    if (random.chance(0.2)) await this.#patrols.remove(name).catch(() => undefined);
    else await this.#order(name, names).catch(() => undefined);
    const open = this.#pool.list().filter(({ endedAtS }) => endedAtS === null);
    if (open.length > 0 && random.chance(0.3)) {
      const tour = random.pick(open);
      const [leaving, ...others] = crew(tour);
      if (leaving !== undefined && others.length > 0) {
        await this.#pool.reconfigure(tour.id, { join: [], leave: [leaving.name] });
      }
    }
  }

  async #order(name: string, names: readonly string[]): Promise<void> {
    const { x, withinLy } = REGIONS.find((region) => region.name === name)!;
    const order = patrolOrder(name, MAX_AGE_S, ...names);
    await this.#patrols.put({ ...order, filter: { near: { x, y: 0, z: 0, withinLy } } });
  }

  async #kill(): Promise<void> {
    this.#kills += 1;
    this.#process.kill();
    await this.#world.time.advance(this.#random.between(0, 6) * HOUR_MS);
    this.#begin();
    // Until the database has told what there is.
    this.#world.isAway = false;
    await this.#world.time.advance(31_000);
  }

  #begin(): void {
    this.#process = new ProcessTime(this.#world.time, () => 0);
    this.#pool = this.#world.pool(this.#process);
    this.#patrols = this.#world.patrols(this.#pool, this.#process);
    this.#pool.start();
    this.#patrols.start();
  }

  #check(): void {
    const { nowS, seenAtS } = this.#world;
    const onLists = new Map<number, string>();
    for (const tour of this.#pool.list()) {
      const before = this.#tours.get(tour.id);
      if (tour.endedAtS !== null && before === tour) continue;
      this.#tours.set(tour.id, tour);
      if (before !== undefined && before.endedAtS !== null)
        assert.deepEqual(before, tour, 'what has ended stays');
      for (const market of tour.markets) {
        const { marketId, doneAtS, assignments } = market;
        if (doneAtS !== null) {
          assert.ok(this.#seen.get(marketId)?.has(doneAtS), 'closed by an observation');
          assert.ok(doneAtS >= tour.madeAtS, 'not older than the tour');
        }
        const ends = assignments.filter(({ why }) => why === 'observed').length;
        assert.equal(ends <= (doneAtS === null ? 0 : 1), true, 'closed once');
        if (holder(market) === null) continue;
        assert.equal(onLists.get(marketId), undefined, `market ${marketId} on one list`);
        onLists.set(marketId, tour.id);
      }
    }
    for (const { order, state, look } of this.#patrols.list()) {
      this.#states[state] = (this.#states[state] ?? 0) + 1;
      const { x, withinLy } = order.filter.near!;
      const region = [...seenAtS].filter(([id]) => Math.abs(id - x) <= withinLy);
      if (look !== null && state !== 'idle')
        assert.equal(look.markets, region.length, 'every market is looked at');
      if (state !== 'kept') continue;
      for (const [id, atS] of region) {
        assert.ok(nowS - atS <= MAX_AGE_S + MOMENT_S, `kept, and market ${id} is ${nowS - atS} s old`);
        if (nowS - atS < (2 / 3) * MAX_AGE_S + MOMENT_S || onLists.has(id)) continue;
        // Nobody tells the second in which a list loses it: the next look does.
        assert.ok(nowS - look!.atS < 300, `kept, and nobody is sent to market ${id}`);
      }
    }
  }
}
