import { beforeAll, expect, test } from 'vitest';
import type { SupplyRequest } from '../../src/domain/colonisation/supply/load-problem.ts';
import { distanceLy } from '../../src/domain/galaxy/galaxy.ts';
import { TRAVEL_TIMES } from '../../src/domain/galaxy/travel-time.ts';
import { isPlausible } from '../../src/domain/market/plausibility.ts';
import type { DescribedEndpoint } from '../../src/infra/http/api/endpoint.ts';
import { colonisationRoutes } from '../../src/infra/http/routes/colonisation/colonisation.ts';
import type { SupplyPlanAnswer } from '../../src/infra/http/routes/colonisation/plan.ts';
import { apiRoutes } from '../../src/infra/http/routes/v1/api.ts';
import { createTourPlanner } from '../../src/infra/tours/planner.ts';
import { ask, openHttp } from '../support/http.ts';
import { bookOf, depotLine, dockedLine, journalLine, loginLines, SITE_ID } from '../support/journals.ts';
import { readSchemas, type Schemas } from '../support/openapi.ts';
import { leastSeconds, obtainableTonnes } from '../support/supply-oracle.ts';
import type { PlainStation, QueryWorld } from './query-world.ts';
import { COMMODITIES, GOLD, NOON_S, PLATINUM } from './store-world.ts';

const NOW_S = NOON_S + 3_600;
const SUPPLY_PRICE = 3;
const SUPPLY_UNITS = 4;
const NEEDS = { gold: 900, platinum: 300 };
const ITEMS = { gold: GOLD, platinum: PLATINUM };
/** `Station.type_id` of fleet carriers. */
const CARRIER = { v12: 24, v13: 5 };

