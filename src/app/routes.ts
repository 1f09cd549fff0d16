import { join } from 'node:path';
import type { System } from '../actors/system.ts';
import { TABLE_FILES } from '../domain/ports/galaxy-store.ts';
import type { Routes } from '../infra/http/app.ts';
import { fileRoutes, presentFiles } from '../infra/http/routes/files.ts';
import { healthRoutes } from '../infra/http/routes/health.ts';
import { homeRoutes } from '../infra/http/routes/home.ts';
import { metricsRoutes } from '../infra/http/routes/metrics.ts';
import type { ApiOptions } from '../infra/http/api/manners.ts';
import { statusRoutes } from '../infra/http/routes/status.ts';
import type { ApiSource } from './api.ts';
import type { Bootstrap } from './bootstrap.ts';
import { metricsOf, type FileReport } from './metrics.ts';

/** Everything that is served over HTTP, a subject a line, with what it tells. */
export async function routesOf(
  { paths, log }: Pick<Bootstrap, 'paths' | 'log'>,
  system: System,
  version: string,
  api: ApiSource | null,
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
  const report = () => system.status.report();

  return [
    (app) => homeRoutes(app, { version, hasApi: api !== null }),
    (app) => fileRoutes(app, { files, gzipDir: join(paths.tmpDir, 'http-gzip'), log }),
    (app) =>
      healthRoutes(app, {
        health: () => ({ ok: failure() === null, failure: failure(), ...about() }),
        notReady: () => (ended === null ? system.status.notReady() : ['system: ended']),
      }),
    (app) => statusRoutes(app, { status: () => ({ ...about(), ...report(), files: reportFiles(files) }) }),
    (app) => metricsRoutes(app, { metrics: () => metricsOf(report(), reportFiles(files), version) }),
    ...(api === null ? [] : await apisOf({ ...api, version })),
  ];
}

/** Loaded only where it is wanted. */
async function apisOf(options: ApiOptions): Promise<Routes[]> {
  const { apiRoutes } = await import('../infra/http/routes/v1/api.ts');
  const { ardentRoutes } = await import('../infra/http/routes/ardent/ardent.ts');
  return [(app) => apiRoutes(app, options), (app) => ardentRoutes(app, options)];
}

/** Path by public name. */
function publishedFiles({ exportDir, csvDir }: Bootstrap['paths']): Map<string, string> {
  const tables = new Set(Object.values(TABLE_FILES).flat());
  return new Map([
    ...['listings.csv', 'listings-live.csv'].map((name) => [name, join(exportDir, name)] as const),
    ...Array.from(tables, (table) => [`${table}.csv`, join(csvDir, `${table}.csv`)] as const),
  ]);
}

function reportFiles(files: ReadonlyMap<string, string>): FileReport[] {
  return presentFiles(files).map((file) => ({
    ...file,
    ageS: Math.max(0, Math.round((Date.now() - Date.parse(file.modified)) / 1000)),
  }));
}
