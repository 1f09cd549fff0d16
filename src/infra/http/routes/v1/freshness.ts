import { z } from 'zod';
import type { FoundStation, Page } from '../../../../domain/ports/queries.ts';
import { listOf, Presenter, station } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { route, searchParameters, stationFilter } from '../../api/filters.ts';
import * as parameters from '../../api/parameters.ts';

const entry = station.extend({ distanceLy: z.number().nullable() });

/** How fresh markets are: what is stale, what came last. */
export function freshnessRoutes(api: Api, deps: ApiDeps): void {
  const { queries } = deps;

  const answer = (page: Page<FoundStation>) => {
    const presenter = new Presenter(deps);
    return {
      at: presenter.at,
      total: page.total,
      next: parameters.writeCursor(page.next),
      entries: page.entries.map(({ station: each, distanceLy }) => ({
        ...presenter.station(each),
        distanceLy,
      })),
    };
  };

  api.get({
    path: '/freshness/stale',
    summary: 'Markets that nobody has seen for a while, oldest first',
    description:
      'Around a place (`near`, `within`) or along a route (`along`, `within` of any of its systems), else everywhere. ' +
      'Construction sites are left out.',
    params: NO_PARAMS,
    query: z.strictObject({
      ...searchParameters(50),
      along: parameters.places.optional(),
      olderThan: parameters.durationS.default(86_400).describe('Not seen for this long'),
      neverSeen: z
        .enum(['included', 'only', 'excluded'])
        .default('included')
        .describe('Markets that nobody has seen yet: among the others as the oldest, only they, or none'),
      groups: parameters.groups.optional(),
      sort: z.enum(['oldest', 'distance']).default('oldest'),
      limit: parameters.limit,
      cursor: parameters.cursor.optional(),
    }),
    answer: listOf(entry).extend({ olderThanS: z.int() }),
    maxAgeS: 10,
    async handle({ query }) {
      const { near, along, within, olderThan: olderThanS, neverSeen, sort, limit, cursor = null } = query;
      if (near !== undefined && along !== undefined)
        throw new ApiError(400, 'give `near` or `along`, not both');
      const filter = await stationFilter(deps, query);
      const page = await queries.freshness(
        {
          ...filter,
          exceptGroups: ['construction'],
          ...(along !== undefined && { along: await route(queries, along), alongWithinLy: within }),
          seenBeforeS: Math.floor(deps.now() / 1000) - olderThanS,
          ...{ neverSeen, sort },
        },
        { limit, after: cursor },
      );
      return { olderThanS, ...answer(page) };
    },
  });

  api.get({
    path: '/freshness/recent',
    summary: 'Markets that were seen last, newest first',
    params: NO_PARAMS,
    query: z.strictObject({
      ...searchParameters(50),
      carriers: parameters.stationConditions.carriers.default('included'),
      limit: parameters.limit,
      cursor: parameters.cursor.optional(),
    }),
    answer: listOf(entry),
    maxAgeS: 2,
    async handle({ query }) {
      const filter = await stationFilter(deps, query);
      const page = await queries.freshness(
        { ...filter, neverSeen: 'excluded', sort: 'newest' },
        { limit: query.limit, after: query.cursor ?? null },
      );
      return answer(page);
    },
  });
}
