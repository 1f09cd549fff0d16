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
import { MethodsByPath } from './methods.ts';

/** A client that takes nothing for so long holds an old file (and its disk space) no longer. */
const IDLE_MS = 120_000;
/** A request, its body included, has arrived by then. */
const REQUEST_MS = 10_000;

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

/** Adds the routes of one subject, in a scope of their own: hooks and plugins stay in it. */
export type Routes = (app: HttpApp) => void | Promise<void>;

/**
 * What all HTTP of this program has in common: zod schemas, `{ error }` for refusals, 405 with `Allow`.
 * @param guard adds what stands before the routes
 */
export async function createHttpApp(
  log: Log,
  routes: readonly Routes[],
  guard?: (app: HttpApp) => void,
): Promise<HttpApp> {
  const app = fastifyOn(log);
  const methods = new MethodsByPath(app);
  app.addHook('onRoute', ({ url }) => methods.add(url));
  app.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
    const allow = request.is404 ? methods.at(request.url) : [];
    // Fastify would say that there is no such page. There is none where its address is written like no other.
    if (allow.length === 0 || allow.includes(request.method)) done();
    else refuse(reply.header('allow', allow.join(', ')), 405, `only ${allow.join(', ')} here`);
  });
  guard?.(app);
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'no such page'));
  app.setErrorHandler<FastifyError>((error, request, reply) => answerError(error, request, reply, log));
  for (const add of routes) {
    await app.register(async (scope) => add(scope.withTypeProvider<ZodTypeProvider>()));
  }
  return app;
}

export function refuse(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply.code(status).send({ error });
}

function fastifyOn(log: Log): HttpApp {
  return Fastify({
    connectionTimeout: IDLE_MS,
    requestTimeout: REQUEST_MS,
    schemaController: ZOD_SCHEMAS,
    // Only a proxy on this machine may say whom it asks for.
    trustProxy: 'loopback',
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply, log),
  }).withTypeProvider<ZodTypeProvider>();
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Log,
): FastifyReply {
  const { statusCode = 500 } = error;
  if (error.validation !== undefined) return refuse(reply, 400, describeInvalid(error));
  if (error.code === 'FST_ERR_BAD_URL') return refuse(reply, 400, 'the address is malformed');
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') return refuse(reply, 404, 'no such page');
  if (statusCode < 500) return refuse(reply, statusCode, error.message);
  const reason = [error, error.cause]
    .filter((each) => each !== undefined)
    .map(describeError)
    .join(': ');
  log.warn({ url: request.url, error: reason }, `http: ${reason}`);
  return refuse(reply, statusCode, 'internal error');
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
