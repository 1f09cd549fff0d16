import { z } from 'zod';
import { STRATEGIES, type PlannedTour } from '../../../../domain/tours/plan.ts';
import { planScout, type ScoutPlan, type ScoutRequest } from '../../../../domain/tours/scout.ts';
import type { Commander } from '../../../../domain/tours/travel-problem.ts';
import { Presenter, station } from '../../api/answers.ts';
import { commanders as commanderTexts, resolveCommanders } from '../../api/commanders.ts';
import type { TourDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { route, searchParameters, seenBefore, stationFilter } from '../../api/filters.ts';
import * as parameters from '../../api/parameters.ts';

/** Names of strategies, with what others call the solver. */
const STRATEGY_NAMES = [...STRATEGIES, 'ortools'] as const;

/** Which stale markets, and who looks at them: of a question, and of a tour that is kept. */
export const scoutQuery = z.strictObject({
  commanders: commanderTexts,
  ...searchParameters(60),
  along: parameters.places.optional(),
  megaships: z.enum(['included', 'excluded']).default('excluded').describe('They fly elsewhere and vanish'),
  groups: parameters.groups.optional(),
  olderThan: parameters.durationS.default(86_400).describe('Not seen for this long'),
  neverSeen: z.enum(['included', 'only', 'excluded']).default('included'),
  markets: parameters.marketIds
    .optional()
    .describe('Only these market ids, those of them that are stale, wherever they are'),
  exclude: parameters.marketIds.optional().describe('Market ids that are left to others'),
  sort: z
    .enum(['oldest', 'distance'])
    .default('oldest')
    .describe('Which are taken where there are more than `stops`'),
  stops: parameters.whole(1, 500).default(60).describe('Markets of all tours together at most'),
  strategy: z.enum(STRATEGY_NAMES).default('vrp').describe('How markets are dealt out; `ortools` is `vrp`'),
  jumpRange: z.coerce.number().min(1).max(500).default(20).describe('Light years, of those who give none'),
  return: z.union([z.boolean(), z.stringbool()]).default(false).describe('Tours end where they started'),
  seed: parameters.whole(0, 2 ** 32 - 1).default(42),
  timeLimit: z.coerce.number().min(0.1).max(5).default(2).describe('Seconds the solver may take'),
});

/** @throws ApiError: a place or commander that makes no sense */
export async function scoutRequest(
  deps: TourDeps,
  query: z.output<typeof scoutQuery>,
): Promise<ScoutRequest> {
  const { near, along, within, megaships, neverSeen, sort, seed } = query;
  const { queries, travelTimes: times } = deps;
  if (near !== undefined && along !== undefined) throw new ApiError(400, 'give `near` or `along`, not both');
  const commanders = await resolveCommanders(queries, query.commanders, query.jumpRange);
  const filter = await stationFilter(deps, query);
  const start = commanders[0]?.start;
  return {
    filter: {
      ...filter,
      ...(near === undefined && along === undefined && start && { near: { ...start, withinLy: within } }),
      ...(along !== undefined && { along: await route(queries, along), alongWithinLy: within }),
      exceptGroups: megaships === 'included' ? ['construction'] : ['construction', 'megaship'],
      ...seenBefore(deps, query.olderThan),
      ...{ neverSeen, sort },
    },
    ...(query.markets !== undefined && { only: query.markets }),
    exclude: new Set(query.exclude),
    maxStops: query.stops,
    timeLimitMs: query.timeLimit * 1_000,
    strategy: query.strategy === 'ortools' ? 'vrp' : query.strategy,
    ...{ commanders, returns: query.return, times, seed },
  };
}

const stop = station.extend({
  distanceLy: z.number().describe('From the stop before'),
  jumps: z.int(),
  seconds: z.int().describe('From leaving the stop before until this market is read'),
  doneAfterS: z.int().describe('From the start of the tour'),
  guess: z.boolean().describe('The distance from the star is unknown, or farther than anybody has measured'),
});

const tour = z.object({
  commander: z.string(),
  jumpRangeLy: z.number(),
  seconds: z.int(),
  distanceLy: z.number(),
  jumps: z.int(),
  systems: z.array(z.string()).describe('Names in the order of the tour, to be plotted one after the other'),
  stops: z.array(stop),
});

const log = z.object({ base: z.number(), perLogLs: z.number() });

export const travelTimes = z
  .object({
    undockedToHyperspaceS: z.number(),
    hyperspaceS: z.number(),
    jumpToJumpS: z.number(),
    marketS: z.number(),
    arrivalSpaceS: log,
    arrivalPlanetaryS: log,
    sameSystemS: z.object({ space: z.number(), carrier: z.number(), planetary: z.number() }),
    routeFactor: z.number(),
    unknownLs: z.number(),
  })
  .describe('The time model; medians of one player, see docs/tours.md');

const assumptions = z.object({
  strategy: z.enum(STRATEGIES),
  seed: z.int(),
  returns: z.boolean(),
  times: travelTimes,
});

const tourPlan = z.object({
  at: z.iso.datetime(),
  olderThanS: z.int(),
  stale: z.int().describe('Markets that fit, whether they are in a tour or not'),
  seconds: z.int().describe('Of the longest tour'),
  spread: z.number().describe('How far a tour is from the mean at most, as a part of it'),
  tours: z.array(tour),
  assumptions,
});

export type TourPlanAnswer = z.output<typeof tourPlan>;

/** Who looks at which stale markets. */
export function tourRoutes(api: Api, deps: TourDeps): void {
  const { queries, planner } = deps;

  api.get({
    path: '/tours/plan',
    summary: 'Which commander looks at which stale markets, in which order',
    description:
      'Stale markets around a place or along a route (else around the first commander), each in exactly one tour, so ' +
      'that the longest tour is as short as can be. Carriers, megaships and construction sites are left out unless asked for. ' +
      'Nothing is kept of it.',
    params: NO_PARAMS,
    query: scoutQuery,
    answer: tourPlan,
    maxAgeS: 10,
    searches: true,
    async handle({ query }) {
      const request = await scoutRequest(deps, query);
      const plan = await planScout(queries, planner, request);
      const { commanders, strategy, returns, times, seed } = request;
      const presenter = new Presenter(deps);
      return {
        ...{ at: presenter.at, olderThanS: query.olderThan, stale: plan.stale },
        ...{ seconds: Math.round(plan.seconds), spread: plan.spread },
        tours: plan.tours.map((each, at) => tourAnswer(presenter, plan, each, commanders[at])),
        assumptions: { strategy, seed, returns, times },
      };
    },
  });
}

function tourAnswer(
  presenter: Presenter,
  { stations }: ScoutPlan,
  { commander, stops, seconds }: PlannedTour,
  { jumpRangeLy }: Pick<Commander, 'jumpRangeLy'> = { jumpRangeLy: 0 },
): z.input<typeof tour> {
  let doneAfterS = 0;
  const told = stops.flatMap(({ marketId, isGuess, ...leg }) => {
    const record = stations.get(marketId);
    doneAfterS += leg.seconds;
    return record === undefined
      ? []
      : [
          {
            ...{ ...presenter.station(record), ...leg, seconds: Math.round(leg.seconds) },
            ...{ doneAfterS: Math.round(doneAfterS), guess: isGuess },
          },
        ];
  });
  const names = told.map(({ systemName }) => systemName);
  return {
    ...{ commander, jumpRangeLy, seconds: Math.round(seconds) },
    distanceLy: stops.reduce((sum, each) => sum + each.distanceLy, 0),
    jumps: stops.reduce((sum, each) => sum + each.jumps, 0),
    systems: names.filter((name, at) => name !== names[at - 1]),
    stops: told,
  };
}
