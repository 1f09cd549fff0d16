import { z } from 'zod';
import type { Side } from '../../../../domain/galaxy/quotes.ts';
import { commodity, listOf, offer, Presenter, quoteAnswer, spread, spreadAnswer } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import {
  defined,
  maxAge,
  searchParameters,
  seenAfter,
  seenBefore,
  stationFilter,
} from '../../api/filters.ts';
import type { Goods } from '../../api/goods.ts';
import * as parameters from '../../api/parameters.ts';

const named = z.object({ commodity: z.string().min(1).max(128).describe('Symbol, name or id of a good') });

/** What is fresh where nothing else is asked. */
const FRESH = '7d';

const price = parameters.whole(0, 2_000_000_000).optional();

/** Goods: all of them, prices of one, who sells and who buys it. */
export function commodityRoutes(api: Api, deps: ApiDeps, goods: Goods): void {
  const { queries } = deps;

  api.get({
    path: '/commodities',
    summary: 'All goods',
    params: NO_PARAMS,
    query: z.strictObject({}),
    answer: z.object({ at: z.string(), entries: z.array(commodity) }),
    maxAgeS: 60,
    async handle() {
      const all = await goods.all();
      return { at: new Presenter(deps).at, entries: [...all.values()] };
    },
  });

  api.get({
    path: '/commodities/{commodity}',
    summary: 'A good and its prices over all fresh markets, or over those around a place',
    description: 'Markets without stock (or demand) do not count.',
    params: named,
    query: z.strictObject({ ...searchParameters(50), maxAge: parameters.durationS.default(7 * 86_400) }),
    answer: commodity.extend({
      at: z.string(),
      maxAgeS: z.int().describe('Markets that were seen within this time are fresh'),
      supply: spread.nullable().describe('Where it is sold; null: nowhere'),
      demand: spread.nullable().describe('Where it is bought; null: nowhere'),
    }),
    maxAgeS: 30,
    searches: true,
    async handle({ params, query: { maxAge: maxAgeS, ...query } }) {
      const good = await goods.find(params.commodity);
      const filter = await stationFilter(deps, query);
      const { supply, demand } = await queries.prices(good.commodityId, {
        ...filter,
        ...seenAfter(deps, maxAgeS),
      });
      const { at } = new Presenter(deps);
      return { at, ...good, maxAgeS, supply: spreadAnswer(supply), demand: spreadAnswer(demand) };
    },
  });

  for (const [path, side, summary] of [
    ['sellers', 'supply', 'Who sells a good: cheapest, nearest or freshest first'],
    ['buyers', 'demand', 'Who buys a good: best paying, nearest or freshest first'],
  ] as const satisfies readonly (readonly [string, Side, string])[]) {
    api.get({
      path: `/commodities/{commodity}/${path}`,
      summary,
      description: `Without \`near\` in the whole galaxy. Only prices seen within \`maxAge\` (${FRESH} unless told otherwise).`,
      params: named,
      query: z.strictObject({
        ...searchParameters(50),
        minUnits: parameters
          .whole(0, 2_000_000_000)
          .default(1)
          .describe('Tonnes in stock, or wanted, at least'),
        minPrice: price,
        maxPrice: price,
        maxAge: parameters.durationS.default(7 * 86_400).describe(maxAge.description ?? ''),
        olderThan: parameters.durationS.optional().describe('Only prices not seen for this long'),
        sort: z.enum(['price', 'distance', 'age']).default('price').describe('distance needs `near`'),
        limit: parameters.limit,
        cursor: parameters.cursor.optional(),
      }),
      answer: listOf(offer).extend({ commodity, maxAgeS: z.int() }),
      maxAgeS: 10,
      searches: true,
      async handle({ params, query }) {
        const good = await goods.find(params.commodity);
        const {
          minUnits,
          minPrice,
          maxPrice,
          olderThan,
          sort,
          limit,
          cursor = null,
          maxAge: maxAgeS,
        } = query;
        if (sort === 'distance' && query.near === undefined)
          throw new ApiError(400, 'sort: distance needs `near`');
        const filter = {
          ...(await stationFilter(deps, query)),
          ...seenAfter(deps, maxAgeS),
          ...seenBefore(deps, olderThan),
          ...defined({ minPrice, maxPrice }),
          ...{ side, minUnits, sort },
        };
        const page = await queries.trades(good.commodityId, filter, { limit, after: cursor });
        const presenter = new Presenter(deps);
        return {
          at: presenter.at,
          commodity: good,
          maxAgeS,
          total: page.total,
          next: parameters.writeCursor(page.next),
          entries: page.entries.map(({ station: each, quote: offered, distanceLy }) => ({
            ...presenter.station(each),
            ...quoteAnswer(offered),
            distanceLy,
          })),
        };
      },
    });
  }
}
