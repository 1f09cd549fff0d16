import { join } from 'node:path';
import type { JournalWatchers } from '../../actors/journal-watcher/pool.ts';
import type { System } from '../../actors/system.ts';
import type { Token } from '../../domain/access.ts';
import type { Colonisation } from '../../domain/ports/commanders/colonisation.ts';
import type { JournalInbox } from '../../domain/ports/commanders/journal-inbox.ts';
import type { HttpApp, Routes } from '../../infra/http/app.ts';
import { fileRoutes } from '../../infra/http/routes/files.ts';
import { healthRoutes } from '../../infra/http/routes/health.ts';
import { homeRoutes } from '../../infra/http/routes/home.ts';
import { metricsRoutes } from '../../infra/http/routes/metrics.ts';
import type { DescribedEndpoint } from '../../infra/http/api/endpoint.ts';
import type { BuildNeeds } from '../../infra/http/push/builds.ts';
import type { ApiOptions } from '../../infra/http/api/manners.ts';
import { statusRoutes } from '../../infra/http/routes/status.ts';
import type { SubscriptionDeps } from '../../infra/http/routes/subscriptions.ts';
import type { OfferedJobs } from '../offered-jobs.ts';
import type { ApiSource } from './api.ts';
import { deltasDirectory, hasDeltas } from './delta-publisher.ts';
import { sharedPlaces } from './cluster.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { keptMetrics } from '../http/kept-metrics.ts';
import { tellingOf, type About } from '../http/telling.ts';

export interface Served {
  readonly about: About;
  /** Null: no questions are answered. */
  readonly api: ApiSource | null;
  /** What journals tell; null: none are read. */
  readonly colonisation: JournalWatchers | null;
  /** Who may write. */
  readonly tokens: { readonly tokens: () => Promise<readonly Token[]> };
  readonly jobs: Pick<OfferedJobs, 'ask' | 'known'>;
}

/** Everything that is served over HTTP, a subject a line, with what it tells. */
export async function routesOf(
  { config, paths, log }: Pick<Bootstrap, 'config' | 'paths' | 'log'>,
  system: System,
  { about, api, colonisation, tokens, jobs }: Served,
): Promise<Routes[]> {
  const phase = () => system.status.phase();
  const described: DescribedEndpoint[] = [];
  const builds = api === null || colonisation === null ? null : await buildsOf(api, colonisation, config);
  const { files, health, notReady, status, metrics } = tellingOf({ config, paths }, system, about);

  return [
    ...(api === null
      ? [(app: HttpApp) => homeRoutes(app, about)]
      : await apisOf({ ...api, version: about.version, phase, described, ...(builds && { builds }) })),
    ...(api === null || colonisation === null
      ? []
      : [
          await colonisationOf({ ...api, described }, colonisation, config),
          await assistantOf({ ...api, version: about.version }, colonisation, config),
        ]),
    ...(colonisation === null || !config.remoteJournals ? [] : [await inboxOf(colonisation, config)]),
    ...(api === null ? [] : await operatingOf({ config, log }, { api, colonisation, tokens, jobs })),
    (app) =>
      fileRoutes(app, {
        ...{ files, gzipDir: join(paths.tmpDir, 'http-gzip'), log, isShared: config.clusterUrl !== null },
        ...(hasDeltas(config) && { deltasDir: deltasDirectory({ paths }) }),
      }),
    ...(config.clusterUrl === null ? [] : [await sharedFilesOf({ config, paths })]),
    (app) => healthRoutes(app, { health, notReady }),
    (app) => statusRoutes(app, { status }),
    (app) =>
      metricsRoutes(app, { metrics: async () => [...metrics(), ...(await keptMetrics({ api, jobs }))] }),
  ];
}

