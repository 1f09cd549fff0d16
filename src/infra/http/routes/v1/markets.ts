import { z } from 'zod';
import type { MarketRecord } from '../../../../domain/ports/store/queries.ts';
import { listOf, market, marketRow, Presenter, quoteAnswer, rowAnswer, station } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { goodOf, type Goods } from '../../api/goods.ts';
import * as parameters from '../../api/parameters.ts';
import { oneMarket, resolveSystem } from '../../api/places.ts';

/** As many as may be asked for by their ids. */
const ofSystem = parameters.whole(1, 100).default(100).describe('Markets of a page');

const several = z.object({ at: z.string(), entries: z.array(market) });

/** Whole markets: one, many by id, all of a system. */
export function marketRoutes(api: Api, deps: ApiDeps, goods: Goods): void {
  const { queries } = deps;

  async function answerer(records: readonly MarketRecord[], presenter: Presenter) {
    const known = await goods.of(records);
    return (record: MarketRecord) => ({
      ...presenter.station(record.station),
      rows: record.rows.map((each) => rowAnswer(goodOf(known, each.itemId), each)),
    });
  }

  api.get({
    path: '/markets/{marketId}',
    summary: 'One market, every good it trades',
    params: z.object({ marketId: parameters.marketId }),
    query: z.strictObject({}),
    answer: market.extend({ at: z.string() }),
    maxAgeS: 5,
    async handle({ params: { marketId } }) {
      const presenter = new Presenter(deps);
      const record = await oneMarket(queries, marketId);
      const answer = await answerer([record], presenter);
      return { at: presenter.at, ...answer(record) };
    },
  });

  api.get({
    path: '/markets/{marketId}/commodities/{commodity}',
    summary: 'The latest prices of one good at one market',
    params: z.object({ marketId: parameters.marketId, commodity: z.string().min(1).max(128) }),
    query: z.strictObject({}),
    answer: marketRow.extend({ at: z.string(), marketId: z.int(), ...ageShape() }),
    maxAgeS: 5,
    async handle({ params: { marketId, commodity: named } }) {
      const good = await goods.find(named);
      const presenter = new Presenter(deps);
      const record = await oneMarket(queries, marketId);
      const found = record.rows.find(({ itemId }) => itemId === good.commodityId);
      if (found === undefined) {
        throw new ApiError(
          404,
          `${record.station.name} does not trade ${good.name}`,
          presenter.age(record.atS),
        );
      }
      return { at: presenter.at, marketId, ...good, ...quoteAnswer(found), ...presenter.age(record.atS) };
    },
  });

  api.get({
    path: '/markets',
    summary: 'Many markets at once, in the order asked for; what does not exist is left out',
    params: NO_PARAMS,
    query: z.strictObject({ ids: parameters.marketIds }),
    answer: several,
    maxAgeS: 5,
    async handle({ query: { ids } }) {
      const presenter = new Presenter(deps);
      const markets = await queries.markets(ids);
      const answer = await answerer(markets, presenter);
      return { at: presenter.at, entries: markets.map(answer) };
    },
  });

  api.get({
    path: '/systems/{system}/markets',
    summary: 'Every market of a system, seen last first',
    params: z.object({ system: parameters.place }),
    query: z.strictObject({ limit: ofSystem, cursor: parameters.cursor.optional() }),
    answer: listOf(market),
    maxAgeS: 5,
    async handle({ params, query: { limit, cursor = null } }) {
      const { id } = await resolveSystem(queries, params.system);
      const page = await queries.freshness(
        { systemId: id, neverSeen: 'excluded', sort: 'newest' },
        { limit, after: cursor },
      );
      const presenter = new Presenter(deps);
      const markets = await queries.markets(page.entries.map((each) => each.station.id));
      const answer = await answerer(markets, presenter);
      return {
        at: presenter.at,
        total: page.total,
        next: parameters.writeCursor(page.next),
        entries: markets.map(answer),
      };
    },
  });
}

function ageShape() {
  const { marketObservedAt, marketAgeS } = station.shape;
  return { marketObservedAt, marketAgeS };
}
