import type { HttpApp } from '../../app.ts';
import type { StationGroup } from '../../../../domain/galaxy/stations/station-types.ts';
import { PADS, type Pad } from '../../../../domain/galaxy/stations/pads.ts';
import type { Side } from '../../../../domain/galaxy/quotes.ts';
import {
  serviceBits,
  type MarketRow,
  type StationRecord,
  type StationService,
} from '../../../../domain/ports/store/queries.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { parse } from '../../api/endpoint.ts';
import type { Goods } from '../../api/goods.ts';
import { lookUp, NotFound, offerRows, profilesOf } from './lookups.ts';
import {
  commodityQuery,
  NEARBY,
  nearbyQuery,
  NEAREST_RESULTS,
  nearestQuery,
  tradeFilter,
  within,
} from './parameters.ts';
import { commodityRow, marketRow, stationRow, systemRow } from './rows.ts';

interface Params {
  readonly kind: string;
  readonly id: string;
  readonly name: string;
}

/** Stations of one system; there are a few hundred at most. */
const ALL = { limit: 10_000, after: null };

const GROUPS: Readonly<Record<string, readonly StationGroup[]>> = {
  ports: ['port'],
  outposts: ['outpost'],
  settlements: ['settlement'],
  megaships: ['megaship'],
  carriers: ['carrier'],
};

/** Services that Trade Dangerous' tables know. */
const SERVICES = new Map<string, StationService>([
  ['black-market', 'blackmarket'],
  ['refuel', 'refuel'],
  ['repair', 'repair'],
  ['shipyard', 'shipyard'],
  ['outfitting', 'outfitting'],
]);

/** Those that only the feed and dumps tell of, as the game's journal names them. */
const LISTED_SERVICES = new Map([
  ['interstellar-factors', 'facilitator'],
  ['material-trader', 'materialtrader'],
  ['technology-broker', 'techbroker'],
  ['universal-cartographics', 'exploration'],
  ['search-and-rescue', 'searchrescue'],
]);

