import { z } from 'zod';
import type { Side } from '../../../../domain/galaxy/quotes.ts';
import type { HttpApp } from '../../app.ts';
import { parse, whileThere } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { Goods, type Good } from '../../api/goods.ts';
import { addManners, answerStoreError, type ApiOptions } from '../../api/manners.ts';
import { openToAllOrigins } from '../../origins.ts';
import { lookUp, NotFound, offerRows, profilesOf } from './lookups.ts';
import { commodityQuery, GALAXY, SEARCH_RESULTS, tradeFilter, within } from './parameters.ts';
import { commodityRow, stationRow, systemRow } from './rows.ts';
import { statisticsRoutes } from './statistics.ts';
import { systemRoutes } from './systems.ts';

const marketId = z.object({ marketId: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });

/** Its program serves the one, its public host the other. */
const BASES = ['/api/v2', '/v2'] as const;

interface Named {
  readonly name: string;
}

/**
 * Ardent's API v2, so that its clients work by changing the base address: its names, parameters, limits and shapes.
 * docs/api.md tells the differences.
 */
export function ardentRoutes(app: HttpApp, options: ApiOptions): void {
  for (const base of BASES) {
    openToAllOrigins(app, base, async (scope) => {
      await addManners(scope, options);
      addRoutes(scope, options);
    });
  }
}

function addRoutes(app: HttpApp, deps: ApiOptions): void {
  const { queries } = deps;
  const goods = new Goods(deps);

  app.setErrorHandler<Error>((error, _request, reply) => {
    if (!(error instanceof ApiError)) return answerStoreError(error, reply);
    const { statusCode, message } = error;
    return reply.code(statusCode).send({ error: statusCode === 404 ? 'Not Found' : 'Bad Request', message });
  });
  app.addHook('preHandler', (_request, reply, done) => whileThere(reply.raw, done));
  app.addHook('onSend', async (_request, reply) => {
    if (reply.statusCode === 200) void reply.header('cache-control', 'public, max-age=60');
    return Promise.resolve();
  });

  statisticsRoutes(app, deps, goods);
  systemRoutes(app, deps, goods);

  async function find(name: string): Promise<Good> {
    const good = await goods.findIfAny(name);
    if (good === null) throw new NotFound('Commodity not found');
    return good;
  }

  for (const [path, side] of [
    ['imports', 'demand'],
    ['exports', 'supply'],
  ] as const satisfies readonly (readonly [string, Side])[]) {
    app.get<{ Params: Named }>(`/commodity/name/:name/${path}`, async ({ params, query }) => {
      const asked = parse(commodityQuery, query);
      const good = await goods.findIfAny(params.name);
      if (good === null) return [];
      const { systemAddress, systemName, maxDistance } = asked;
      const identifier = systemAddress ?? systemName;
      const around =
        identifier === undefined
          ? null
          : (await lookUp(queries, systemAddress === undefined ? 'name' : 'address', identifier)).system;
      const reach = maxDistance === undefined ? Infinity : Math.min(maxDistance, GALAXY.maxDistance);
      const page = await queries.trades(
        good.commodityId,
        { ...tradeFilter(side, asked, deps.now()), ...(around !== null && { near: within(around, reach) }) },
        { limit: GALAXY.results, after: null },
      );
      return offerRows(queries, good, page.entries);
    });
  }

  async function market(params: unknown) {
    const { marketId: id } = parse(marketId, params);
    const [[found], profiles] = await Promise.all([queries.markets([id]), queries.profiles([id])]);
    if (found === undefined) return [];
    const known = await goods.of([found]);
    return found.rows.flatMap((row) => {
      const good = known.get(row.itemId);
      return good === undefined ? [] : [{ row: commodityRow(found.station, profiles, good, row), good }];
    });
  }

  app.get('/market/:marketId', async ({ params }) => {
    const [found] = await queries.markets([parse(marketId, params).marketId]);
    if (found === undefined) throw new NotFound('Market not found');
    return stationRow(found.station, await profilesOf(queries, [found.station]));
  });

  app.get('/market/:marketId/commodities', async ({ params }) => {
    const rows = await market(params);
    if (rows.length === 0) throw new NotFound('Market not found');
    return rows.map(({ row }) => row).sort((a, b) => (a.commodityName < b.commodityName ? -1 : 1));
  });

  app.get<{ Params: Named }>('/market/:marketId/commodity/name/:name', async ({ params }) => {
    const good = await find(params.name);
    const found = (await market(params)).find((each) => each.good.commodityId === good.commodityId);
    if (found === undefined) throw new NotFound('Market and/or commodity not found');
    return found.row;
  });

  app.get<{ Params: Named }>('/search/system/name/:name', async ({ params }) => {
    const { entries } = await queries.systemsByPrefix(params.name, SEARCH_RESULTS, null);
    const names = new Map<string, number>();
    for (const { name } of entries) names.set(name.toLowerCase(), (await queries.systemsNamed(name)).length);
    return entries.map((system) => ({
      ...systemRow(system),
      ...((names.get(system.name.toLowerCase()) ?? 0) > 1 && { ambiguous: true }),
    }));
  });

  app.get<{ Params: Named }>('/search/station/name/:name', async ({ params }) => {
    const { entries } = await queries.stationsByPrefix(params.name, SEARCH_RESULTS, null);
    const profiles = await profilesOf(queries, entries);
    return entries.map((station) => stationRow(station, profiles));
  });
}
