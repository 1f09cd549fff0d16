import { join } from 'node:path';
import type { System } from '../../actors/system.ts';
import type { Generation } from '../../domain/generation.ts';
import { TABLE_FILES } from '../../domain/ports/galaxy-store.ts';
import type { TokenStore } from '../../domain/ports/token-store.ts';
import type { HttpApp, Routes } from '../../infra/http/app.ts';
import { fileRoutes, presentFiles } from '../../infra/http/routes/files.ts';
import { healthRoutes } from '../../infra/http/routes/health.ts';
import { homeRoutes } from '../../infra/http/routes/home.ts';
import { metricsRoutes } from '../../infra/http/routes/metrics.ts';
import type { ApiOptions } from '../../infra/http/api/manners.ts';
import { statusRoutes } from '../../infra/http/routes/status.ts';
import type { ApiSource } from './api.ts';
import type { Bootstrap } from '../bootstrap.ts';
import { metricsOf, type FileReport } from '../metrics.ts';

export interface Served {
  readonly version: string;
  /** Whether the galaxy is kept up to date, and the whole set of files with it. */
  readonly update: boolean;
  /** Null: no questions are answered. */
  readonly api: ApiSource | null;
  /** Who may write. */
  readonly tokens: Pick<TokenStore, 'tokens'>;
}

/** Everything that is served over HTTP, a subject a line, with what it tells. */
export async function routesOf(
  { config, paths, log }: Pick<Bootstrap, 'config' | 'paths' | 'log'>,
  system: System,
  { version, update, api }: Omit<Served, 'tokens'>,
): Promise<Routes[]> {
  const startedMs = Date.now();
  let ended: { readonly failure: string | null } | null = null;
  void system.done.then(({ failure }) => (ended = { failure: failure?.reason ?? null }));
  const about = () => ({
    version,
    startedAt: new Date(startedMs).toISOString(),
    uptimeS: Math.round((Date.now() - startedMs) / 1000),
  });
  const failure = () => ended?.failure ?? null;
  const files = publishedFiles(paths);
  const notReady = () =>
    ended === null
      ? [...system.status.notReady(), ...lacking(files, update ? config.generation : null)]
      : ['system: ended'];
  const report = () => ({ ...system.status.report(), notReady: notReady() });

  return [
    ...(api === null ? [(app: HttpApp) => homeRoutes(app, { version })] : await apisOf({ ...api, version })),
    (app) => fileRoutes(app, { files, gzipDir: join(paths.tmpDir, 'http-gzip'), log }),
    (app) =>
      healthRoutes(app, {
        health: () => ({ ok: failure() === null, failure: failure(), ...about() }),
        notReady,
      }),
    (app) => statusRoutes(app, { status: () => ({ ...about(), ...report(), files: reportFiles(files) }) }),
    (app) => metricsRoutes(app, { metrics: () => metricsOf(report(), reportFiles(files), version) }),
  ];
}

/** The query API, and the page that asks it; loaded only where it is wanted. */
async function apisOf(options: ApiSource & ApiOptions): Promise<Routes[]> {
  const { apiRoutes } = await import('../../infra/http/routes/v1/api.ts');
  const { ardentRoutes } = await import('../../infra/http/routes/ardent/ardent.ts');
  const { portalRoutes } = await import('../../infra/http/routes/portal.ts');
  return [portalRoutes, (app) => apiRoutes(app, options), (app) => ardentRoutes(app, options)];
}

const LIVE = 'listings-live.csv';

/** Names of the files that are published together. */
function wholeSet(generation: Generation): string[] {
  return ['listings', ...TABLE_FILES[generation]].map((table) => `${table}.csv`);
}

/** Which generation an `auto` database is of is seen by what is published. */
const ONLY_V12 = wholeSet('v12').filter((name) => !wholeSet('v13').includes(name));

/** Path by public name. */
function publishedFiles({ exportDir, csvDir }: Bootstrap['paths']): Map<string, string> {
  const names = new Set([LIVE, ...wholeSet('v12'), ...wholeSet('v13')]);
  return new Map(
    Array.from(names, (name) => [name, join(name.startsWith('listings') ? exportDir : csvDir, name)]),
  );
}

/**
 * A client that finds one of the files missing, or empty, is not served.
 * @param generation whose set there has to be; null: none has
 */
function lacking(files: ReadonlyMap<string, string>, generation: Generation | 'auto' | null): string[] {
  const found = new Set(presentFiles(files).flatMap(({ name, bytes }) => (bytes > 0 ? [name] : [])));
  const isV12 = generation === 'v12' || (generation === 'auto' && ONLY_V12.some((name) => found.has(name)));
  const set = generation === null ? [] : wholeSet(isV12 ? 'v12' : 'v13');
  const missing = [LIVE, ...set].filter((name) => !found.has(name));
  return missing.length === 0 ? [] : [`files: missing ${missing.join(', ')}`];
}

function reportFiles(files: ReadonlyMap<string, string>): FileReport[] {
  return presentFiles(files).map((file) => ({
    ...file,
    ageS: Math.max(0, Math.round((Date.now() - Date.parse(file.modified)) / 1000)),
  }));
}
