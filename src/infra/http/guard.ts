import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Scope, Token } from '../../domain/access.ts';
import { describeError } from '../../domain/errors.ts';
import type { Log } from '../../domain/ports/log.ts';
import { refuse, type HttpApp } from './app.ts';
import { hostnameOf, isOwnName } from './asker.ts';
import { bearerOf, findToken } from './token.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Only whoever has a token with this scope is answered. Every route that writes says one. */
    requires?: Scope;
    /** Pages of other servers may not: browsers let them open a WebSocket anywhere. */
    readonly ownPagesOnly?: true;
  }
  interface FastifyInstance {
    /** Answers whoever has no token with this scope. For what only some requests to a route require. */
    admit?: (request: FastifyRequest, reply: FastifyReply, scope: Scope) => Promise<unknown>;
  }
  interface FastifyRequest {
    /** Name of the token that was let in; null where none is needed. */
    tokenName: string | null;
  }
}

export interface GuardOptions {
  /** Everybody who may come in; asked at most once in {@link REMEMBERED_MS}. */
  readonly tokens: () => Promise<readonly Token[]>;
  /** Names of this server besides `localhost` and IP addresses, in lower case. */
  readonly names: readonly string[];
  readonly log: Log;
}

/** A token that is made or removed counts after that. */
const REMEMBERED_MS = 1_000;
const RETRY_AFTER_S = 5;
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Lets nobody in to a route that `requires` a scope without a token that has it; no route writes without. */
export function addGuard(app: HttpApp, options: GuardOptions): void {
  const tokens = remembering(options.tokens);
  const names = new Set(options.names);
  app.decorateRequest('tokenName', null);
  app.decorate('admit', admit);
  app.addHook('onRoute', ({ method, url, config }) => {
    const writes = [method].flat().filter((each) => !READS.has(each));
    if (writes.length > 0 && config?.requires === undefined) {
      throw new Error(`${writes.join()} ${url} writes, and says no scope that it requires`);
    }
  });
  app.addHook('onRequest', async (request, reply) => {
    const { requires: scope, ownPagesOnly = false } = request.routeOptions.config;
    const isChecked = ownPagesOnly || (scope !== undefined && !READS.has(request.method));
    const misled = isChecked ? whyMisled(request, names) : null;
    if (misled !== null) return refuse(reply, 403, misled);
    return scope === undefined ? undefined : admit(request, reply, scope);
  });

  async function admit(
    request: FastifyRequest,
    reply: FastifyReply,
    scope: Scope,
  ): Promise<FastifyReply | undefined> {
    const secret = bearerOf(request.headers.authorization);
    if (secret === null) {
      return challenge(reply, scope).send({ error: `this takes a token with the scope ${scope}` });
    }
    let known: readonly Token[];
    try {
      known = await tokens();
    } catch (error) {
      options.log.warn({}, `http: tokens cannot be read: ${describeError(error)}`);
      return refuse(reply.header('retry-after', RETRY_AFTER_S), 503, 'tokens cannot be read now: try again');
    }
    const token = findToken(known, secret);
    if (token === undefined) {
      return challenge(reply, scope, 'invalid_token').send({ error: 'nobody knows this token' });
    }
    if (!token.scopes.includes(scope)) {
      return challenge(reply, scope, 'insufficient_scope')
        .code(403)
        .send({ error: `this takes the scope ${scope}, which token ${token.name} does not have` });
    }
    request.tokenName = token.name;
    return undefined;
  }
}

/** 401, in the words of RFC 6750. */
function challenge(reply: FastifyReply, scope: Scope, error?: string): FastifyReply {
  const why = error === undefined ? '' : `, error="${error}"`;
  return reply
    .code(401)
    .header('www-authenticate', `Bearer realm="tradedangerous-listener", scope="${scope}"${why}`);
}

/** @returns whose page, or whose name, has led a browser here; null: it meant this server */
function whyMisled({ headers: { host = '', origin } }: FastifyRequest, names: ReadonlySet<string>) {
  const asked = hostnameOf(host);
  if (!isOwnName(asked) && !names.has(asked)) {
    return `this server is not called ${asked}: if it is, name it in http_names`;
  }
  if (origin === undefined) return null;
  const page = URL.parse(origin);
  const isOurs =
    page !== null && (page.host === URL.parse(`${page.protocol}//${host}`)?.host || names.has(page.hostname));
  return isOurs ? null : `pages of ${origin} may not write here`;
}

/** Asks again when the answer is older than {@link REMEMBERED_MS}, and after a failure. */
export function remembering(ask: GuardOptions['tokens']): GuardOptions['tokens'] {
  let answer: Promise<readonly Token[]> | undefined;
  let askedAtMs = -Infinity;
  return () => {
    if (answer !== undefined && performance.now() - askedAtMs < REMEMBERED_MS) return answer;
    askedAtMs = performance.now();
    answer = ask();
    answer.catch(() => (answer = undefined));
    return answer;
  };
}
