import { join } from 'node:path';
import { request } from 'undici';
import { onTestFinished } from 'vitest';
import type { Log } from '../../src/domain/ports/log.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../src/infra/http/server.ts';
import { tempDir } from './temp-dir.ts';

const nothing = () => undefined;
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A server on a free port of the loopback, closed with the test. */
export async function startHttp(
  files: Readonly<Record<string, string>>,
  options: Partial<HttpServerOptions> = {},
): Promise<HttpServer> {
  const server = await createHttpServer({
    listen: { host: '127.0.0.1', port: 0 },
    files: new Map(Object.entries(files)),
    gzipDir: join(tempDir(), 'gzip'),
    health: () => ({ ok: true }),
    notReady: () => [],
    status: () => Promise.resolve({}),
    metrics: () => [],
    api: null,
    log: silentLog,
    ...options,
  });
  onTestFinished(() => server.close(0));
  return server;
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
  method: 'GET' | 'HEAD' | 'POST' = 'GET',
): Promise<Answer> {
  const { statusCode, headers: answered, body } = await request(url, { method, headers });
  return {
    status: statusCode,
    headers: answered as Record<string, string>,
    bytes: Buffer.from(await body.arrayBuffer()),
  };
}
