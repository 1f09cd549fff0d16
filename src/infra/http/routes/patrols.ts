import { z } from 'zod';
import type { StationFilter } from '../../../domain/galaxy/stations/station-filter.ts';
import type { Patrols } from '../../../domain/ports/commanders/patrols.ts';
import type { ScoutTours } from '../../../domain/ports/commanders/scout-tours.ts';
import { describePatrol } from '../../../domain/tours/patrols/describe-patrol.ts';
import { MAX_PATROL_MARKETS, type PatrolOrder } from '../../../domain/tours/patrols/patrol.ts';
import { tourOfPatrol } from '../../../domain/tours/scout-tour.ts';
import { commanders, resolveCommanders } from '../api/commanders.ts';
import type { ApiDeps, TourDeps } from '../api/deps.ts';
import { parse } from '../api/endpoint.ts';
import { ApiError } from '../api/errors.ts';
import { route, searchParameters, stationFilter } from '../api/filters.ts';
import { answerStoreError } from '../api/manners.ts';
import * as parameters from '../api/parameters.ts';
import { refuse, type HttpApp } from '../app.ts';
import { scoutQuery } from './v1/tours.ts';

const PATROLS = '/api/v1/patrols';

/** Letters that no database takes for others. */
const byName = z.strictObject({
  name: z.string().regex(/^[a-z0-9._-]{1,64}$/, 'small letters, digits, ., _ and -, at most 64'),
});

const YES_NO = z.union([z.boolean(), z.stringbool()]);

/** What a patrol is ordered with. */
const patrolBody = z.strictObject({
  ...searchParameters(30),
  ...scoutQuery.pick({ along: true, megaships: true, groups: true, strategy: true, jumpRange: true }).shape,
  ...scoutQuery.pick({ seed: true, timeLimit: true }).shape,
  maxAge: parameters.durationS
    .refine((seconds) => seconds >= 600 && seconds <= 366 * 86_400, 'from 10m to 366d will do')
    .describe('No market may be older: 12h, 7d'),
  neverSeen: z.enum(['included', 'excluded']).default('included'),
  commanders: commanders.optional().describe('Who may be sent; without any it only tells what is short'),
  once: YES_NO.default(false).describe('It ends as soon as nothing is too old; else it stands'),
  share: YES_NO.default(false).describe('Also markets that another tour has'),
});

/** What a command line asks for. @throws ApiError: what makes no sense */
export function readPatrol(
  name: string,
  asked: Readonly<Record<string, string>>,
): z.output<typeof patrolBody> {
  parse(byName, { name });
  return parse(patrolBody, asked);
}

/** @throws ApiError: a place or commander that makes no sense, no market there, or too many */
export async function patrolOrderOf(
  deps: ApiDeps,
  asked: { readonly name: string; readonly madeBy: string | null },
  body: z.output<typeof patrolBody>,
): Promise<PatrolOrder> {
  const { near, along, within, megaships, neverSeen, maxAge: maxAgeS, share, seed } = body;
  const { queries } = deps;
  if ((near === undefined) === (along === undefined)) {
    throw new ApiError(400, 'say which region: give `near` or `along`, one of them');
  }
  const filter: StationFilter = {
    ...(await stationFilter(deps, body)),
    ...(along !== undefined && { along: await route(queries, along), alongWithinLy: within }),
    exceptGroups: megaships === 'included' ? ['construction'] : ['construction', 'megaship'],
  };
  const about = `within ${within} ly of ${near ?? `the route ${along?.join(', ') ?? ''}`}`;
  const { total } = await queries.freshness(
    { ...filter, neverSeen, sort: 'oldest' },
    { limit: 1, after: null },
  );
  if (total === 0) throw new ApiError(404, `there is no market ${about} that fits`);
  if (total > MAX_PATROL_MARKETS) {
    throw new ApiError(
      400,
      `${total} markets are ${about}: ${MAX_PATROL_MARKETS} at most, ask for a smaller region`,
    );
  }
  const madeAtS = Math.floor(deps.now() / 1_000);
  const crew = await resolveCommanders(queries, body.commanders ?? [], body.jumpRange);
  return {
    ...asked,
    ...{ about, filter, neverSeen, maxAgeS, share, seed, madeAtS },
    isOnce: body.once,
    commanders: crew.map((each) => ({ ...each, sinceS: madeAtS })),
    strategy: body.strategy === 'ortools' ? 'vrp' : body.strategy,
    timeLimitMs: body.timeLimit * 1_000,
  };
}

/** Patrols. Where commanders are is not public: everything takes a token. */
export function patrolRoutes(
  app: HttpApp,
  deps: TourDeps & { readonly tours: ScoutTours; readonly patrols: Patrols },
): void {
  const { tours, patrols } = deps;
  const config = { requires: 'tours' } as const;

  app.setErrorHandler<Error>((error, _request, reply) => {
    if (error instanceof ApiError) return refuse(reply, error.statusCode, error.message);
    return answerStoreError(error, reply);
  });

  app.get(PATROLS, { config }, () => ({ entries: patrols.list().map(({ order }) => told(order.name)) }));

  app.get(`${PATROLS}/:name`, { config, schema: { params: byName } }, ({ params: { name } }) => told(name));

  app.put(
    `${PATROLS}/:name`,
    { config, schema: { params: byName, body: patrolBody } },
    async ({ params: { name }, body, tokenName }, reply) => {
      const was = await patrols.put(await patrolOrderOf(deps, { name, madeBy: tokenName }, body));
      return reply.code(was === 'made' ? 201 : 200).send(told(name));
    },
  );

  app.delete(`${PATROLS}/:name`, { config, schema: { params: byName } }, async ({ params: { name } }) => {
    if (!(await patrols.remove(name))) throw noPatrol(name);
    return { name, removed: true };
  });

  function told(name: string) {
    const patrol = patrols.get(name);
    if (patrol === undefined) throw noPatrol(name);
    return describePatrol(patrol, tourOfPatrol(tours.list(), name));
  }
}

function noPatrol(name: string): ApiError {
  return new ApiError(404, `there is no patrol ${name}`);
}
