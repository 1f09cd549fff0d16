import { z } from 'zod';
import type { ApiDeps } from '../../api/deps.ts';
import { listOf, namesOf, Presenter, station, system } from '../../api/answers.ts';
import { NO_PARAMS, type Api } from '../../api/endpoint.ts';
import * as parameters from '../../api/parameters.ts';
import { resolvePlace, resolveSystem } from '../../api/places.ts';

const distanceLy = z.number();
const oneSystem = z.object({ system: parameters.place });

/** Systems: by name, by beginning, by place. */
export function systemRoutes(api: Api, deps: ApiDeps): void {
  const { queries } = deps;

  api.get({
    path: '/systems',
    summary: 'Systems whose names begin with a text, in order of their names',
    params: NO_PARAMS,
    query: z.strictObject({
      prefix: z.string().min(1).max(128),
      limit: parameters.limit,
      cursor: parameters.nameCursor.optional(),
    }),
    answer: namesOf(system),
    maxAgeS: 60,
    async handle({ query: { prefix, limit, cursor = null } }) {
      const { entries, next } = await queries.systemsByPrefix(prefix, limit, cursor);
      const presenter = new Presenter(deps);
      return {
        at: presenter.at,
        next: parameters.writeCursor(next),
        entries: entries.map((each) => presenter.system(each)),
      };
    },
  });

  api.get({
    path: '/systems/near',
    summary: 'Systems around a place, nearest first',
    params: NO_PARAMS,
    query: z.strictObject({
      near: parameters.place,
      within: parameters.within(20),
      limit: parameters.limit,
      cursor: parameters.cursor.optional(),
    }),
    answer: listOf(system.extend({ distanceLy })),
    maxAgeS: 60,
    searches: true,
    async handle({ query: { near, within, limit, cursor = null } }) {
      const place = await resolvePlace(queries, near);
      const { x, y, z } = place;
      const page = await queries.systemsNear({ x, y, z, withinLy: within }, { limit, after: cursor });
      const presenter = new Presenter(deps);
      return {
        at: presenter.at,
        total: page.total,
        next: parameters.writeCursor(page.next),
        entries: page.entries.map((each) => ({
          ...presenter.system(each.system),
          distanceLy: each.distanceLy,
        })),
      };
    },
  });

  api.get({
    path: '/systems/named/{name}',
    summary: 'All systems of a name, compared without case',
    description: 'Names repeat in the galaxy: several answers are several systems.',
    params: z.object({ name: z.string().min(1).max(128) }),
    query: z.strictObject({}),
    answer: z.object({ at: z.string(), entries: z.array(system) }),
    maxAgeS: 60,
    async handle({ params: { name } }) {
      const presenter = new Presenter(deps);
      const found = await queries.systemsNamed(name);
      return { at: presenter.at, entries: found.map((each) => presenter.system(each)) };
    },
  });

  api.get({
    path: '/systems/{system}',
    summary: 'One system, by id64 or by a name that only one has',
    params: oneSystem,
    query: z.strictObject({}),
    answer: system,
    maxAgeS: 60,
    handle: async ({ params }) => new Presenter(deps).system(await resolveSystem(queries, params.system)),
  });

  api.get({
    path: '/systems/{system}/stations',
    summary: 'The stations of a system',
    params: oneSystem,
    query: z.strictObject({ limit: parameters.limit, cursor: parameters.cursor.optional() }),
    answer: listOf(station.extend({ body: z.string().nullable().describe('Which it is at; null: unknown') })),
    maxAgeS: 10,
    async handle({ params, query: { limit, cursor = null } }) {
      const { id } = await resolveSystem(queries, params.system);
      const page = await queries.stations({ systemId: id }, { limit, after: cursor });
      const profiles = await queries.profiles(page.entries.map((each) => each.station.id));
      const presenter = new Presenter(deps);
      return {
        at: presenter.at,
        total: page.total,
        next: parameters.writeCursor(page.next),
        entries: page.entries.map((each) => ({
          ...presenter.station(each.station),
          body: profiles.get(each.station.id)?.body ?? null,
        })),
      };
    },
  });
}