/** What builds need over a galaxy made by chance, beside plain SQL and a search that tries everything. */
export function colonisationContract(use: () => QueryWorld, generation: 'v12' | 'v13'): void {
  let plain: readonly PlainStation[];
  let base: string;
  let schemas: Schemas;
  /** Where is built. */
  let here: PlainStation['system'];

  beforeAll(async () => {
    const { queries, plain: stations } = use();
    plain = stations;
    here = plain.find(({ system }) => !system.name.startsWith('Twin'))!.system;
    const book = bookOf([
      ...loginLines(),
      journalLine(1, 'Loadout', { Ship: 'type9', CargoCapacity: 400, MaxJumpRange: 20 }),
      dockedLine(2, { StarSystem: here.name, SystemAddress: here.id.toString() }).replace(
        /"SystemAddress":"(\d+)"/,
        '"SystemAddress":$1',
      ),
      depotLine(3, { gold: [NEEDS.gold + 50, 50], platinum: [NEEDS.platinum, 0], novelty: [7, 0] }),
      // These are over: what they lack counts for nothing.
      depotLine(4, { gold: [5_000, 0] }, { MarketID: SITE_ID + 1, ConstructionFailed: true }),
      depotLine(5, { gold: [9, 9] }, { MarketID: SITE_ID + 2, ConstructionComplete: true }),
    ]);
    const planner = createTourPlanner();
    const described: DescribedEndpoint[] = [];
    const options = {
      ...{ queries, planner, travelTimes: TRAVEL_TIMES, commodities: () => COMMODITIES, described },
      ...{ now: () => NOW_S * 1000, questionsPerMinute: null, version: '1.2.3' },
    };
    const colonisation = {
      sites: () => [...book.sites.values()],
      carriers: () => book.carriers,
      commanders: () => [...book.commanders.values()],
      watchers: () => [],
      senders: () => [],
      onChange: () => () => undefined,
    };
    const server = await openHttp([
      (app) => apiRoutes(app, options),
      (app) => colonisationRoutes(app, { ...options, colonisation, isPublic: true }),
    ]);
    base = `${server.url}/api/v1`;
    schemas = readSchemas(JSON.parse((await ask(`${base}/openapi.json`)).bytes.toString()));
    return () => Promise.all([server.close(0), planner.close()]);
  });

  async function get<Body = Record<string, unknown>>(path: string, status = 200): Promise<Body> {
    const answer = await ask(`${base}/colonisation${path}`);
    const body: unknown = JSON.parse(answer.bytes.toString());
    expect({ path, status: answer.status, body }).toMatchObject({ status });
    expect(schemas.check(`/api/v1/colonisation${path}`, status, body), path).toEqual([]);
    return body as Body;
  }

  const point = ([x = 0, y = 0, z = 0]: readonly number[]) => ({ x, y, z });
  const ly = ({ system }: PlainStation) => distanceLy(point(system.at), point(here.at));
  const offersOf = (station: PlainStation) =>
    Object.fromEntries(
      Object.entries(ITEMS).flatMap(([symbol, item]) => {
        const [price = 0, stock = 0] = station.rows.get(item)?.slice(SUPPLY_PRICE, SUPPLY_UNITS + 1) ?? [];
        return price > 0 && stock > 0 ? [[symbol, { price, stock }]] : [];
      }),
    );

  /** Markets that sell something, nearest first, by plain SQL. */
  function sellers(): PlainStation[] {
    return plain
      .filter((station) => {
        const isSold = Object.keys(offersOf(station)).length > 0;
        return isSold && station.typeId !== CARRIER[generation] && isPlausible(station.ratio) !== false;
      })
      .sort((a, b) => ly(a) - ly(b));
  }

  function requestOf(stations: readonly PlainStation[], capacity: number): SupplyRequest {
    return {
      needs: NEEDS,
      sellers: stations.map((station) => ({
        ...{ marketId: station.id, position: point(station.system.at), lsFromStar: station.ls },
        ...{ isPlanetary: station.planetary === '?' ? null : station.planetary === 'Y', isCarrier: false },
        offers: offersOf(station),
      })),
      to: { position: point(here.at), lsFromStar: null, isPlanetary: null, isCarrier: false },
      ...{ capacity, jumpRangeLy: 20, times: TRAVEL_TIMES, seed: 42 },
    };
  }

  test('the plan for a whole list is as quick as any that trying everything finds', async () => {
    const near = sellers();
    for (const count of [1, 2, 3, 4]) {
      const radius = ly(near[count - 1]!) + 0.001;
      const within = near.filter((station) => ly(station) <= radius);
      if (within.length > 5) continue;
      for (const capacity of [400, 650]) {
        const plan = await get<SupplyPlanAnswer>(
          `/plan?within=${radius}&maxAge=200d&capacity=${capacity}&planetary=included`,
        );
        const request = requestOf(within, capacity);
        expect(plan.totals).toMatchObject({ toBuy: 1_207, planned: obtainableTonnes(request) });
        const least = leastSeconds(request);
        expect(plan.totals.seconds).toBeGreaterThanOrEqual(Math.floor(least));
        expect(plan.totals.seconds).toBeLessThanOrEqual(Math.ceil(least * 1.02));
      }
    }
  });

  test('a plan says what it takes, pays and lacks, and where it goes; the ship is that of the journal', async () => {
    const plan = await get<SupplyPlanAnswer>('/plan?within=500&maxAge=200d');
    const { totals, loads, shortfall, assumptions, to } = plan;
    expect(assumptions).toMatchObject({ capacity: 400, jumpRangeLy: 20, times: TRAVEL_TIMES });
    expect(to).toMatchObject({ systemName: here.name, systemId: String(here.id), marketId: SITE_ID });
    expect(shortfall).toEqual([
      { symbol: 'novelty', name: 'NOVELTY', toBuy: 7, planned: 0, missing: 7, why: 'unknown good' },
    ]);
    expect(totals).toMatchObject({ toBuy: 1_207, planned: 1_200, loads: 3, payment: 1_200_000 });
    const bought = loads.flatMap(({ times, stops }) => stops.map((stop) => ({ times, stop })));
    let cost = 0;
    for (const { times, stop } of bought) {
      const station = plain.find(({ id }) => id === stop.marketId)!;
      expect(station.typeId).not.toBe(CARRIER[generation]);
      for (const { symbol, tonnes, buyPrice, marginPerTonne } of stop.goods) {
        expect(offersOf(station)[symbol]).toMatchObject({ price: buyPrice });
        expect(marginPerTonne).toBe(1_000 - buyPrice);
        cost += times * tonnes * buyPrice;
      }
    }
    expect(totals.cost).toBe(cost);
    expect(totals.marginPerTonne).toBe(Math.round((1_200_000 - cost) / 1_200));
    expect(totals.tonnesPerMinute).toBeCloseTo((1_200 / totals.seconds) * 60, 1);
  });

  test('carriers only if they are asked for, implausible prices too', async () => {
    const markets = async (query: string) => {
      const { loads } = await get<SupplyPlanAnswer>(`/plan?within=5000&maxAge=200d&${query}`);
      return loads.flatMap(({ stops }) =>
        stops.map(({ marketId }) => plain.find(({ id }) => id === marketId)!),
      );
    };
    const carriers = await markets('carriers=only');
    expect(carriers.length).toBeGreaterThan(0);
    expect(carriers.every(({ typeId }) => typeId === CARRIER[generation])).toBe(true);
    const odd = await markets('plausible=false');
    expect(odd.length).toBeGreaterThan(0);
    expect(odd.every(({ ratio }) => isPlausible(ratio) === false)).toBe(true);
  });

  test('suppliers that nobody has looked at are offered as a tour, which can be planned at once', async () => {
    const { scout } = await get<SupplyPlanAnswer>('/plan?within=500&maxAge=1d&staleAfter=10d');
    expect(scout).toMatchObject({ olderThanS: 864_000, order: { method: 'POST', path: '/api/v1/tours' } });
    const ids = scout!.suppliers.map(({ marketId }) => marketId);
    for (const id of ids) {
      const station = plain.find((each) => each.id === id)!;
      expect(station.atS).toBeLessThanOrEqual(NOW_S - 864_000);
      expect(Object.keys(offersOf(station)).length).toBeGreaterThan(0);
    }
    const answer = await ask(base + scout!.plan.replace('/api/v1', ''));
    const tour = JSON.parse(answer.bytes.toString()) as {
      tours: { commander: string; stops: { marketId: number }[] }[];
    };
    expect(tour.tours[0]?.stops.map(({ marketId }) => marketId).sort()).toEqual(ids.toSorted());
    expect(tour.tours[0]?.commander).toBe('JAMESON');
    expect(scout!.command).toBe(
      `tdl tour plan 'JAMESON@${here.id}@20' --markets ${ids.join()} --older-than 864000s`,
    );
    const all = await get<SupplyPlanAnswer>('/plan?within=500&staleAfter=900d');
    expect(all.scout).toBeNull();
  });

  test('builds that are over count for nothing, unless they are named', async () => {
    interface Told {
      readonly summary: { readonly sites: number; readonly required: number };
      readonly entries: readonly { readonly state: string; readonly completedBy: string | null }[];
    }
    const query = 'within=1&maxAge=1d';
    const { summary } = await get<Told>(`/shopping-list?${query}`);
    expect(summary).toMatchObject({ sites: 1, required: 1_257 });
    const named = await get<Told>(`/shopping-list?${query}&sites=${SITE_ID},${SITE_ID + 1}`);
    expect(named.summary).toMatchObject({ sites: 2, required: 6_257 });
    const states = async (state: string) =>
      (await get<Told>(`/sites?state=${state}`)).entries.map((each) => each.state);
    expect(await states('open')).toEqual(['building']);
    expect((await states('all')).sort()).toEqual(['building', 'complete', 'failed']);
    const [complete] = (await get<Told>('/sites?state=complete')).entries;
    expect(complete?.completedBy).toBe('depot');
  });

  test('every answer is as it is described, and bad questions are refused', async () => {
    for (const path of [
      ...[
        '/sites',
        '/sites?state=all&source=all',
        `/sites/${SITE_ID}`,
        '/carriers',
        '/commanders',
        '/watchers',
      ],
      ...[
        `/sites?system=${here.id}`,
        '/shopping-list?within=100&maxAge=200d',
        '/shopping-list?system=Nowhere',
      ],
      '/plan?system=Nowhere&capacity=1',
    ]) {
      await get(path);
    }
    for (const [path, status, why] of [
      ['/plan?capacity=0', 400, /capacity/],
      ['/plan?to=Nowhere', 404, /no system is named Nowhere/],
      ['/plan?to=carrier:ABC', 404, /where carrier ABC is/],
      ['/plan?to=site:x', 404, /no build is called x/],
      ['/plan?jumpRange=0', 400, /jumpRange/],
      ['/plan?plausible=maybe', 400, /plausible/],
      ['/plan?staleAfter=1', 400, /90m, 12h or 7d/],
      ['/plan?ship=cutter', 400, /no such parameter: ship/],
      ['/sites?source=hearsay', 400, /source/],
    ] as const) {
      expect((await get<{ error: string }>(path, status)).error, path).toMatch(why);
    }
  });
}
