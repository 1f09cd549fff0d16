import { createServer, type IncomingMessage, type Server } from 'node:http';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import { Connections } from './connections.ts';
import { clientLimits, type ClientLimits } from './limits.ts';
import { MethodsByPath } from './methods.ts';

const SERVER_OPTIONS = {
  /** A request, its body included, has arrived by then. */
  requestTimeout: 10_000,
  headersTimeout: 10_000,
  /** How often those that have not are looked for. */
  connectionsCheckingInterval: 5_000,
  /** As fastify has it. */
  keepAliveTimeout: 72_000,
};
const BUSY_RETRY_S = 5;
/** Unless it says otherwise. */
const OF_EVERY_ANSWER = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
/** Between two warnings that there are too few descriptors. */
const FEW_DESCRIPTORS_TOLD_MS = 600_000;

/** Given before fastify asks for them: its own compilers of schemas are never loaded, which take 5 MB. */
const ZOD_SCHEMAS = {
  compilersFactory: {
    buildValidator: () => validatorCompiler,
    buildSerializer: () => serializerCompiler,
  },
  // Typed for schemas of ajv.
} as unknown as NonNullable<FastifyServerOptions['schemaController']>;

/** The body of every answer that is a refusal. */
export const Refusal = z.object({ error: z.string() });

export type HttpApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered however busy the server is: small, and made of what is in memory. */
    readonly isVital?: true;
    /** Its answer takes as long as there is nothing more to tell: not one of those that others wait for. */
    readonly listens?: true;
  }
}

/** Adds the routes of one subject, in a scope of their own: hooks and plugins stay in it. */
export type Routes = (app: HttpApp) => void | Promise<void>;

export interface HttpAppOptions {
  /** Adds what stands before the routes. */
  readonly guard?: (app: HttpApp) => void;
  readonly limits?: ClientLimits;
}

/**
 * What all HTTP of this program has in common: zod schemas, `{ error }` for refusals, 405 with `Allow`, and limits of
 * what clients hold, beyond which it is 503 with `Retry-After`.
 */
export async function createHttpApp(
  log: Log,
  routes: readonly Routes[],
  { guard, limits = clientLimits() }: HttpAppOptions = {},
): Promise<HttpApp> {
  const errors = new ErrorAnswers(log);
  const connections = new Connections(limits);
  const app = fastifyOn(errors, connections);
  limitClients(app, connections);
  app.removeContentTypeParser('text/plain');
  const methods = new MethodsByPath(app);
  app.addHook('onRoute', ({ url }) => methods.add(url));
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(OF_EVERY_ANSWER);
    done();
  });
  // What hooks of a scope add to an answer is there by then, and a body not yet.
  app.addHook('preParsing', (request, reply, _payload, done) => {
    const allow = request.is404 ? methods.at(request.url) : [];
    // Fastify would say that there is no such page. There is none where its address is written like no other.
    if (allow.length === 0 || allow.includes(request.method)) done();
    else refuse(reply.header('allow', allow.join(', ')), 405, `only ${allow.join(', ')} here`);
  });
  guard?.(app);
  app.setNotFoundHandler(refuseUnknown);
  app.setErrorHandler<FastifyError>((error, request, reply) => errors.answer(error, request, reply));
  for (const add of routes) {
    await app.register(async (scope) => add(scope.withTypeProvider<ZodTypeProvider>()));
  }
  return app;
}

export function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}

/** What stands below a scope's prefix is answered with its hooks only where it has such a handler of its own. */
export function refuseUnknown(_request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return refuse(reply, 404, 'no such page');
}

/** For now; a client that asks again later is answered. What it has asked besides is not even looked at. */
export function refuseForNow(reply: FastifyReply, error: string): FastifyReply {
  // Whatever the schema of the page's own 503.
  reply
    .serializer(JSON.stringify)
    .type('application/json; charset=utf-8')
    .headers({ 'retry-after': BUSY_RETRY_S, connection: 'close' });
  return refuse(reply, 503, error);
}

