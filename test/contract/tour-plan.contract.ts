import { beforeAll, expect, test } from 'vitest';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, openHttp } from '../support/http.ts';
import { readSchemas } from '../support/openapi.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { COMMODITIES, GOLD, NOON_S } from './store-world.ts';

const NOW_S = NOON_S + 3_600;

interface Planned {
  readonly stale: number;
  readonly seconds: number;
  readonly tours: readonly {
    readonly commander: string;
    readonly seconds: number;
    readonly systems: readonly string[];
    readonly stops: readonly { readonly marketId: number; readonly doneAfterS: number }[];
  }[];
}

interface List {
  readonly entries: readonly { readonly marketId: number }[];
}

interface Hops {
  readonly assumptions: { readonly bulkSale: unknown };
  readonly entries: readonly {
    readonly goods: readonly (Record<'stock' | 'demand' | 'buyPrice', number> & { readonly sale: unknown })[];
  }[];
}

/** Plans of tours over a store, beside the list of what is stale. */
export function tourPlanContract(use: () => QueryWorld): void {
  let plain: readonly PlainStation[];
  let base: string;

  beforeAll(async () => {
    const { queries, plain: stations } = use();
    plain = stations;
    const planner = createTourPlanner();
    const options = {
      ...{ queries, planner, travelTimes: TRAVEL_TIMES, commodities: () => COMMODITIES },
      ...{ now: () => NOW_S * 1000, questionsPerMinute: null, version: '1.2.3' },
    };
    const server = await openHttp([(app) => apiRoutes(app, options)]);
    base = `${server.url}/api/v1`;
    return () => Promise.all([server.close(0), planner.close()]);
  });

  async function get(path: string): Promise<unknown> {
    const answer = await ask(base + path);
    expect({ path, status: answer.status }).toMatchObject({ status: 200 });
    return JSON.parse(answer.bytes.toString());
  }
  async function plan(query: string): Promise<Planned> {
    const path = `/tours/plan?timeLimit=0.1&${query}`;
    const found = await get(path);
    const schemas = readSchemas(await get('/openapi.json'));
    expect(schemas.check(`/api/v1${path}`, 200, found)).toEqual([]);
    return found as Planned;
  }
  const stops = ({ tours }: Planned) => tours.flatMap((tour) => tour.stops.map(({ marketId }) => marketId));
  const ids = (list: unknown) => (list as List).entries.map(({ marketId }) => marketId);
  const own = () => plain.find(({ system }) => !system.name.startsWith('Twin'))!;

  test('divides what is stale around a place among commanders, whoever deals it out', async () => {
    const { system } = own();
    const start = encodeURIComponent(system.name);
    const stale = await get(`/freshness/stale?near=${start}&within=70&groups=port,outpost,settlement`);
    const expected = ids(stale).sort();
    expect(expected.length).toBeGreaterThan(10);
    for (const strategy of ['vrp', 'ortools', 'greedy', 'kmeans', 'geographic']) {
      const found = await plan(
        `commanders=Jameson@${system.id},Ryder@${start}@35&within=70&groups=port,outpost,settlement&strategy=${strategy}&stops=500`,
      );
      expect(stops(found).sort()).toEqual(expected);
      expect(found.stale).toBe(expected.length);
      expect(found.tours.map(({ commander }) => commander)).toEqual(['Jameson', 'Ryder']);
      for (const tour of found.tours) expect(tour.stops.at(-1)?.doneAfterS).toBe(tour.seconds);
      expect(Math.max(...found.tours.map(({ seconds }) => seconds))).toBe(found.seconds);
    }
  });

  test('starts where somebody is docked, by name or id, and leaves to others what it is told to', async () => {
    const station = plain.find(
      ({ system, flags, atS, typeId }) =>
        !system.name.startsWith('Twin') && (atS !== null || flags.market === 'Y') && typeId === 2,
    )!;
    const sameName = plain.find(
      ({ system, name }) => system.id === station.system.id && name === station.name,
    )!;
    const byId = await plan(`commanders=J@${station.id}&within=40&olderThan=0s`);
    const byName = await plan(
      `commanders=J@${encodeURIComponent(`${station.system.name}/${station.name.toUpperCase()}`)}&within=40&olderThan=0s`,
    );
    expect(byId.tours[0]!.stops[0]).toMatchObject({ marketId: station.id, seconds: 44 });
    // Which order is found in so short a time is another matter.
    if (sameName === station) expect(stops(byName).toSorted()).toEqual(stops(byId).toSorted());
    const [first, second] = stops(byId);
    const without = await plan(
      `commanders=J@${station.id}&within=40&olderThan=0s&exclude=${first},${second}`,
    );
    expect(stops(without)).not.toContain(first);
    expect(stops(without)).not.toContain(second);
    expect(without.stale).toBe(byId.stale);
  });

  test('takes no more markets than asked for, the oldest or the nearest', async () => {
    const start = encodeURIComponent(own().system.name);
    for (const sort of ['oldest', 'distance']) {
      const list = await get(`/freshness/stale?near=${start}&within=80&sort=${sort}&groups=outpost&limit=5`);
      const found = await plan(`commanders=J@${start}&within=80&sort=${sort}&groups=outpost&stops=5`);
      expect(stops(found).sort()).toEqual(ids(list).sort());
    }
  });

  test('tells what a hold is worth, and of a price that falls with what is sold that it is a guess', async () => {
    const from = plain.find(({ rows }) => (rows.get(GOLD)?.[3] ?? 0) > 0 && rows.get(GOLD)![4]! > 0)!;
    const hops = (more: string) =>
      get(`/hops?from=${from.id}&within=500&maxAge=200d&carriers=included${more}`);
    expect(await hops('')).toMatchObject({ assumptions: { bulkSale: null } });
    const sold = (await hops('&tonnes=700&bulkSale=guessed')) as Hops;
    expect(sold.assumptions.bulkSale).toEqual({ isGuess: true, wholeUpTo: 0.25, least: 0.8 });
    const goods = sold.entries.flatMap((entry) => entry.goods);
    expect(goods.length).toBeGreaterThan(0);
    for (const { stock, demand, buyPrice, sale } of goods) {
      const tonnes = Math.min(700, stock, demand);
      expect(sale).toMatchObject({ tonnes, paid: tonnes * buyPrice });
    }
  });

  test.each([
    ['within=50', 400, /commanders/],
    ['commanders=Jameson', 400, /NAME@START/],
    ['commanders=J@1,2,3', 400, /NAME@START/],
    ['commanders=J@No such place', 404, /no system is named No such place/],
    ['commanders=J@0,j@0', 400, /two commanders are called j/],
    ['commanders=J@Twin 0', 400, /systems are named Twin 0/],
    ['commanders=J@0&strategy=magic', 400, /strategy/],
    ['commanders=J@0&near=1,2,3&along=Sol', 400, /not both/],
  ])('%s is refused', async (query, status, why) => {
    const answer = await ask(`${base}/tours/plan?${query.replaceAll(' ', '%20')}`);
    const { error } = JSON.parse(answer.bytes.toString()) as { error: string };
    expect(answer.status).toBe(status);
    expect(error).toMatch(why);
  });
}
