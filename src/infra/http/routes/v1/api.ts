import compress from '@fastify/compress';
import etag from '@fastify/etag';
import rateLimit from '@fastify/rate-limit';
import { StoreError } from '../../../../domain/errors.ts';
import type { HttpApp } from '../../app.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { Goods } from '../../api/goods.ts';
import { openApi } from '../../api/openapi.ts';
import { openToAllOrigins } from '../../origins.ts';
import { commodityRoutes } from './commodities.ts';
import { docsPage } from './docs-page.ts';
import { freshnessRoutes } from './freshness.ts';
import { hopRoutes } from './hops.ts';
import { marketRoutes } from './markets.ts';
import { spreadRoutes } from './spreads.ts';
import { stationRoutes } from './stations.ts';
import { systemRoutes } from './systems.ts';

export const API_BASE = '/api/v1';

/** Answers smaller than this are not compressed. */
const COMPRESSED_FROM_BYTES = 1_024;

export interface ApiOptions extends ApiDeps {
  /** Questions a minute that one client may ask; null: any number. */
  readonly questionsPerMinute: number | null;
  readonly version: string;
}

/** The query API under `/api/v1`, its description and a readable page of it. */
export function apiRoutes(app: HttpApp, options: ApiOptions): void {
  openToAllOrigins(app, API_BASE, async (scope) => {
    if (options.questionsPerMinute !== null) {
      await scope.register(rateLimit, {
        max: options.questionsPerMinute,
        timeWindow: '1 minute',
        errorResponseBuilder: (_request, { after }) =>
          Object.assign(new Error(`too many questions: ask again in ${after}`), { statusCode: 429 }),
      });
    }
    await scope.register(etag, { weak: true });
    await scope.register(compress, { threshold: COMPRESSED_FROM_BYTES, encodings: ['gzip', 'identity'] });
    scope.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
      if (error instanceof ApiError) {
        return reply.code(error.statusCode).send({ error: error.message, ...error.facts });
      }
      if (error instanceof StoreError) {
        return reply
          .code(503)
          .header('retry-after', '5')
          .send({ error: 'the database cannot answer now: ask again in a moment' });
      }
      throw error;
    });

    const api = new Api(scope);
    const goods = new Goods(options);
    systemRoutes(api, options);
    stationRoutes(api, options);
    marketRoutes(api, options, goods);
    commodityRoutes(api, options, goods);
    hopRoutes(api, options, goods);
    spreadRoutes(api, options, goods);
    freshnessRoutes(api, options);

    const description = openApi(api.endpoints, API_BASE, options.version);
    scope.get('/openapi.json', (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send(description),
    );
    docsPage(scope, API_BASE);
  });
}
