import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Log } from '../../domain/ports/log.ts';
import type { Inspection } from '../../domain/ports/inspection.ts';
import { readAsset } from './assets.ts';
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

type Route = (exchange: {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
}) => void | Promise<void>;

const HOST = '127.0.0.1';
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; " +
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};
const MAX_BODY_BYTES = 1_000;

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
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.debug({ error }, 'inspector: request failed');
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.requestTimeout = 10_000;

  const routes: Readonly<Record<string, Route>> = {
    'GET /charts.json': ({ response }) => sendJson(response, options.charts),
    'GET /stream': ({ response, query }) => {
      if (stream.isFull) refuse(response, 503, 'too many pages are open');
      else stream.open(response, query.get('page') ?? '');
    },
    'GET /context': ({ response, query }) => {
      const context = inspection.context(query.get('actor') ?? '');
      if (context === undefined) refuse(response, 404, 'no such actor');
      else sendJson(response, context);
    },
    'POST /follow': async ({ request, response }) => {
      const marketId = marketIdOf(await bodyOf(request));
      if (marketId === undefined) {
        refuse(response, 400, 'a market id, or null');
        return;
      }
      inspection.follow(marketId);
      stream.tellActors();
      sendJson(response, { followed: marketId });
    },
    'POST /detach': ({ response }) => {
      sendJson(response, {});
      options.onDetach();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (!isOwn(request)) {
      refuse(response, 403, 'only for pages of this machine');
      return;
    }
    const { pathname, searchParams: query } = new URL(request.url ?? '/', `http://${HOST}`);
    const route = routes[`${request.method} ${pathname}`];
    if (route !== undefined) {
      await route({ request, response, query });
      return;
    }
    const asset = request.method === 'GET' ? await readAsset(pathname) : null;
    if (asset === null) refuse(response, 404, 'nothing here');
    else response.setHeader('content-type', asset.type).end(asset.body);
  }

  await listen(server, options.port).catch(() => listen(server, 0));
  return {
    url: `http://${HOST}:${portOf(server)}/`,
    close: () =>
      new Promise((resolve) => {
        stream.close();
        server.close(() => resolve());
        server.closeIdleConnections();
        // What a page has not taken by then it does not get.
        setTimeout(() => server.closeAllConnections(), 200).unref();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** Against DNS rebinding (Host), and against other sites' scripts (Origin, sent by browsers with every POST). */
function isOwn({ headers, socket }: IncomingMessage): boolean {
  const own = [HOST, 'localhost'].map((host) => `${host}:${socket.localPort}`);
  const { host = '', origin } = headers;
  return own.includes(host) && (origin === undefined || own.includes(origin.replace(/^http:\/\//, '')));
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  if (!(Number(request.headers['content-length']) <= MAX_BODY_BYTES)) return undefined;
  try {
    return JSON.parse(await text(request));
  } catch {
    return undefined;
  }
}

/** @returns null: follow none; undefined: no sense */
function marketIdOf(body: unknown): number | null | undefined {
  const { marketId } = (body ?? {}) as { marketId?: unknown };
  return marketId === null || (Number.isSafeInteger(marketId) && Number(marketId) > 0)
    ? (marketId as number | null)
    : undefined;
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${reason}\n`);
}
