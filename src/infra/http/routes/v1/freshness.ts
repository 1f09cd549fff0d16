import { z } from 'zod';
import { foundStation, listOf, Presenter } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { maxAge, route, searchParameters, seenAfter, seenBefore, stationFilter } from '../../api/filters.ts';
import * as parameters from '../../api/parameters.ts';

/** Seconds that part the ages of markets. */
const AGE_BOUNDS_S = [900, 3_600, 6 * 3_600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400];

const staleMarket = foundStation.extend({
  moreInSystem: z.int().min(0).describe('Others of this system in the whole list'),
});

/** How fresh markets are: what is stale, what came last. */
export function freshnessRoutes(api: Api, deps: ApiDeps): void {
  const { queries } = deps;

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
      maxAge,
      groups: parameters.groups.optional(),
      sort: z.enum(['oldest', 'distance']).default('oldest'),
      limit: parameters.limit,
      cursor: parameters.cursor.optional(),
    }),
    answer: listOf(staleMarket).extend({ olderThanS: z.int() }),
    maxAgeS: 10,
    searches: true,
    async handle({ query }) {
      const { near, along, within, olderThan: olderThanS, neverSeen, sort, limit, cursor = null } = query;
      if (near !== undefined && along !== undefined)
        throw new ApiError(400, 'give `near` or `along`, not both');
      if (sort === 'distance' && near === undefined && along === undefined)
        throw new ApiError(400, 'sort: distance needs `near` or `along`');
      const filter = await stationFilter(deps, query);
      const page = await queries.freshness(
        {
          ...filter,
          ...seenAfter(deps, query.maxAge),
          exceptGroups: ['construction'],
          ...(along !== undefined && { along: await route(queries, along), alongWithinLy: within }),
          ...seenBefore(deps, olderThanS),
          ...{ neverSeen, sort },
        },
        { limit, after: cursor },
      );
      const told = new Presenter(deps).stations(page);
      const entries = told.entries.map((each, at) => ({
        ...each,
        moreInSystem: page.entries[at]?.moreInSystem ?? 0,
      }));
      return { olderThanS, ...told, entries };
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
    answer: listOf(foundStation),
    maxAgeS: 2,
    searches: true,
    async handle({ query }) {
      const filter = await stationFilter(deps, query);
      const page = await queries.freshness(
        { ...filter, neverSeen: 'excluded', sort: 'newest' },
        { limit: query.limit, after: query.cursor ?? null },
      );
      return new Presenter(deps).stations(page);
    },
  });

  api.get({
    path: '/freshness/histogram',
    summary: 'How many markets have which age',
    description: 'Construction sites are left out.',
    params: NO_PARAMS,
    query: z.strictObject(searchParameters(50)),
    answer: z.object({
      at: z.iso.datetime(),
      total: z.int().describe('Markets of all ages, and those that nobody has seen'),
      neverSeen: z.int(),
      ages: z.array(
        z.object({
          fromS: z.int().describe('More than so many seconds old'),
          toS: z.int().nullable().describe('At most so many; null: any number'),
          markets: z.int(),
        }),
      ),
    }),
    maxAgeS: 10,
    searches: true,
    async handle({ query }) {
      const filter = { ...(await stationFilter(deps, query)), exceptGroups: ['construction'] as const };
      const presenter = new Presenter(deps);
      const nowS = Math.floor(deps.now() / 1000);
      const { seen, neverSeen } = await queries.ages(
        filter,
        AGE_BOUNDS_S.map((ageS) => nowS - ageS),
      );
      const ages = seen.map((markets, at) => ({
        fromS: at === 0 ? 0 : (AGE_BOUNDS_S[at - 1] ?? 0),
        toS: AGE_BOUNDS_S[at] ?? null,
        markets,
      }));
      const total = seen.reduce((sum, markets) => sum + markets, neverSeen);
      return { at: presenter.at, total, neverSeen, ages };
    },
  });
}