function limitClients(app: HttpApp, connections: Connections): void {
  app.addHook('onClose', () => connections.close());
  app.addHook('onResponse', ({ socket }, _reply, done) => {
    connections.endHandedOver(socket);
    done();
  });
  app.addHook('onReady', (done) => {
    // Where there are WebSockets.
    if (app.server.listenerCount('upgrade') > 0) {
      app.server.prependListener('upgrade', ({ socket }) => connections.handOver(socket));
    }
    done();
  });
  app.addHook('onRequest', ({ socket, routeOptions }, reply, done) => {
    if (connections.isRefused(socket)) {
      refuseForNow(reply, 'too many connections: ask again in a moment');
    } else if (routeOptions.config.listens === true) {
      if (connections.listen(socket)) done();
      else refuseForNow(reply, 'too many are listening: come again later');
    } else if (connections.areBusy && routeOptions.config.isVital !== true) {
      refuseForNow(reply, 'too many are asking: ask again in a moment');
    } else done();
  });
}

function fastifyOn(errors: ErrorAnswers, connections: Connections): HttpApp {
  return Fastify({
    serverFactory: (handle) => {
      const server: Server = createServer(
        {
          ...SERVER_OPTIONS,
          // Others who would upgrade (to HTTP/2) are answered as they ask.
          shouldUpgradeCallback: ({ headers }: IncomingMessage) =>
            server.listenerCount('upgrade') > 0 && headers.upgrade?.toLowerCase() === 'websocket',
        },
        connections.inTurn(handle),
      );
      return server.on('connection', (socket) => connections.admit(socket));
    },
    schemaController: ZOD_SCHEMAS,
    // Only a proxy on this machine may say whom it asks for.
    trustProxy: 'loopback',
    // Before any hook.
    frameworkErrors: (error, request, reply) =>
      void errors.answer(error, request, reply.headers(OF_EVERY_ANSWER)),
  }).withTypeProvider<ZodTypeProvider>();
}

class ErrorAnswers {
  readonly #log: Log;
  #fewDescriptorsToldMs = -Infinity;

  constructor(log: Log) {
    this.#log = log;
  }

  answer(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { statusCode = 500 } = error;
    if (error.validation !== undefined) return refuse(reply, 400, describeInvalid(error));
    if (error.code === 'FST_ERR_BAD_URL') return refuse(reply, 400, 'the address is malformed');
    if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
      return refuse(reply, 415, 'send JSON, and say so: Content-Type: application/json');
    }
    if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return refuse(reply, 404, 'no such page');
    if (['EMFILE', 'ENFILE'].includes(error.code)) {
      this.#tellFewDescriptors(error);
      return refuseForNow(reply, 'no file can be opened now: ask again in a moment');
    }
    if (statusCode < 500) return refuse(reply, statusCode, error.message);
    const reason = [error, error.cause]
      .filter((each) => each !== undefined)
      .map(describeError)
      .join(': ');
    this.#log.warn({ url: request.url, error: reason }, `http: ${reason}`);
    return refuse(reply, statusCode, 'internal error');
  }

  /** Once in a while: it concerns every request. */
  #tellFewDescriptors(error: Error): void {
    const nowMs = performance.now();
    if (nowMs - this.#fewDescriptorsToldMs < FEW_DESCRIPTORS_TOLD_MS) return;
    this.#fewDescriptorsToldMs = nowMs;
    const reason = describeError(error);
    const text = `http: files cannot be opened: ${reason} (raise the limit of open files, LimitNOFILE or ulimit -n)`;
    this.#log.warn({ error: reason }, text);
  }
}

const PARTS: Readonly<Record<string, string>> = {
  querystring: 'query',
  params: 'address',
  headers: 'header',
};

/** `query "within": expected a number` */
function describeInvalid({ validation = [], validationContext }: FastifyError): string {
  const part = PARTS[validationContext ?? ''] ?? 'body';
  return validation
    .map(({ instancePath, message }) => {
      const field = instancePath.slice(1);
      return `${part}${field === '' ? '' : ` "${field}"`}: ${message ?? 'invalid'}`;
    })
    .join('; ');
}
