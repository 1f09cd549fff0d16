import { z } from 'zod';
import { BULK_SALE_GUESS, BULK_SALES, saleOf } from '../../../../domain/galaxy/bulk-sale.ts';
import { TRAVEL_TIMES } from '../../../../domain/galaxy/travel-time.ts';
import { commodity, listOf, Presenter, station } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { noMarket, oneMarket } from '../../api/places.ts';
import { defined, seenAfter, stationFilter } from '../../api/filters.ts';
import type { Goods } from '../../api/goods.ts';
import * as parameters from '../../api/parameters.ts';

const good = commodity.extend({
  buyPrice: z.int(),
  stock: z.int(),
  sellPrice: z.int(),
  demand: z.int(),
  profit: z.int().describe('Credits a tonne; below 0: a loss'),
  returnOnInvestment: z.number().describe('Profit as a part of the price paid'),
  sale: z
    .object({
      tonnes: z.int().describe('What hold, stock and demand allow'),
      pricePart: z.number().describe('Of `sellPrice`, for every tonne; below 1 it is a guess'),
      paid: z.int(),
      earned: z.int(),
      profit: z.int(),
    })
    .nullable()
    .describe('Of a whole hold; null: `tonnes` was not given'),
});

const hop = station.extend({
  distanceLy: z.number(),
  jumps: z.int(),
  seconds: z.int().describe('From docked to docked, by the time model'),
  profitPerHour: z.number().describe('Of a tonne of the best good, flown one way'),
  profitPerLy: z.number().nullable().describe('Of a tonne of the best good; null: same system'),
  goods: z.array(good),
});

/** Goods told for each destination, the most profitable. */
const MAX_GOODS = 10;

/** Trade hops: from one station to another, or to all around. */
export function hopRoutes(api: Api, deps: ApiDeps, goods: Goods): void {
  const { queries } = deps;

  api.get({
    path: '/hops',
    summary: 'Where the goods of a market sell best',
    description:
      'To one market (`to`, of which only the age is asked), or to the markets within some light years of it.',
    params: NO_PARAMS,
    query: z.strictObject({
      from: parameters.marketId.describe('Market id where is bought'),
      to: parameters.marketId.optional().describe('Market id where is sold'),
      within: parameters.within(30),
      ...parameters.stationConditions,
      maxAge: parameters.durationS.default(7 * 86_400),
      minUnits: parameters.whole(0, 2_000_000_000).default(1).describe('Tonnes in stock and wanted at least'),
      minProfit: z.coerce.number().int().default(1).describe('Credits a tonne; below 0 shows losses, too'),
      jumpRange: z.coerce
        .number()
        .positive()
        .max(500)
        .default(20)
        .describe('Light years, with the cargo aboard'),
      tonnes: parameters.whole(1, 100_000).optional().describe('The hold: tells what it is worth, too'),
      bulkSale: z
        .enum(BULK_SALES)
        .default('flat')
        .describe(
          'What selling a hold at once does to the price: `flat` nothing; `guessed` a quarter of the demand at the whole price, ' +
            'then a straight line down to 80 % for all of it. A guess that nobody has measured. Buying has no such effect',
        ),
      sort: z.enum(['profit', 'hour', 'distance']).default('profit'),
      limit: parameters.limit,
      cursor: parameters.cursor.optional(),
    }),
    answer: listOf(hop).extend({
      from: station,
      maxAgeS: z.int(),
      considered: z.int().describe('Markets that were looked at: the nearest'),
      candidates: z.int().describe('Markets that fit; where more than considered, ask for a smaller area'),
      assumptions: z.object({
        jumpRangeLy: z.number(),
        routeFactor: z.number(),
        bulkSale: z
          .object({ isGuess: z.literal(true), wholeUpTo: z.number(), least: z.number() })
          .nullable()
          .describe('Null: prices stay, however much is sold'),
      }),
    }),
    maxAgeS: 10,
    searches: true,
    async handle({ query }) {
      const { from: fromId, to: toId, within, jumpRange: jumpRangeLy, minUnits, minProfit, sort } = query;
      if (toId === fromId) throw new ApiError(400, '`from` and `to` are the same market');
      const [origin] = await queries.markets([fromId]);
      if (origin === undefined) throw noMarket(fromId);
      if (toId !== undefined) await oneMarket(queries, toId);
      const { x, y, z: depth } = origin.station.system;
      const filter = {
        ...(await stationFilter(deps, query)),
        near: { x, y, z: depth, withinLy: within },
        ...seenAfter(deps, query.maxAge),
      };
      const page = await queries.hops(
        { fromId, ...defined({ toId }), filter, jumpRangeLy, minUnits, minProfit, sort },
        { limit: query.limit, after: query.cursor ?? null },
      );
      if (page === null) throw noMarket(fromId);
      const known = await goods.including(
        page.entries.flatMap(({ goods: carried }) => carried.map(({ itemId }) => itemId)),
      );
      const presenter = new Presenter(deps);
      return {
        at: presenter.at,
        from: presenter.station(page.from.station),
        maxAgeS: query.maxAge,
        considered: page.considered,
        candidates: page.candidates,
        assumptions: {
          ...{ jumpRangeLy, routeFactor: TRAVEL_TIMES.routeFactor },
          bulkSale: query.bulkSale === 'flat' ? null : { isGuess: true as const, ...BULK_SALE_GUESS },
        },
        total: page.total,
        next: parameters.writeCursor(page.next),
        entries: page.entries.map(({ station: to, distanceLy, jumps, seconds, goods: carried }) => {
          const best = carried[0]?.profit ?? 0;
          return {
            ...presenter.station(to),
            ...{ distanceLy, jumps },
            seconds: Math.round(seconds),
            profitPerHour: Math.round((best * 3_600) / seconds),
            profitPerLy: distanceLy === 0 ? null : best / distanceLy,
            goods: carried.slice(0, MAX_GOODS).flatMap((offered) => {
              const { itemId, stockUnits, demandUnits, ...prices } = offered;
              const named = known.get(itemId);
              const sale = query.tonnes === undefined ? null : saleOf(offered, query.tonnes, query.bulkSale);
              return named === undefined
                ? []
                : [{ ...named, ...prices, stock: stockUnits, demand: demandUnits, sale }];
            }),
          };
        }),
      };
    },
  });
}
