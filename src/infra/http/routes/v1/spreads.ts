import { z } from 'zod';
import type { BestOffer } from '../../../../domain/ports/store/queries.ts';
import { commodity, Presenter, station } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { searchParameters, seenAfter, stationFilter } from '../../api/filters.ts';
import type { Goods } from '../../api/goods.ts';
import * as parameters from '../../api/parameters.ts';

const offer = station.extend({ price: z.int(), units: z.int() });

/** The width between the cheapest seller and the best buyer of every good. */
export function spreadRoutes(api: Api, deps: ApiDeps, goods: Goods): void {
  const { queries } = deps;

  api.get({
    path: '/spreads',
    summary: 'The cheapest seller and the best buyer of every good, the widest spread first',
    params: NO_PARAMS,
    query: z.strictObject({
      ...searchParameters(50),
      maxAge: parameters.durationS.default(7 * 86_400),
      minUnits: parameters.whole(1, 2_000_000_000).default(1).describe('Tonnes in stock and wanted at least'),
    }),
    answer: z.object({
      at: z.string(),
      maxAgeS: z.int(),
      entries: z.array(
        commodity.extend({
          spread: z.int().describe('Credits a tonne; below 0: nobody pays what it costs'),
          seller: offer,
          buyer: offer,
        }),
      ),
    }),
    maxAgeS: 60,
    searches: true,
    async handle({ query }) {
      const { minUnits, maxAge: maxAgeS } = query;
      const filter = { ...(await stationFilter(deps, query)), ...seenAfter(deps, maxAgeS), minUnits };
      const found = await queries.spreads(filter);
      const known = await goods.including(found.map(({ itemId }) => itemId));
      const presenter = new Presenter(deps);
      const side = ({ station: at, price, units }: BestOffer) => ({ ...presenter.station(at), price, units });
      return {
        at: presenter.at,
        maxAgeS,
        entries: found.flatMap(({ itemId, ask, bid, spread }) => {
          const good = known.get(itemId);
          return good === undefined ? [] : [{ ...good, spread, seller: side(ask), buyer: side(bid) }];
        }),
      };
    },
  });
}
