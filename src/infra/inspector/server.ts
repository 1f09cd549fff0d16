import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Log } from '../../domain/ports/log.ts';
import type { Inspection } from '../../domain/ports/upkeep/inspection.ts';
import { createHttpApp, refuse, type HttpApp } from '../http/app.ts';
import { INSPECTOR_LIMITS } from '../http/limits.ts';
import { listen, type HttpServer } from '../http/server.ts';
import { LiveStream } from './stream.ts';

export interface InspectorServerOptions {
  readonly inspection: Inspection;
  /** Statecharts of all machines, JSON-able. */
  readonly charts: unknown;
  /** On the loopback interface, always. Taken: any free one is used. */
  readonly port: number;
  readonly log: Log;
  /** A page asks for the end of the inspection. */
  readonly onDetach: () => void;
}

export interface InspectorServer {
  readonly url: string;
  /** Disconnects every page. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** What a page has not taken by then it does not get. */
const GRACE_MS = 200;
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

// The same from src/ and from dist/: the page is no TypeScript and is published as it stands.
const PAGE = new URL('../../../src/pages/inspector/', import.meta.url);
const require = createRequire(import.meta.url);
const ELK = {
  '/elk-api.js': require.resolve('elkjs/lib/elk-api.js'),
  '/elk-worker.js': require.resolve('elkjs/lib/elk-worker.min.js'),
};

/**
 * Serves the inspector's page, the charts and the live stream, to this machine only: it listens on the loopback
 * interface, takes only requests addressed to that (a foreign name that resolves here is refused), and takes commands
 * from its own page only.
 */
export async function createInspectorServer(options: InspectorServerOptions): Promise<InspectorServer> {
  const { inspection, log } = options;
  const stream = new LiveStream({
    inspection,
    reportSlow: () => log.warn({}, 'inspector: a page did not keep up and was disconnected'),
  });
  const serve = async (port: number): Promise<HttpServer> =>
    listen(
      await createHttpApp(log, [(app) => inspectorRoutes(app, stream, options)], {
        limits: INSPECTOR_LIMITS,
      }),
      {
        host: HOST,
        port,
      },
    );
  const server = await serve(options.port).catch(() => serve(0));
  return {
    url: `${server.url}/`,
    close: () => {
      stream.close();
      return server.close(GRACE_MS);
    },
  };
}

function inspectorRoutes(
  app: HttpApp,
  stream: LiveStream,
  { inspection, charts, onDetach }: InspectorServerOptions,
): void {
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers(HEADERS);
    if (isOwn(request)) done();
    else refuse(reply, 403, 'only for pages of this machine');
  });
  void app.register(fastifyStatic, { root: PAGE, wildcard: false, cacheControl: false });
  for (const [url, file] of Object.entries(ELK)) {
    app.get(url, (_request, reply) => reply.sendFile(basename(file), dirname(file)));
  }

  app.get('/charts.json', () => charts);
  app.get('/stream', { schema: { querystring: z.object({ page: z.string() }) } }, (request, reply) => {
    if (stream.isFull) return refuse(reply, 503, 'too many pages are open');
    reply.hijack();
    for (const [name, value] of Object.entries(reply.getHeaders())) reply.raw.setHeader(name, value ?? '');
    stream.open(reply.raw, request.query.page);
    return reply;
  });
  app.get('/context', { schema: { querystring: z.object({ actor: z.string() }) } }, (request, reply) => {
    const context = inspection.context(request.query.actor);
    return context === undefined ? refuse(reply, 404, 'no such actor') : reply.send(context);
  });
  const Follow = z.object({ marketId: z.int().positive().nullable() });
  app.post('/follow', { schema: { body: Follow } }, (request) => {
    const { marketId } = request.body;
    inspection.follow(marketId);
    stream.tellActors();
    return { followed: marketId };
  });
  app.post('/detach', () => {
    onDetach();
    return {};
  });
}

/**
 * Against DNS rebinding (Host), against other sites' scripts (Origin, sent by browsers with every POST), and against
 * what their pages embed: eight images would take all places of the stream.
 */
function isOwn({ headers, socket }: FastifyRequest): boolean {
  const own = [HOST, 'localhost'].map((host) => `${host}:${socket.localPort}`);
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers;
  return (
    own.includes(host) &&
    (origin === undefined || own.includes(origin.replace(/^http:\/\//, ''))) &&
    // `none`: somebody has typed the address.
    (site === 'same-origin' || site === 'none')
  );
}
