import type { HttpApp } from '../../app.ts';
import type { TourDeps } from '../../api/deps.ts';
import { Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { Goods } from '../../api/goods.ts';
import { addManners, answerStoreError, type ApiOptions } from '../../api/manners.ts';
import { openApi } from '../../api/openapi.ts';
import { openToAllOrigins } from '../../origins.ts';
import { changeRoutes } from './changes.ts';
import { commodityRoutes } from './commodities.ts';
import { docsPage } from './docs-page.ts';
import { freshnessRoutes } from './freshness.ts';
import { historyRoutes } from './history.ts';
import { hopRoutes } from './hops.ts';
import { mapRoutes } from './map.ts';
import { marketRoutes } from './markets.ts';
import { spreadRoutes } from './spreads.ts';
import { stationRoutes } from './stations.ts';
import { streamRoutes } from './stream.ts';
import { systemRoutes } from './systems.ts';
import { tourRoutes } from './tours.ts';

const API_BASE = '/api/v1';

/** The query API under `/api/v1`, its description and a readable page of it. */
export function apiRoutes(app: HttpApp, options: ApiOptions & TourDeps): void {
  openToAllOrigins(app, API_BASE, async (scope) => {
    await addManners(scope, options);
    scope.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
      if (error instanceof ApiError) {
        return reply.code(error.statusCode).send({ error: error.message, ...error.facts });
      }
      return answerStoreError(error, reply);
    });

    const described = options.described ?? [];
    const api = new Api(scope, described);
    const goods = new Goods(options);
    systemRoutes(api, options);
    stationRoutes(api, options);
    marketRoutes(api, options, goods);
    commodityRoutes(api, options, goods);
    historyRoutes(api, options, goods, options.history ?? null);
    hopRoutes(api, options, goods);
    spreadRoutes(api, options, goods);
    freshnessRoutes(api, options);
    mapRoutes(api, options, goods);
    tourRoutes(api, options);
    if (options.push !== undefined) {
      changeRoutes(api, options, options.push);
      streamRoutes(scope, { ...options, push: options.push }, goods);
    }

    // Made when somebody asks: it takes a tenth of the time in which the daemon starts, and others describe themselves beside it.
    let description: object | undefined;
    scope.get('/openapi.json', (_request, reply) => {
      description ??= openApi(described, API_BASE, options.version);
      return reply.header('cache-control', 'public, max-age=300').send(description);
    });
    docsPage(scope, API_BASE);
  });
}
