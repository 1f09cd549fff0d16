import { z } from 'zod';
import type { PlannedLoad } from '../../../../domain/colonisation/supply/plan-supply.ts';
import { sellersNear, type FoundSeller } from '../../../../domain/colonisation/supply/sellers.ts';
import type { StationRecord } from '../../../../domain/ports/store/queries.ts';
import { Presenter } from '../../api/answers.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { seenAfter, stationFilter } from '../../api/filters.ts';
import * as parameters from '../../api/parameters.ts';
import { goodsBySymbol } from '../../push/builds.ts';
import { travelTimes as travelTimesShape } from '../v1/tours.ts';
import { listParameters } from './asked.ts';
import type { BuildRoutes } from './deps.ts';
import { destinationOf } from './destination.ts';
import * as schemas from './schemas.ts';
import { offerScout } from './scout.ts';
import { summaryAnswer } from './shopping.ts';

/** What a plan may take. */
const TIME_LIMIT_MS = 1_000;

const planQuery = z.strictObject({
  ...listParameters,
  capacity: listParameters.capacity.describe('Tonnes a flight; else what the ship seen last carries'),
  near: listParameters.near.describe('Sellers around this place; else around where everything is brought'),
  to: parameters.place
    .optional()
    .describe(
      'Where everything is brought: `site:NAME`, `carrier:CALLSIGN` or a system; else where the builds are',
    ),
  jumpRange: z.coerce.number().min(1).max(500).default(20).describe('Light years, with the cargo aboard'),
  plausible: parameters.stationConditions.plausible.default(['true', 'unknown']),
  staleAfter: parameters.durationS
    .default(86_400)
    .describe('Suppliers that nobody has looked at for so long are offered as a scout tour'),
  seed: parameters.whole(0, 2 ** 32 - 1).default(42),
});

const planAnswer = z.object({
  at: z.iso.datetime(),
  to: z
    .object({
      systemName: z.string(),
      systemId: z.string(),
      marketId: z.int().nullable(),
      name: z.string().nullable(),
    })
    .nullable()
    .describe('Null: nothing is built'),
  maxAgeS: z.int(),
  sites: z.array(schemas.site),
  summary: schemas.summary,
  totals: z.object({
    toBuy: z.int(),
    planned: z.int().describe('Tonnes of all loads'),
    loads: z.int(),
    markets: z.int().describe('Different ones'),
    seconds: z.int(),
    tonnesPerMinute: z.number().nullable(),
    cost: z.number().describe('Credits for what is bought'),
    payment: z.number().describe('Credits that builds pay for it, as far as they have told'),
    marginPerTonne: z.number().nullable().describe('Mean; null: a payment is unknown, or nothing is planned'),
  }),
  loads: z.array(schemas.load).describe('Those that bring most a minute first'),
  shortfall: z.array(schemas.shortfall),
  scout: schemas.scout,
  assumptions: z.object({
    capacity: z.int(),
    jumpRangeLy: z.number(),
    seed: z.int(),
    times: travelTimesShape,
  }),
});

export type SupplyPlanAnswer = z.output<typeof planAnswer>;

/** How everything that builds need is brought. */
export function planRoutes(api: Api, routes: BuildRoutes): void {
  const { asked, goods, present, requires, queries, planner, travelTimes: times, colonisation } = routes;

  api.get({
    path: '/colonisation/plan',
    summary: 'Flights that bring everything builds need: where to buy how much of what, in little time',
    description:
      'Every flight begins and ends where everything is brought. All that anybody sells is in the plan, by the time model of ' +
      'tours; what nobody sells is told. Carriers sell only if they are asked for, construction sites never. Nothing is kept of it.',
    params: NO_PARAMS,
    query: planQuery,
    answer: planAnswer,
    maxAgeS: 0,
    searches: true,
    requires,
    async handle({ query }) {
      const { jumpRange: jumpRangeLy, seed } = query;
      const capacity = query.capacity ?? shipCapacity();
      const listed = await asked.listed(query, capacity);
      const to = await destinationOf(routes, query.to, listed);
      const known = await goodsBySymbol(goods);
      const needs = listed.list.needs.filter(({ toBuy }) => toBuy > 0);
      const wanted = needs.flatMap(({ symbol, toBuy: tonnes }) => {
        const good = known.get(symbol);
        return good === undefined ? [] : [{ symbol, tonnes, itemId: good.commodityId }];
      });
      const near =
        query.near === undefined ? String(to?.system.id) : await asked.placeCalled(query.near, listed.all);
      const filter = to === null ? {} : await stationFilter(routes, { ...query, near });
      const sellers =
        to === null
          ? []
          : await sellersNear(queries, wanted, { ...filter, ...seenAfter(routes, query.maxAge) });
      const flight = { capacity, jumpRangeLy, times };
      const plan =
        to === null
          ? { loads: [], tonnes: 0, seconds: 0 }
          : await planner.supply(
              {
                needs: Object.fromEntries(wanted.map(({ symbol, tonnes }) => [symbol, tonnes])),
                sellers: sellers.map(asSeller),
                ...{ to: to.place, ...flight, seed },
              },
              { timeLimitMs: TIME_LIMIT_MS },
            );
      const shown = present();
      const stations = new Presenter(routes);
      const byId = new Map(sellers.map(({ station }) => [station.id, station]));
      const paid = new Map(needs.map(({ symbol, payment }) => [symbol, payment]));
      const planned = plannedOf(plan.loads);
      return {
        ...{ at: shown.at, maxAgeS: query.maxAge },
        to: to && {
          ...{ systemName: to.system.name, systemId: String(to.system.id) },
          ...{ marketId: to.station?.marketId ?? null, name: to.station?.name ?? null },
        },
        sites: listed.chosen.map((site) => shown.site(site)),
        summary: summaryAnswer(listed.list),
        totals: totalsOf(
          plan,
          needs.reduce((sum, { toBuy }) => sum + toBuy, 0),
          paid,
        ),
        loads: plan.loads.map((load) =>
          loadAnswer(load, byId, stations, paid, (symbol) => known.get(symbol)?.name),
        ),
        shortfall: needs.flatMap(({ symbol, name, toBuy }) => {
          const missing = toBuy - (planned.get(symbol) ?? 0);
          if (missing === 0) return [];
          const good = known.get(symbol);
          const why = good === undefined ? ('unknown good' as const) : ('not enough is sold' as const);
          return [{ symbol, name: good?.name ?? name, toBuy, planned: toBuy - missing, missing, why }];
        }),
        scout:
          to === null
            ? null
            : await offerScout(routes, {
                wanted,
                filter,
                flight,
                systemId: to.system.id,
                staleAfterS: query.staleAfter,
              }),
        assumptions: { capacity, jumpRangeLy, seed, times },
      };
    },
  });

  /** Of whoever was seen last. @throws ApiError 400: nobody has told */
  function shipCapacity(): number {
    const ships = colonisation
      .commanders()
      .flatMap(({ ship }) => (ship === null ? [] : [ship]))
      .sort((a, b) => b.atS - a.atS);
    const capacity = ships.find(({ cargoCapacity }) => (cargoCapacity ?? 0) > 0)?.cargoCapacity;
    if (capacity === undefined || capacity === null) {
      throw new ApiError(
        400,
        'capacity: no ship with room for cargo is known: say how many tonnes it carries',
      );
    }
    return Math.floor(capacity);
  }
}

