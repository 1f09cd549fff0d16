import { z } from 'zod';
import type { StationRecord } from '../../../domain/ports/store/queries.ts';
import type { ScoutTours } from '../../../domain/ports/commanders/scout-tours.ts';
import { describeTour } from '../../../domain/tours/describe-tour.ts';
import { findStale, stopAt } from '../../../domain/tours/scout.ts';
import { crew, ENDED, type TourMarket } from '../../../domain/tours/scout-tour.ts';
import { commanders, resolveCommanders } from '../api/commanders.ts';
import type { TourDeps } from '../api/deps.ts';
import { ApiError } from '../api/errors.ts';
import { answerStoreError } from '../api/manners.ts';
import { refuse, type HttpApp } from '../app.ts';
import { scoutQuery, scoutRequest } from './v1/tours.ts';

const TOURS = '/api/v1/tours';

const byId = z.strictObject({ id: z.string().max(64) });

/** What is asked for as in `/tours/plan`, and kept. */
const order = scoutQuery.extend({
  share: z.boolean().default(false).describe('Also markets that another tour has'),
});

const crewChange = z.strictObject({
  join: commanders.optional(),
  leave: z.array(z.string()).max(20).default([]),
  jumpRange: scoutQuery.shape.jumpRange,
});

/** Tours that are flown. Where commanders are is not public: everything takes a token. */
export function keptTourRoutes(app: HttpApp, deps: TourDeps & { readonly tours: ScoutTours }): void {
  const { tours, queries } = deps;
  const config = { requires: 'tours' } as const;

  app.setErrorHandler<Error>((error, _request, reply) => {
    if (error instanceof ApiError) return refuse(reply, error.statusCode, error.message);
    return answerStoreError(error, reply);
  });

  app.get(TOURS, { config }, () => ({ entries: tours.list().map(describeTour) }));

  app.get(`${TOURS}/:id`, { config, schema: { params: byId } }, ({ params: { id } }) =>
    describeTour(known(id)),
  );

  app.post(TOURS, { config, schema: { body: order } }, async ({ body, tokenName }, reply) => {
    const request = await scoutRequest(deps, body);
    const names = request.commanders.map(({ name }) => name);
    const flown = flownBy(names);
    if (flown !== undefined) return describeTour(flown);
    const exclude = body.share ? request.exclude : request.exclude.union(tours.busyMarkets());
    const found = await findStale(queries, { ...request, exclude });
    // Somebody may have asked for the same meanwhile; from here to the offer nothing is awaited.
    const sameNow = flownBy(names);
    if (sameNow !== undefined) return describeTour(sameNow);
    const taken = body.share ? new Set<number>() : tours.busyMarkets();
    const stations = found.stations.filter(({ id }) => !taken.has(id));
    if (stations.length === 0)
      throw new ApiError(404, 'no market is stale there that nobody is on the way to');
    const { strategy, returns, seed, timeLimitMs } = request;
    const tour = await tours.offer({
      ...{ madeBy: tokenName, strategy, returns, seed, timeLimitMs },
      ...{ commanders: request.commanders, markets: stations.map(marketOf) },
    });
    return reply.code(201).send(describeTour(tour));
  });

  app.post(
    `${TOURS}/:id/commanders`,
    { config, schema: { params: byId, body: crewChange } },
    async ({ params: { id }, body }) => {
      const tour = known(id);
      if (ENDED.has(tour.state)) throw new ApiError(400, `tour ${id} has ended: ${tour.state}`);
      const join = body.join === undefined ? [] : await resolveCommanders(queries, body.join, body.jumpRange);
      for (const { name } of join) {
        const other = tours.tourOf(name);
        if (other !== undefined && other.id !== id) throw busy(name, other.id);
      }
      const leaving = new Set(body.leave.map((name) => name.toLowerCase()));
      const stays = crew(tour).some(({ name }) => !leaving.has(name.toLowerCase()));
      if (!stays && join.length === 0) {
        throw new ApiError(400, 'nobody would be left: let somebody join, or withdraw the tour');
      }
      return describeTour((await tours.reconfigure(id, { join, leave: body.leave })) ?? tour);
    },
  );

  app.delete(`${TOURS}/:id`, { config, schema: { params: byId } }, async ({ params: { id } }) => {
    const tour = known(id);
    return describeTour((await tours.withdraw(id)) ?? tour);
  });

  function known(id: string) {
    const tour = tours.get(id);
    if (tour === undefined) throw new ApiError(404, `there is no tour ${id}`);
    return tour;
  }

  /** The same question again gives the same tour. @throws ApiError: one of them flies another one */
  function flownBy(names: readonly string[]) {
    const flown = names.map((name) => ({ name, tour: tours.tourOf(name) }));
    const [first] = flown;
    const isSame =
      first?.tour !== undefined &&
      flown.every(({ tour }) => tour === first.tour) &&
      crew(first.tour).length === names.length;
    if (isSame) return first.tour;
    const taken = flown.find(({ tour }) => tour !== undefined);
    if (taken?.tour !== undefined) throw busy(taken.name, taken.tour.id);
    return undefined;
  }
}

function busy(name: string, id: string): ApiError {
  return new ApiError(400, `${name} flies tour ${id}: let him leave it, or withdraw it`);
}

function marketOf(station: StationRecord): TourMarket {
  const { name, system } = station;
  return { ...stopAt(station), name, systemName: system.name, doneAtS: null, assignments: [] };
}
