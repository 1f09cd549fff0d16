import { join } from 'node:path';
import { request } from 'undici';
import { onTestFinished } from 'vitest';
import type { Log } from '../../src/domain/ports/log.ts';
import { createHttpApp, type Routes } from '../../src/infra/http/app.ts';
import { addGuard, type GuardOptions } from '../../src/infra/http/guard.ts';
import type { ClientLimits } from '../../src/infra/http/limits.ts';
import { fileRoutes } from '../../src/infra/http/routes/files.ts';
import { listen, type HttpServer } from '../../src/infra/http/server.ts';
import { tempDir } from './temp-dir.ts';

const nothing = () => undefined;
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

interface HttpOptions {
  readonly host?: string;
  readonly log?: Log;
  readonly guard?: Omit<GuardOptions, 'log'>;
  readonly limits?: ClientLimits;
}

/** A server on a free port of the loopback. The caller closes it. */
export async function openHttp(
  routes: readonly Routes[],
  { host = '127.0.0.1', log = silentLog, guard, limits }: HttpOptions = {},
): Promise<HttpServer> {
  const app = await createHttpApp(log, routes, {
    ...(guard && { guard: (scope) => addGuard(scope, { ...guard, log }) }),
    ...(limits && { limits }),
  });
  return listen(app, { host, port: 0 });
}

/** The same, closed with the test. */
export async function startHttp(routes: readonly Routes[], options?: HttpOptions): Promise<HttpServer> {
  const server = await openHttp(routes, options);
  onTestFinished(() => server.close(0));
  return server;
}

/** {@link startHttp} with nothing but published files. */
export function serveFiles(
  files: Readonly<Record<string, string>>,
  { gzipDir = join(tempDir(), 'gzip'), log = silentLog }: { gzipDir?: string; log?: Log } = {},
): Promise<HttpServer> {
  const deps = { files: new Map(Object.entries(files)), gzipDir, log };
  return startHttp([(app) => fileRoutes(app, deps)], { log });
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As sent: nothing is decompressed. */
  readonly bytes: Buffer;
}

/** One request as it is: no header added, no redirect followed. */
export async function ask(
  url: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS' = 'GET',
  content: string | null = null,
): Promise<Answer> {
  const { statusCode, headers: answered, body } = await request(url, { method, headers, body: content });
  return {
    status: statusCode,
    headers: answered as Record<string, string>,
    bytes: Buffer.from(await body.arrayBuffer()),
  };
}