/** The query API, and the page that asks it; loaded only where it is wanted. */
export async function apisOf(
  options: ApiSource & ApiOptions & Pick<SubscriptionDeps, 'phase'>,
): Promise<Routes[]> {
  const { apiRoutes } = await import('../../infra/http/routes/v1/api.ts');
  const { ardentRoutes } = await import('../../infra/http/routes/ardent/ardent.ts');
  const { portalRoutes } = await import('../../infra/http/routes/portal.ts');
  const { push, named } = options;
  const { subscriptionRoutes } = await import('../../infra/http/routes/subscriptions.ts');
  return [
    portalRoutes,
    (app) => apiRoutes(app, options),
    (app) => ardentRoutes(app, options),
    ...(push === undefined || named === undefined
      ? []
      : [(app: HttpApp) => subscriptionRoutes(app, { ...options, push, named })]),
    ...(await keptOf(options)),
  ];
}

async function buildsOf(
  api: ApiSource,
  colonisation: Colonisation,
  { colonisationPublic: isPublic }: Bootstrap['config'],
): Promise<BuildNeeds> {
  const { buildNeeds } = await import('../../infra/http/push/builds.ts');
  return buildNeeds({ ...api, colonisation, isPublic });
}

async function colonisationOf(
  api: ApiSource & Pick<ApiOptions, 'described'>,
  colonisation: Colonisation,
  { colonisationPublic: isPublic }: Bootstrap['config'],
): Promise<Routes> {
  const { colonisationRoutes } = await import('../../infra/http/routes/colonisation/colonisation.ts');
  return (app) => colonisationRoutes(app, { ...api, colonisation, isPublic });
}

/** What clients of the colonisation assistant ask. */
async function assistantOf(
  api: ApiSource & Pick<ApiOptions, 'version'>,
  colonisation: JournalWatchers,
  { colonisationPublic: isPublic }: Bootstrap['config'],
): Promise<Routes> {
  const { assistantRoutes } = await import('../../infra/http/routes/assistant/assistant.ts');
  const reload = () => colonisation.reload();
  return (app) => assistantRoutes(app, { ...api, colonisation, isPublic, reload });
}

/** Takes journals of others. */
async function inboxOf(inbox: JournalInbox, { rules }: Bootstrap['config']): Promise<Routes> {
  const { journalRoutes } = await import('../../infra/http/routes/journal.ts');
  const { maxClockSkewS } = rules;
  return (app) => journalRoutes(app, { inbox, now: () => Date.now(), maxClockSkewS });
}

/** Jobs and the log, and who may see what. */
async function operatingOf(
  { config, log }: Pick<Bootstrap, 'config' | 'log'>,
  { api, colonisation, tokens, jobs }: Pick<Served, 'colonisation' | 'tokens' | 'jobs'> & { api: ApiSource },
): Promise<Routes[]> {
  const { accessRoutes } = await import('../../infra/http/routes/access.ts');
  const { jobRoutes } = await import('../../infra/http/routes/jobs.ts');
  const offered = {
    tours: api.kept !== null,
    colonisation: colonisation === null ? 'off' : config.colonisationPublic ? 'public' : 'token',
    jobs: true,
    history: api.history !== undefined,
    status: true,
  } as const;
  return [
    (app) => accessRoutes(app, { tokens: () => tokens.tokens(), offered }),
    (app) => jobRoutes(app, { jobs: () => jobs.ask(), log: log.recent }),
  ];
}

/** Tours and patrols, where they are kept. */
async function keptOf({ kept, ...options }: ApiSource): Promise<Routes[]> {
  if (kept === null) return [];
  const { keptTourRoutes } = await import('../../infra/http/routes/tours.ts');
  const { patrolRoutes } = await import('../../infra/http/routes/patrols.ts');
  const { tourStreamRoutes } = await import('../../infra/http/routes/tour-stream.ts');
  const deps = { ...options, ...kept };
  return [
    (app) => keptTourRoutes(app, deps),
    (app) => patrolRoutes(app, deps),
    (app) => tourStreamRoutes(app, deps),
  ];
}

async function sharedFilesOf(base: Pick<Bootstrap, 'config' | 'paths'>): Promise<Routes> {
  const { sharedFileRoutes } = await import('../../infra/http/routes/shared-files.ts');
  return (app) => sharedFileRoutes(app, sharedPlaces(base));
}
