import { z } from 'zod';
import type { ShoppingList } from '../../../../domain/colonisation/supply/shopping-list.ts';
import { supplyOf, type Seller } from '../../../../domain/colonisation/supply/supply.ts';
import { Presenter, quoteAnswer } from '../../api/answers.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { seenAfter, stationFilter } from '../../api/filters.ts';
import { goodsBySymbol } from '../../push/builds.ts';
import { listParameters, type ListQuery } from './asked.ts';
import type { BuildRoutes } from './deps.ts';
import * as schemas from './schemas.ts';

const shoppingAnswer = z.object({
  at: z.iso.datetime(),
  near: z.string().nullable().describe('The place that distances are from; null: it is unknown'),
  maxAgeS: z.int(),
  sites: z.array(schemas.site),
  summary: schemas.summary,
  entries: z.array(schemas.need).describe('What remains most first'),
});

export type ShoppingAnswer = z.output<typeof shoppingAnswer>;

/** What builds need, and who sells it. */
export function shoppingRoutes(api: Api, routes: BuildRoutes): void {
  const { asked, goods, present, requires, queries } = routes;

  api.get({
    path: '/colonisation/shopping-list',
    summary: 'What builds still need, less what is on carriers and aboard, and who sells it',
    description:
      'Of all open builds, those in `system`, or those that are named. Construction sites never sell.',
    params: NO_PARAMS,
    query: z.strictObject(listParameters),
    answer: shoppingAnswer,
    maxAgeS: 0,
    searches: true,
    requires,
    async handle({ query }) {
      const { all, chosen, list } = await asked.listed(query, query.capacity ?? null);
      const near =
        query.near === undefined
          ? await asked.placeOfSites(chosen)
          : await asked.placeCalled(query.near, all);
      const shown = present();
      return {
        ...{ at: shown.at, near, maxAgeS: query.maxAge },
        sites: chosen.map((site) => shown.site(site)),
        summary: summaryAnswer(list),
        entries:
          near === null
            ? list.needs.map((need) => ({ ...need, sites: [...need.sites], supply: null }))
            : await supplied(list, query, near),
      };
    },
  });

  /** What is to be bought, with who sells it. */
  async function supplied({ needs }: ShoppingList, query: ListQuery, near: string) {
    const filter = {
      ...(await stationFilter(routes, { ...query, near })),
      ...seenAfter(routes, query.maxAge),
    };
    const stations = new Presenter(routes);
    const known = await goodsBySymbol(goods);
    const offered = (seller: Seller | null, payment: number | null) =>
      seller && {
        ...stations.station(seller.station),
        ...quoteAnswer(seller.quote),
        distanceLy: seller.distanceLy,
        marginPerTonne: payment === null ? null : payment - seller.quote.supplyPrice,
      };
    return Promise.all(
      needs.map(async (entry) => {
        const need = { ...entry, sites: [...entry.sites] };
        const good = known.get(need.symbol);
        if (good === undefined || need.toBuy === 0) return { ...need, supply: null };
        const { nearest, cheapest, freshest, ...found } = await supplyOf(queries, good.commodityId, filter);
        const { payment, toBuy } = need;
        return {
          ...{ ...need, name: good.name },
          supply: {
            nearest: offered(nearest, payment),
            cheapest: offered(cheapest, payment),
            freshest: offered(freshest, payment),
            ...{ ...found, shortfall: Math.max(0, toBuy - found.stock) },
          },
        };
      }),
    );
  }
}

export function summaryAnswer({ summary }: ShoppingList) {
  const { unknownSites, unknownCarriers } = summary;
  return { ...summary, unknownSites: [...unknownSites], unknownCarriers: [...unknownCarriers] };
}
