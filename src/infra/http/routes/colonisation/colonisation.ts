import { z } from 'zod';
import { galaxySites } from '../../../../domain/colonisation/book/galaxy-sites.ts';
import { closeFinished } from '../../../../domain/colonisation/book/finished.ts';
import type { Site } from '../../../../domain/colonisation/book/site.ts';
import { Api, NO_PARAMS } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { Goods } from '../../api/goods.ts';
import { addManners, answerStoreError } from '../../api/manners.ts';
import * as parameters from '../../api/parameters.ts';
import type { HttpApp } from '../../app.ts';
import { ColonisationPresenter } from './answers.ts';
import { Asked, isIn, isOf, oneSite, STATES } from './asked.ts';
import type { BuildRoutes, ColonisationDeps } from './deps.ts';
import { planRoutes } from './plan.ts';
import * as schemas from './schemas.ts';
import { shoppingRoutes } from './shopping.ts';

const sitesQuery = z.strictObject({
  system: z.string().max(128).optional().describe('Only in this system, by name or id64'),
  state: z.enum(STATES).default('open').describe('`open` is planned or building'),
  source: z
    .enum(['journals', 'galaxy', 'all'])
    .optional()
    .describe(
      'Who tells of them: journals, the galaxy alone (feed and dump), or either. In a `system` either, else journals',
    ),
  limit: parameters.limit.describe('Those of the galaxy at most'),
});

/** Builds, carriers and cargo that journals tell of. They are somebody's: a token is needed, unless the operator opens them. */
export function colonisationRoutes(app: HttpApp, deps: ColonisationDeps): void {
  const { colonisation, queries, isPublic } = deps;
  const requires = isPublic ? undefined : 'journal';
  const present = () => new ColonisationPresenter(deps.now(), colonisation.commanders());

  void app.register(
    async (scope) => {
      await addManners(scope, deps);
      scope.setErrorHandler<Error>((error, _request, reply) => {
        if (!(error instanceof ApiError)) return answerStoreError(error, reply);
        return reply.code(error.statusCode).send({ error: error.message, ...error.facts });
      });
      const api = new Api(scope, deps.described ?? []);
      const asked = new Asked(deps);
      const shared: BuildRoutes = { ...deps, asked, goods: new Goods(deps), present, requires };
      const own = { requires, maxAgeS: 0 } as const;
      const at = z.iso.datetime().describe('Of this answer; ages count back from here');

      api.get({
        ...{ path: '/colonisation/sites', params: NO_PARAMS, query: sitesQuery, ...own },
        summary: 'What is being built',
        answer: z.object({
          at,
          entries: z.array(schemas.site),
        }),
        async handle({ query }) {
          const { system, state, source = system === undefined ? 'journals' : 'all' } = query;
          const told = await asked.sites();
          const systems = system === undefined ? null : await systemsCalled(system);
          const galaxy = source === 'journals' ? [] : await galaxySites(queries, systems, query.limit);
          const known = new Set(told.map(({ marketId }) => marketId));
          const others = galaxy.filter(({ marketId }) => !known.has(marketId));
          const ours = source === 'galaxy' ? [] : told.filter((site) => isIn(site, system));
          const found = [...ours, ...(await closeFinished(queries, others))];
          const shown = present();
          const entries = found.filter((site) => isOf(site, state)).sort(byName);
          return {
            at: shown.at,
            entries: entries.map((site) =>
              shown.site(site, known.has(site.marketId) ? 'journals' : 'galaxy'),
            ),
          };
        },
      });

      api.get({
        ...{ path: '/colonisation/sites/{site}', query: NO_PARAMS, ...own },
        summary: 'One build, with every good and who has delivered how much',
        params: z.strictObject({ site: z.string().max(128).describe('Market id or name') }),
        answer: schemas.wholeSite.extend({ at }),
        async handle({ params }) {
          const shown = present();
          return { at: shown.at, ...shown.wholeSite(oneSite(await asked.sites(), params.site)) };
        },
      });

      api.get({
        ...{ path: '/colonisation/carriers', params: NO_PARAMS, query: NO_PARAMS, ...own },
        summary: 'Carriers: where they are, what they hold, sell and buy',
        answer: z.object({ at, entries: z.array(schemas.carrier) }),
        handle() {
          const shown = present();
          const entries = colonisation.carriers().map((each) => shown.carrier(each));
          return Promise.resolve({ at: shown.at, entries });
        },
      });

      api.get({
        ...{ path: '/colonisation/commanders', params: NO_PARAMS, query: NO_PARAMS, ...own },
        summary: 'Commanders: where they are, and what is aboard',
        answer: z.object({ at, entries: z.array(schemas.commander) }),
        handle() {
          const shown = present();
          const entries = colonisation.commanders().map((each) => shown.commander(each));
          return Promise.resolve({ at: shown.at, entries });
        },
      });

      api.get({
        ...{ path: '/colonisation/watchers', params: NO_PARAMS, query: NO_PARAMS, ...own },
        summary: 'What is done with each folder of journals, and who has sent his',
        answer: z.object({ entries: z.array(schemas.watcher), senders: z.array(schemas.sender) }),
        handle: () =>
          Promise.resolve({
            entries: colonisation
              .watchers()
              .map(({ problems, ...each }) => ({ ...each, problems: [...problems] })),
            senders: colonisation
              .senders()
              .map(({ lastAtMs, ...each }) => ({ ...each, lastAt: new Date(lastAtMs).toISOString() })),
          }),
      });

      shoppingRoutes(api, shared);
      planRoutes(api, shared);
    },
    { prefix: '/api/v1' },
  );

  async function systemsCalled(text: string) {
    const byId = /^\d{1,19}$/.test(text.trim()) ? await queries.systemById(BigInt(text.trim())) : null;
    return byId === null ? queries.systemsNamed(text.trim()) : [byId];
  }
}

function byName(a: Site, b: Site): number {
  const key = ({ place, marketId }: Site) => `${place?.systemName ?? '~'} ${place?.name ?? ''} ${marketId}`;
  return key(a) < key(b) ? -1 : 1;
}
