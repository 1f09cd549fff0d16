import type { System } from '../../actors/system.ts';
import type { HttpServer } from '../../infra/http/server.ts';
import type { Bootstrap } from '../bootstrap.ts';
import type { HttpApp, Routes } from '../../infra/http/app.ts';
import type { ClientLimits } from '../../infra/http/limits.ts';
import type { Served } from '../ports/routes.ts';

/**
 * Serves a system's published files and what it tells of itself, from before it starts until after it has ended.
 * @returns null: `http_listen` is null
 * @throws AppError `config.httpListen`
 */
export async function serveHttp(base: Bootstrap, system: System, about: Served): Promise<HttpServer | null> {
  const { config, log } = base;
  if (config.httpListen === null) return null;
  const { routesOf } = await import('../ports/routes.ts');
  const { remembering } = await import('../../infra/http/guard.ts');
  const tokens = { tokens: remembering(() => about.tokens.tokens()) };
  const routes = await routesOf(base, system, { ...about, tokens });
  const server = await listenWith(base, config.httpListen, routes, about.tokens);
  const page = config.api ? '/ (open it in a browser)' : '';
  log.info({ url: server.url }, `http: ${server.url}${page}`);
  return server;
}

/**
 * Serves these routes to whoever may have them.
 * @throws AppError `config.httpListen`
 */
export async function listenWith(
  { config, log }: Pick<Bootstrap, 'config' | 'log'>,
  address: NonNullable<Bootstrap['config']['httpListen']>,
  routes: readonly Routes[],
  tokens: Served['tokens'],
  limits?: ClientLimits,
): Promise<HttpServer> {
  const [{ createHttpApp }, { addGuard }, { listen }] = await Promise.all([
    import('../../infra/http/app.ts'),
    import('../../infra/http/guard.ts'),
    import('../../infra/http/server.ts'),
  ]);
  const guard = {
    tokens: () => tokens.tokens(),
    names: [address.host.toLowerCase(), ...config.httpNames],
    log,
  };
  const app = await createHttpApp(log, routes, {
    guard: (scope: HttpApp) => addGuard(scope, guard),
    ...(limits !== undefined && { limits }),
  });
  return listen(app, address);
}