/** `/system/{name|address}/{id}` and what is below it. */
export function systemRoutes(app: HttpApp, deps: ApiDeps, goods: Goods): void {
  const { queries } = deps;
  const base = '/system/:kind/:id';

  async function stationsOf(system: bigint, groups?: readonly StationGroup[]): Promise<StationRecord[]> {
    const page = await queries.stations({ systemId: system, ...(groups !== undefined && { groups }) }, ALL);
    return page.entries.map(({ station }) => station).sort((a, b) => compare(a.name, b.name) || a.id - b.id);
  }

  async function stationRows(stations: readonly StationRecord[]) {
    const profiles = await profilesOf(queries, stations);
    return stations.map((station) => stationRow(station, profiles));
  }

  async function rowsOf(
    stations: readonly StationRecord[],
    takes: (row: MarketRow, station: StationRecord) => boolean,
  ) {
    const seen = stations.filter(({ marketAtS }) => marketAtS !== null).map(({ id }) => id);
    const [markets, profiles] = await Promise.all([queries.markets(seen), queries.profiles(seen)]);
    const known = await goods.of(markets);
    return markets.flatMap(({ station, rows }) =>
      rows.flatMap((row) => {
        const good = known.get(row.itemId);
        return good === undefined || !takes(row, station) ? [] : [commodityRow(station, profiles, good, row)];
      }),
    );
  }

  app.get<{ Params: Params }>(
    base,
    async ({ params }) => (await lookUp(queries, params.kind, params.id)).row,
  );

  app.get<{ Params: Params }>(`${base}/markets`, async ({ params }) => {
    const { system } = await lookUp(queries, params.kind, params.id);
    const stations = (await stationsOf(system.id)).filter(({ services }) => services.market === true);
    const profiles = await profilesOf(queries, stations);
    return stations.map((station) => marketRow(station, profiles));
  });

  app.get<{ Params: Params }>(`${base}/stations`, async ({ params }) => {
    const { system } = await lookUp(queries, params.kind, params.id);
    return stationRows((await stationsOf(system.id)).filter(({ journalType }) => journalType !== null));
  });

  for (const [name, groups] of Object.entries(GROUPS)) {
    app.get<{ Params: Params }>(`${base}/stations/${name}`, async ({ params }) => {
      const { system } = await lookUp(queries, params.kind, params.id);
      return stationRows(await stationsOf(system.id, groups));
    });
  }

  app.get<{ Params: Params }>(`${base}/market/name/:name/commodities`, async ({ params }) => {
    const { system } = await lookUp(queries, params.kind, params.id);
    const named = params.name.toLowerCase();
    const stations = (await stationsOf(system.id)).filter(({ name }) => name.toLowerCase() === named);
    const rows = await rowsOf(stations, () => true);
    if (rows.length === 0) throw new NotFound('Market not found');
    return rows.sort(byCommodity);
  });

  app.get<{ Params: Params }>(`${base}/commodities`, async ({ params }) => {
    const { system } = await lookUp(queries, params.kind, params.id);
    return (await rowsOf(await stationsOf(system.id), () => true)).sort(byCommodity);
  });

  for (const [path, side] of [
    ['imports', 'demand'],
    ['exports', 'supply'],
  ] as const satisfies readonly (readonly [string, Side])[]) {
    app.get<{ Params: Params }>(`${base}/commodities/${path}`, async ({ params, query }) => {
      const { system } = await lookUp(queries, params.kind, params.id);
      const wanted = tradeFilter(side, parse(commodityQuery, query), deps.now());
      const { minUnits = 0, orNoUnits = false, minPrice = 0, maxPrice = Infinity, seenAfterS = 0 } = wanted;
      const rows = await rowsOf(await stationsOf(system.id), (row, station) => {
        const price = row[`${side}Price`];
        const units = row[`${side}Units`];
        if (price === 0 || price < minPrice || price > maxPrice || (station.marketAtS ?? 0) < seenAfterS)
          return false;
        if (wanted.carriers !== undefined && (station.group === 'carrier') !== wanted.carriers) return false;
        return units >= minUnits || (orNoUnits && units === 0);
      });
      return rows.sort(byCommodity);
    });

    app.get<{ Params: Params }>(`${base}/commodity/name/:name/nearby/${path}`, async ({ params, query }) => {
      const { system } = await lookUp(queries, params.kind, params.id);
      const asked = parse(commodityQuery, query);
      const good = await goods.findIfAny(params.name);
      if (good === null) return [];
      const maxDistance = Math.min(asked.maxDistance ?? NEARBY.distance, NEARBY.maxDistance);
      const page = await queries.trades(
        good.commodityId,
        {
          ...tradeFilter(side, asked, deps.now()),
          near: within(system, maxDistance),
          exceptSystemId: system.id,
          sort: asked.sort === 'distance' ? 'distance' : 'price',
        },
        { limit: NEARBY.results, after: null },
      );
      return offerRows(queries, good, page.entries);
    });
  }

  app.get<{ Params: Params }>(`${base}/commodity/name/:name`, async ({ params, query }) => {
    const { system } = await lookUp(queries, params.kind, params.id);
    const { seenAfterS = 0 } = tradeFilter('demand', parse(commodityQuery, query), deps.now());
    const good = await goods.findIfAny(params.name);
    if (good === null) return [];
    return rowsOf(
      await stationsOf(system.id),
      (row, station) => row.itemId === good.commodityId && (station.marketAtS ?? 0) >= seenAfterS,
    );
  });

  app.get<{ Params: Params }>(`${base}/nearby`, async ({ params, query }) => {
    const { system } = await lookUp(queries, params.kind, params.id);
    const maxDistance = Math.min(parse(nearbyQuery, query).maxDistance, NEARBY.maxDistance);
    // The system itself is the nearest one.
    const page = await queries.systemsNear(within(system, maxDistance), {
      limit: NEARBY.results + 1,
      after: null,
    });
    return page.entries
      .filter((each) => each.system.id !== system.id)
      .slice(0, NEARBY.results)
      .map((each) => ({ ...systemRow(each.system), distance: Math.round(each.distanceLy) }));
  });

  app.get<{ Params: Params }>(`${base}/nearest/:name`, async ({ params, query }) => {
    const { system } = await lookUp(queries, params.kind, params.id);
    const service = SERVICES.get(params.name);
    const listed = LISTED_SERVICES.get(params.name);
    if (service === undefined && listed === undefined) throw new NotFound('Service unknown');
    const filter = {
      near: { x: system.x, y: system.y, z: system.z, withinLy: Infinity },
      minPad: PADS[parse(nearestQuery, query).minLandingPadSize] as Pad,
      ...(service !== undefined && { services: serviceBits([service]) }),
    };
    const first = { limit: NEAREST_RESULTS, after: null };
    const page =
      listed === undefined
        ? await queries.stations(filter, first)
        : await queries.stationsOffering(listed, filter, first);
    const rows = await stationRows(page.entries.map(({ station }) => station));
    return rows.map((row, at) => ({ ...row, distance: Math.round(page.entries[at]?.distanceLy ?? 0) }));
  });
}

function byCommodity(a: { readonly commodityName: string }, b: { readonly commodityName: string }): number {
  return compare(a.commodityName, b.commodityName);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
