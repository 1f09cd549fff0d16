import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { System } from '../actors/system.ts';
import type { Bootstrap } from './bootstrap.ts';
import { TABLE_FILES } from '../domain/ports/galaxy-store.ts';
import type { ApiSource } from './api.ts';
import type { HttpServer } from '../infra/http/server.ts';
import { metricsOf, type FileReport } from './metrics.ts';

/**
 * Serves a system's published files and what it tells of itself, from before it starts until after it has ended.
 * @returns null: `http_listen` is null
 * @throws AppError `config.httpListen`
 */
export async function serveHttp(
  { config, paths, log }: Bootstrap,
  system: System,
  { version, api }: { readonly version: string; readonly api: ApiSource | null },
): Promise<HttpServer | null> {
  if (config.httpListen === null) return null;
  const { createHttpServer } = await import('../infra/http/server.ts');
  const startedMs = Date.now();
  let ended: { readonly failure: string | null } | null = null;
  void system.done.then(({ failure }) => (ended = { failure: failure?.reason ?? null }));

  const files = publishedFiles(paths);
  const about = () => ({
    version,
    startedAt: new Date(startedMs).toISOString(),
    uptimeS: Math.round((Date.now() - startedMs) / 1000),
  });
  const server = await createHttpServer({
    listen: config.httpListen,
    files,
    gzipDir: join(paths.tmpDir, 'http-gzip'),
    health: () => ({ ok: (ended?.failure ?? null) === null, failure: ended?.failure ?? null, ...about() }),
    notReady: () => (ended === null ? system.status.notReady() : ['system: ended']),
    status: () => Promise.resolve({ ...about(), ...system.status.report(), files: reportFiles(files) }),
    api: api === null ? null : { ...api, version },
    metrics: () => metricsOf(system.status.report(), reportFiles(files), version),
    log,
  });
  log.info({ url: server.url }, `http: ${server.url}`);
  return server;
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
  return [...files].flatMap(([name, path]) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return [];
    const ageS = Math.max(0, Math.round((Date.now() - stats.mtimeMs) / 1000));
    return [{ name, bytes: stats.size, modified: stats.mtime.toISOString(), ageS }];
  });
}
