import { z } from 'zod';
import { foundStation, listOf, namesOf, Presenter, station } from '../../api/answers.ts';
import type { ApiDeps } from '../../api/deps.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import { searchParameters, stationFilter } from '../../api/filters.ts';
import * as parameters from '../../api/parameters.ts';
import { oneMarket } from '../../api/places.ts';

/** Stations: by id, by beginning, by what they offer and where. */
export function stationRoutes(api: Api, deps: ApiDeps): void {
  const { queries } = deps;

  api.get({
    path: '/stations',
    summary: 'Stations that fit, nearest first where a place is named, else in the order of their ids',
    params: NO_PARAMS,
    query: z.strictObject({
      ...searchParameters(20),
      carriers: parameters.stationConditions.carriers.default('included'),
      groups: parameters.groups.optional(),
      services: parameters.services.optional(),
      limit: parameters.limit,
      cursor: parameters.cursor.optional(),
    }),
    answer: listOf(foundStation),
    maxAgeS: 10,
    searches: true,
    async handle({ query }) {
      const filter = await stationFilter(deps, query);
      const page = await queries.stations(filter, { limit: query.limit, after: query.cursor ?? null });
      return new Presenter(deps).stations(page);
    },
  });

  api.get({
    path: '/stations/named',
    summary: 'Stations whose names begin with a text, in order of their names',
    params: NO_PARAMS,
    query: z.strictObject({
      prefix: z.string().min(1).max(128),
      limit: parameters.limit,
      cursor: parameters.nameCursor.optional(),
    }),
    answer: namesOf(station),
    maxAgeS: 60,
    async handle({ query: { prefix, limit, cursor = null } }) {
      const { entries, next } = await queries.stationsByPrefix(prefix, limit, cursor);
      const presenter = new Presenter(deps);
      return {
        at: presenter.at,
        next: parameters.writeCursor(next),
        entries: entries.map((each) => presenter.station(each)),
      };
    },
  });

  api.get({
    path: '/stations/{marketId}',
    summary: 'One station',
    params: z.object({ marketId: parameters.marketId }),
    query: z.strictObject({}),
    answer: station,
    maxAgeS: 10,
    async handle({ params: { marketId } }) {
      const found = await oneMarket(queries, marketId);
      return new Presenter(deps).station(found.station);
    },
  });
}
