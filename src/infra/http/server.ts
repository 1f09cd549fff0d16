import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { AppError, describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import { fileRoute } from './file-route.ts';
import { GzipCache } from './gzip-cache.ts';
import type { ApiOptions } from './routes/v1/api.ts';
import { metricsPage, type Metric } from './metrics.ts';

export interface ListenAddress {
  /** Name or IP address; an IPv6 address without brackets. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface HttpServerOptions {
  readonly listen: ListenAddress;
  /** Path by public name: `listings.csv` -> `/srv/export/listings.csv`. */
  readonly files: ReadonlyMap<string, string>;
  /** Where compressed twins are kept. */
  readonly gzipDir: string;
  /** Alive: JSON body, and whether all is lost. */
  readonly health: () => { readonly ok: boolean; readonly [fact: string]: unknown };
  /** Why it is not ready; empty: it is. */
  readonly notReady: () => readonly string[];
  /** JSON body. */
  readonly status: () => Promise<unknown>;
  readonly metrics: () => readonly Metric[];
  /** Null: questions are not answered. */
  readonly api: ApiOptions | null;
  readonly log: Log;
}

export interface HttpServer {
  /** `http://host:port` as it really listens. */
  readonly url: string;
  /** Takes no new requests; open answers have that long to end. Idempotent. */
  close(graceMs: number): Promise<void>;
}

/** A client that takes nothing for so long holds an old file (and its disk space) no longer. */
const IDLE_MS = 120_000;

/** Fastify need not load its compilers of schemas, which take 7 MB. */
const noSchema = (): never => {
  throw new Error('no route has a schema');
};
const NO_SCHEMAS = { compilersFactory: { buildValidator: noSchema, buildSerializer: noSchema } };

/**
 * Starts serving `/files/*`, `/health`, `/ready`, `/status` and `/metrics`.
 * @throws AppError `config.httpListen` when it cannot listen there
 */
export async function createHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { listen, log } = options;
  const app = Fastify({ connectionTimeout: IDLE_MS, schemaController: NO_SCHEMAS });
  const gzip = new GzipCache(options.gzipDir, log);
  const metrics = metricsPage(options.metrics);

  fileRoute(app, options.files, gzip);
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/files/')) void reply.header('cache-control', 'no-store');
  });
  app.get('/health', (_request, reply) => {
    const health = options.health();
    return reply.code(health.ok ? 200 : 503).send(health);
  });
  app.get('/ready', (_request, reply) => {
    const reasons = options.notReady();
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });
  app.get('/status', options.status);
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
  if (options.api !== null) {
    const { apiRoutes } = await import('./routes/v1/api.ts');
    await apiRoutes(app, options.api);
  }
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'no such page' }));
  app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode >= 500) {
      log.warn({ url: request.url, error: describeError(error) }, `http: ${describeError(error)}`);
    }
    return reply.code(statusCode).send({ error: statusCode < 500 ? error.message : 'internal error' });
  });

  try {
    await app.listen(listen);
  } catch (error) {
    await app.close();
    throw cannotListen(listen, error);
  }
  const { address, family, port } = app.server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    async close(graceMs) {
      const cut = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(cut);
      await gzip.close();
    },
  };
}

function cannotListen({ host, port }: ListenAddress, cause: unknown): AppError {
  const shown = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another program listens there (another listener of this kind?)',
    EACCES: 'this user may not listen there (ports below 1024 need rights)',
    EADDRNOTAVAIL: 'this machine has no such address',
    ENOTFOUND: 'there is no such host',
  };
  const reason = reasons[(cause as NodeJS.ErrnoException).code ?? ''] ?? describeError(cause);
  return new AppError('config.httpListen', `HTTP cannot listen on ${shown}: ${reason}`, {
    advice: 'set http_listen to a free "host:port", or to null for no HTTP',
    cause,
  });
}