function asSeller({ marketId, position, lsFromStar, isPlanetary, isCarrier, offers }: FoundSeller) {
  return { marketId, position, lsFromStar, isPlanetary, isCarrier, offers };
}

function plannedOf(loads: readonly PlannedLoad[]): Map<string, number> {
  const planned = new Map<string, number>();
  for (const { symbol, tonnes } of takesOf(loads)) planned.set(symbol, (planned.get(symbol) ?? 0) + tonnes);
  return planned;
}

/** Everything that is bought, of all loads alike together. */
function takesOf(loads: readonly PlannedLoad[]) {
  return loads.flatMap(({ stops, times }) =>
    stops.flatMap(({ goods }) => goods.map((good) => ({ ...good, tonnes: good.tonnes * times }))),
  );
}

function totalsOf(
  { loads, tonnes, seconds }: { loads: readonly PlannedLoad[]; tonnes: number; seconds: number },
  toBuy: number,
  paid: ReadonlyMap<string, number | null>,
) {
  const takes = takesOf(loads);
  const cost = takes.reduce((sum, take) => sum + take.tonnes * take.price, 0);
  const payment = takes.reduce((sum, take) => sum + take.tonnes * (paid.get(take.symbol) ?? 0), 0);
  const isPaid = takes.every(({ symbol }) => typeof paid.get(symbol) === 'number');
  return {
    ...{ toBuy, planned: tonnes, seconds: Math.round(seconds), cost, payment },
    loads: loads.reduce((sum, { times }) => sum + times, 0),
    markets: new Set(loads.flatMap(({ stops }) => stops.map(({ marketId }) => marketId))).size,
    tonnesPerMinute: seconds === 0 ? null : rate(tonnes, seconds),
    marginPerTonne: tonnes === 0 || !isPaid ? null : Math.round((payment - cost) / tonnes),
  };
}

function loadAnswer(
  { times, tonnes, seconds, stops, back }: PlannedLoad,
  stations: ReadonlyMap<number, StationRecord>,
  presenter: Presenter,
  paid: ReadonlyMap<string, number | null>,
  nameOf: (symbol: string) => string | undefined,
) {
  return {
    ...{ times, tonnes, seconds: Math.round(seconds), tonnesPerMinute: rate(tonnes, seconds) },
    stops: stops.flatMap(({ marketId, goods, ...leg }) => {
      const station = stations.get(marketId);
      if (station === undefined) return [];
      const bought = goods.map(({ symbol, tonnes: taken, price }) => {
        const payment = paid.get(symbol) ?? null;
        return {
          ...{ symbol, name: nameOf(symbol) ?? null, tonnes: taken, buyPrice: price },
          marginPerTonne: payment === null ? null : payment - price,
        };
      });
      return [{ ...presenter.station(station), ...legAnswer(leg), goods: bought }];
    }),
    back: legAnswer(back),
  };
}

function legAnswer({ distanceLy, jumps, seconds, isGuess }: PlannedLoad['back']) {
  return { distanceLy, jumps, seconds: Math.round(seconds), guess: isGuess };
}

function rate(tonnes: number, seconds: number): number {
  return Math.round((tonnes / seconds) * 6_000) / 100;
}
